from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AccessCase
from .introspection import own_models

MIXIN = "crm.write.check.mixin"
#: Models with record rules that people write and that lack the mixin, with the reason.
WITHOUT_MIXIN = {
    "crm.hot.flag": "its company cannot be written, and a team and a salesperson are checked before",
}


@tagged("post_install", "-at_install")
class TestWriteCheck(AccessCase):
    """Nobody gives a record to a company, or to the dialog of another user, whose records he may not write."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team_abroad = cls.env["crm.team"].create({"name": "Team Abroad", "company_id": cls.second.id})

    def test_all_models_that_people_write(self):
        """A new model has the mixin, or is listed here with its reason."""
        writable = self.env["ir.model.access"].search([("perm_write", "=", True)]).model_id.mapped("model")
        found = {}
        for name in set(own_models(self.env)).intersection(writable):
            rules = self.env["ir.rule"].search([("model_id.model", "=", name), ("perm_write", "=", True)])
            # Nobody can write who has created a record.
            others = [rule for rule in rules if rule.domain_force != "[('create_uid', '=', user.id)]"]
            if others:
                found[name] = issubclass(self.env.registry[name], self.env.registry[MIXIN])
        self.assertGreater(len(found), 6)
        self.assertEqual({name for name, has_mixin in found.items() if not has_mixin}, set(WITHOUT_MIXIN))

    def test_records_stay_in_the_companies_of_the_user(self):
        manager = self.env(user=self.manager, context={"allowed_company_ids": self.company.ids})
        records = {
            "company_id": (
                manager["crm.history.mapping"].create({"key": "k", "choices": {}}),
                manager["crm.sales.target"].create({"month": "2031-03-01", "amount": 1}),
                manager["crm.report.destination"].create({"name": "Weekly"}),
            ),
            "team_id": (manager["crm.stage.step"].create({"name": "Call", "stage_id": self.contact.id}),),
        }
        abroad = {"company_id": self.second.id, "team_id": self.team_abroad.id}
        for field, ours in records.items():
            for record in ours:
                with (
                    self.subTest(model=record._name),
                    self.assertRaises(AccessError),
                    mute_logger("odoo.addons.base.models.ir_rule"),
                    self.env.cr.savepoint(),
                ):
                    record.write({field: abroad[field]})
                    self.env.flush_all()
                # A manager of both companies may.
                self.env.invalidate_all()
        self.manager.company_ids |= self.second
        both = (self.company + self.second).ids
        for record in records["company_id"][:2]:
            record.with_context(allowed_company_ids=both).company_id = self.second
            self.assertEqual(record.sudo().company_id, self.second)

    def test_choices_of_an_import_are_not_planted_abroad(self):
        manager = self.env(user=self.manager, context={"allowed_company_ids": self.company.ids})
        planted = manager["crm.history.mapping"]
        planted._remember(["Deal", "Stage"], {"columns": {"0": "stage"}})
        planted = planted._recall(["Deal", "Stage"])
        self.assertTrue(planted)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"), self.env.cr.savepoint():
            planted.write({"company_id": self.second.id})
        self.env.invalidate_all()
        abroad = self.env["crm.history.mapping"].with_user(self.abroad).with_company(self.second)
        self.assertFalse(abroad._recall(["Deal", "Stage"]))

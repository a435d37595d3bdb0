from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import AccessCase

#: Models whose rows say what became of a deal after the row was written.
TELLING = (
    "crm.stage.visit",
    "crm.stage.conversion.report",
    "crm.stage.dwell.report",
    "crm.hot.report",
    "crm.deal.alert",
)
MODELS = (
    *TELLING,
    "crm.win.report",
    "crm.lead.progress",
)


@tagged("post_install", "-at_install")
class TestCompanyChange(AccessCase):
    """A deal without a company that goes to a company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.both = cls.make_user(
            "process_both",
            groups="sales_team.group_sale_manager",
            company_id=cls.company.id,
            company_ids=[Command.set([cls.company.id, cls.second.id])],
        )

    def rows(self, model, user, deal, **context):
        self.env.flush_all()
        self.env.invalidate_all()
        model = self.env[model].with_user(user).with_context(**context)
        ref = "lead_ref" if "lead_ref" in model._fields else "lead_id"
        return model.search([(ref, "=", deal.id)])

    def move_to_second_company(self):
        """A deal stays without a company in two stages, and is won in the second company."""
        deal = self.deals["without company"]
        flag = self.env["crm.hot.flag"].create({"lead_id": deal.id, "note": "Signs soon", "kind": "sign"})
        flag.action_settle("withdrawn")
        alert = {"kind": "stalled", "day": "2026-03-02", "lead_id": deal.id, "lead_ref": deal.id}
        self.env["crm.deal.alert"].create(
            [{**alert, "user_id": user.id} for user in (self.colleague, self.seller, self.abroad)]
        )
        self.pass_time(days=3)
        deal.stage_id = self.needs
        self.pass_time(days=3)
        deal.write({"company_id": self.second.id, "user_id": self.abroad.id})
        self.pass_time(days=3)
        deal.stage_id = self.bidding
        self.pass_time(days=3)
        deal.action_set_won()
        self.pass_time(days=3)
        return deal

    def test_what_becomes_of_it_is_not_readable(self):
        deal = self.move_to_second_company()
        for reader in (self.manager, self.all_documents, self.colleague, self.seller):
            for model in MODELS:
                with self.subTest(reader=reader.login, model=model):
                    self.assertFalse(self.rows(model, reader, deal))
        for name in TELLING:
            row = self.env[name].search([("lead_ref", "=", deal.id), ("company_id", "=", False)], limit=1)
            with self.subTest(model=name), self.assertRaises(AccessError):
                row.with_user(self.manager).read(["lead_ref"])
        [statistics] = [
            line
            for line in self.env["crm.stage.visit"].with_user(self.manager).stage_statistics()
            if line["stage_id"] == self.contact.id
        ]
        self.assertEqual(statistics["cohort"], 3, "the deals of the first company")

    def test_readers_of_the_second_company_see_all(self):
        deal = self.move_to_second_company()
        for reader, context in ((self.abroad, {}), (self.both, {"allowed_company_ids": self.both.company_ids.ids})):
            for model in TELLING:
                with self.subTest(reader=reader.login, model=model):
                    self.assertTrue(self.rows(model, reader, deal, **context))
        outcomes = self.rows("crm.stage.visit", self.abroad, deal).sorted("id").mapped("outcome")
        self.assertEqual(outcomes, ["advanced", "advanced", "won", "skipped"])
        self.assertFalse(self.rows("crm.stage.visit", self.both, deal, allowed_company_ids=self.company.ids))

    def test_a_deal_that_is_deleted_stays_where_it_was_last(self):
        deal = self.move_to_second_company()
        self.env.flush_all()
        deal.unlink()
        for model in TELLING:
            with self.subTest(model=model):
                self.assertFalse(self.rows(model, self.manager, deal))
                self.assertTrue(self.rows(model, self.abroad, deal))
        # As in the record rules, but for each row.
        row = self.env["crm.stage.visit"].search([("lead_ref", "=", deal.id), ("company_id", "=", False)], limit=1)
        self.assertFalse(row.lead_id)
        self.assertTrue(row.with_user(self.manager).sudo().is_elsewhere)
        self.assertFalse(row.with_user(self.abroad).sudo().is_elsewhere)
        with self.assertRaises(AccessError):
            row.with_user(self.manager).read(["outcome"])

    def test_movements_and_settled_flags_stay_as_they_were_then(self):
        deal = self.move_to_second_company()
        lines = self.rows("crm.pipeline.movement", self.manager, deal)
        self.assertEqual(
            [(line.kind, line.deal_count) for line in lines.sorted("id")],
            [("created", 1), ("advanced", -1), ("advanced", 1), ("transferred", -1)],
        )
        self.assertFalse(lines.company_id)
        flag = self.rows("crm.hot.flag", self.manager, deal)
        self.assertEqual(flag.outcome, "withdrawn")

    def test_an_open_flag_goes_along(self):
        deal = self.deals["without company"]
        self.env["crm.hot.flag"].create({"lead_id": deal.id, "note": "Signs soon", "kind": "sign"})
        deal.write({"company_id": self.second.id, "user_id": self.abroad.id})
        self.assertFalse(self.rows("crm.hot.flag", self.manager, deal))
        self.assertEqual(self.rows("crm.hot.flag", self.abroad, deal).company_id, self.second)

    def test_without_a_company_rows_are_visible_to_all(self):
        deal = self.deals["without company"]
        for reader in (self.manager, self.abroad):
            for model in ("crm.stage.visit", "crm.stage.conversion.report", "crm.stage.dwell.report"):
                with self.subTest(reader=reader.login, model=model):
                    self.assertTrue(self.rows(model, reader, deal))
        self.env.cr.flush()
        deal.unlink()
        self.assertTrue(self.rows("crm.stage.visit", self.manager, deal))


@tagged("post_install", "-at_install")
class TestFlagOwner(AccessCase):
    """Whose promise a hot flag is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home_team, cls.abroad_team = cls.env["crm.team"].create(
            [
                {"name": "Home", "company_id": cls.company.id},
                {"name": "Abroad", "company_id": cls.second.id},
            ]
        )
        cls.Flag = cls.env["crm.hot.flag"]
        cls.customer = cls.env["res.partner"].create({"name": "Customer", "company_id": cls.company.id})

    def test_a_team_of_another_company(self):
        on_deal = {"lead_id": self.deals["own"].id, "note": "Signs", "kind": "sign"}
        flags = self.Flag.with_user(self.manager)
        for user in (self.seller, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.Flag.with_user(user).create({**on_deal, "team_id": self.abroad_team.id})
        flag = flags.create({**on_deal, "team_id": self.home_team.id})
        with self.assertRaises(AccessError):
            flag.write({"team_id": self.abroad_team.id})
        self.manager.company_ids |= self.second
        with self.assertRaises(ValidationError):
            flag.with_context(allowed_company_ids=[self.company.id, self.second.id]).write(
                {"team_id": self.abroad_team.id}
            )
        self.assertEqual(flag.team_id, self.home_team)

    def test_the_salesperson_has_a_team_abroad(self):
        self.seller.company_ids |= self.second
        self.abroad_team.member_ids = self.seller
        self.team.member_ids = False
        self.env.invalidate_all()
        self.assertEqual(self.seller.sale_team_id, self.abroad_team)
        values = {"partner_id": self.customer.id, "note": "Orders", "kind": "reorder"}
        flag = self.Flag.with_user(self.seller).create(values)
        self.assertEqual((flag.company_id, flag.team_id.id), (self.company, False))

    def test_the_deal_goes_abroad(self):
        deal = self.deals["colleague's"]
        deal.team_id = self.home_team
        flag = self.Flag.create({"lead_id": deal.id, "note": "Signs", "kind": "sign"})
        self.assertEqual(flag.team_id, self.home_team)
        deal.write({"company_id": self.second.id, "team_id": self.abroad_team.id, "user_id": self.abroad.id})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((flag.company_id, flag.team_id), (self.second, self.abroad_team))

    def test_only_managers_hand_a_promise_over(self):
        flag = self.Flag.with_user(self.seller).create(
            {"lead_id": self.deals["own"].id, "note": "Signs", "kind": "sign"}
        )
        for user, owner in (
            (self.seller, self.colleague),
            (self.all_documents, self.all_documents),
            (self.seller, False),
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                flag.with_user(user).write({"user_id": owner and owner.id})
        # The same salesperson is no change.
        flag.write({"user_id": self.seller.id, "note": "Signs soon"})
        self.assertEqual(flag.revision_ids.seller_id, self.seller)
        self.pass_time(days=1)
        self.env.invalidate_all()
        flag.with_user(self.manager).write({"user_id": self.colleague.id})
        revision = flag.sudo().revision_ids[0]
        self.assertEqual(flag.sudo().user_id, self.colleague)
        self.assertEqual(
            (revision.seller_id, revision.user_id, revision.note), (self.seller, self.manager, "Signs soon")
        )

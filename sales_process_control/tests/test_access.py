from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AccessCase

LEDGERS = ("crm.stage.visit", "crm.pipeline.movement")


@tagged("post_install", "-at_install")
class TestAccess(AccessCase):
    """Rights on both ledgers (docs/definitions.md, Access)."""

    def test_read_count_group_and_export(self):
        domain = [("lead_ref", "in", [deal.id for deal in self.deals.values()])]
        for model in LEDGERS:
            for user, names in self.readers():
                with self.subTest(model=model, user=user.login):
                    ledger = self.env[model].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
                    refs = {self.deals[name].id for name in names}
                    rows = ledger.search(domain)
                    self.assertEqual(set(rows.mapped("lead_ref")), refs)
                    self.assertEqual(ledger.search_count(domain), len(refs))
                    groups = ledger.formatted_read_group(domain, ["lead_ref"], ["__count", "amount:sum"])
                    self.assertEqual({group["lead_ref"] for group in groups}, refs)
                    if user.has_group("base.group_allow_export"):
                        exported = rows.export_data(["lead_ref", "amount"])["datas"]
                        self.assertEqual({int(row[0]) for row in exported}, refs)

    def test_rows_of_others_cannot_be_read_by_id(self):
        for model in LEDGERS:
            hidden = self.env[model].search([("lead_ref", "=", self.deals["colleague's"].id)])
            self.assertTrue(hidden)
            with (
                self.subTest(model=model),
                self.assertRaises(AccessError),
                mute_logger("odoo.addons.base.models.ir_rule"),
            ):
                hidden.with_user(self.seller).read(["amount"])

    def test_no_sales_rights_no_rows(self):
        for model in LEDGERS:
            for user in (self.internal, self.portal, self.env.ref("base.public_user")):
                ledger = self.env[model].with_user(user)
                for use in (
                    lambda: ledger.search([]),  # noqa: B023
                    lambda: ledger.search_count([]),  # noqa: B023
                    lambda: ledger.formatted_read_group([], ["stage_id"], ["__count"]),  # noqa: B023
                    lambda: ledger.browse(self.env[model].search([], limit=1).id).read(["amount"]),  # noqa: B023
                ):
                    with self.subTest(model=model, user=user.login), self.assertRaises(AccessError):
                        use()

    def test_nobody_writes_administrators_included(self):
        for model in LEDGERS:
            row = self.env[model].search([("lead_ref", "=", self.deals["own"].id)], limit=1)
            for user in (self.seller, self.all_documents, self.manager, self.administrator):
                ledger = self.env[model].with_user(user)
                with self.subTest(model=model, user=user.login):
                    with self.assertRaises(AccessError):
                        ledger.browse(row.id).write({"amount": 1})
                    with self.assertRaises(AccessError):
                        ledger.browse(row.id).unlink()
                    with self.assertRaises(AccessError):
                        ledger.create({"lead_ref": 1})
                    with self.assertRaises(AccessError):
                        row.with_user(user).copy()

    def test_history_of_a_deal_follows_its_present_seller(self):
        """The present salesperson of a deal sees all its visits; movement lines follow their own salesperson."""
        deal = self.deals["own"]
        self.pass_time(days=1)
        deal.write({"user_id": self.colleague.id, "stage_id": self.needs.id})
        self.pass_time(days=1)
        deal.action_set_lost()
        self.env.cr.flush()
        domain = [("lead_ref", "=", deal.id)]
        self.assertEqual(self.Visit.with_user(self.colleague).search_count(domain), 2)
        self.assertEqual(self.Visit.with_user(self.seller).search(domain).mapped("stage_id"), self.contact)
        kinds = self.Movement.with_user(self.seller).search(domain, order="id").mapped("kind")
        self.assertEqual(kinds, ["created", "transferred"])

    def test_stat_button_counts_what_its_list_shows(self):
        deal = self.deals["own"]
        for user in (self.seller, self.manager):
            lead = deal.with_user(user)
            action = lead.action_open_stage_visits()
            shown = self.env[action["res_model"]].with_user(user).search_count(action["domain"])
            self.assertEqual((lead.stage_visit_count, shown), (1, 1))

    def test_search_by_days_in_stage_respects_record_rules(self):
        leads = self.Lead.with_user(self.seller).search([("stage_days", ">=", 0), ("type", "=", "opportunity")])
        self.assertEqual(set(leads.mapped("name")), {"own", "nobody's"})

    def test_recorder_is_not_for_remote_callers(self):
        recorder = self.env["crm.pipeline.recorder"]
        self.assertTrue(recorder.record._api_private)
        self.assertTrue(self.env["resource.calendar"].work_seconds_between._api_private)

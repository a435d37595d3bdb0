from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import AccessCase


@tagged("post_install", "-at_install")
class TestProgressAccess(AccessCase):
    """Who may read a deal may read its progress; nobody may write it (docs/definitions.md, Access)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Progress = cls.env["crm.lead.progress"]
        cls.customer = cls.env["res.partner"].create({"name": "Buyer", "email": "buyer@example.com"})
        cls.bidding.rotting_threshold_days = 3

    def setUp(self):
        super().setUp()
        for deal in self.deals.values():
            deal.message_post(body="Hello", author_id=self.customer.id, message_type="comment")

    def test_read_count_group_and_export(self):
        domain = [("lead_id", "in", [deal.id for deal in self.deals.values()])]
        for user, names in self.readers():
            with self.subTest(user=user.login):
                progress = self.Progress.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
                deals = {self.deals[name] for name in names}
                rows = progress.search(domain)
                self.assertEqual(set(rows.sudo().lead_id), deals)
                self.assertEqual(progress.search_count(domain), len(deals))
                groups = progress.formatted_read_group(domain, ["lead_id"], ["__count"])
                self.assertEqual({group["lead_id"][0] for group in groups}, {deal.id for deal in deals})
                exported = rows.export_data(["source"])["datas"] if user.has_group("base.group_allow_export") else rows
                self.assertEqual(len(exported), len(deals))

    def test_follows_the_deal(self):
        self.deals["own"].user_id = self.colleague
        self.deals["colleague's"].write({"user_id": self.abroad.id, "company_id": self.second.id})
        self.env.cr.flush()
        rows = self.Progress.with_user(self.seller).search([])
        self.assertEqual(rows.lead_id, self.deals["nobody's"])
        abroad = self.Progress.with_user(self.abroad).search([])
        self.assertIn(self.deals["colleague's"], abroad.lead_id)

    def test_of_others_cannot_be_read_by_number(self):
        hidden = self.Progress.search([("lead_id", "=", self.deals["colleague's"].id)])
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            hidden.with_user(self.seller).read(["feedback"])

    def test_no_sales_rights_no_rows(self):
        for model in ("crm.lead.progress", "crm.planned.activity"):
            for user in (self.internal, self.portal, self.env.ref("base.public_user")):
                with self.subTest(model=model, user=user.login), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
        with self.assertRaises(AccessError):
            self.env["crm.planned.activity"].with_user(self.manager).search([])

    def test_planned_activities_follow_the_deal(self):
        plans = self.env["crm.planned.activity"]
        plans.create(
            [
                {"lead_id": deal.id, "planned_at": self.start, "activity_ref": number}
                for number, deal in enumerate(self.deals.values(), 10_000)
            ]
        )
        self.deals["colleague's"].write({"user_id": self.abroad.id, "company_id": self.second.id})
        self.env.cr.flush()
        here = {"allowed_company_ids": self.company.ids}
        for groups, missing in (
            ("base.group_system", {"colleague's"}),
            ("base.group_system,sales_team.group_sale_salesman", {"own", "colleague's"}),
        ):
            user = new_test_user(self.env, f"system_{len(groups)}", groups=groups)
            found = plans.with_user(user).with_context(**here).search([("activity_ref", ">=", 10_000)])
            with self.subTest(groups=groups):
                self.assertFalse({self.deals[name].id for name in missing} & set(found.sudo().lead_id.ids))
                self.assertIn(self.deals["nobody's"].id, found.sudo().lead_id.ids)

    def test_nobody_writes(self):
        row = self.Progress.search([], limit=1)
        deal = self.deals["own"]
        for user in (self.seller, self.manager, self.administrator):
            for model, values in (
                ("crm.lead.progress", {"lead_id": deal.id, "date": self.start, "source": "message"}),
                ("crm.planned.activity", {"lead_id": deal.id, "planned_at": self.start, "activity_ref": 1}),
            ):
                with self.subTest(user=user.login, model=model):
                    rows = self.env[model].with_user(user)
                    with self.assertRaises(AccessError):
                        rows.create(values)
            with self.assertRaises(AccessError):
                row.with_user(user).write({"feedback": "Bent"})
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()

    def test_nobody_says_when_a_deal_made_progress(self):
        deal, names = self.deals["own"], ("last_progress_at", "merged_progress_at")
        before = deal.read(names)
        values = dict.fromkeys(names, "2031-01-01 00:00:00")
        defaults = {f"default_{name}": value for name, value in values.items()}
        for user in (self.seller, self.manager, self.administrator):
            with self.subTest(user=user.login):
                leads = self.env["crm.lead"].with_user(user)
                deal.with_user(user).write({"name": "Written", **values})
                self.env.cr.flush()
                deal.invalidate_recordset()
                self.assertEqual(deal.read(names), before)
                self.assertEqual(deal.name, "Written")
                for born in (
                    leads.create({"name": "New", **values}),
                    leads.with_context(**defaults).create({"name": "New"}),
                ):
                    self.env.cr.flush()
                    born.invalidate_recordset()
                    self.assertEqual([born[name] for name in names], [False, False])
        moved = self.make_deal()
        self.pass_time(days=1)
        moved.with_user(self.seller).write({"stage_id": self.bidding.id, **values})
        self.env.cr.flush()
        moved.invalidate_recordset()
        self.assertEqual(moved.last_progress_at, self.env.cr.now())

    def test_not_for_remote_callers(self):
        self.assertTrue(self.Progress.rebuild._api_private)
        self.assertTrue(self.env["crm.progress.past"].rebuild._api_private)

    def test_pace_does_not_tell_of_others(self):
        for deal in self.deals.values():
            deal.stage_id = self.bidding
        self.env.cr.flush()
        # The class was set up by the real clock, which is not that of the tests.
        self.env.cr.execute("UPDATE crm_lead SET stage_entered_at = %s, last_progress_at = NULL", [self.start])
        self.env.invalidate_all()
        self.pass_time(days=30)
        for user, names in self.readers():
            with self.subTest(user=user.login):
                leads = self.Lead.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
                stalled = leads.search([("pace", "=", "stalled")])
                self.assertEqual(set(stalled.mapped("name")), names)
                groups = leads._read_group([("pace", "!=", False)], ["pace"], ["__count"])
                self.assertEqual(groups, [("stalled", len(names))])
                self.assertTrue(all(stalled.mapped("pace_reason")))

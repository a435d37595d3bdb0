import json
from datetime import timedelta

from odoo.tests import tagged

from .common import AccessCase
from .workbench_common import WorkbenchMixin


@tagged("post_install", "-at_install")
class TestWorkbenchAccess(WorkbenchMixin, AccessCase):
    """Records that the reader may not read are in no count, row, name or error of the workbench, in no scope."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        day = cls.start.date()
        cls.contact.rotting_threshold_days = 1
        #: A word that only the texts of one deal contain.
        cls.words = {name: f"word{number}x" for number, name in enumerate(cls.deals)}
        for name, deal in cls.deals.items():
            word = cls.words[name]
            customer = cls.env["res.partner"].create(
                {"name": f"{word} customer", "company_id": deal.company_id.id, "is_key_customer": True}
            )
            company = deal.company_id
            deal.write({"name": f"{word} deal", "partner_id": customer.id, "date_deadline": day + timedelta(days=5)})
            # Odoo sets the company of a deal that gets a customer.
            deal.company_id = company
            cls.env["crm.hot.flag"].create({"note": f"{word} flag", "lead_id": deal.id, "due_date": day})
            deal.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=day - timedelta(days=1),
                summary=f"{word} activity",
                user_id=(deal.user_id or cls.administrator).id,
            )
            cls.env["calendar.event"].create(
                {
                    "name": f"{word} meeting",
                    "opportunity_id": deal.id,
                    "user_id": deal.user_id.id,
                    "start": cls.start,
                    "stop": cls.start + timedelta(hours=1),
                    "privacy": "public",
                }
            )
        cls.env.cr.flush()

    def setUp(self):
        super().setUp()
        # All deals are longer in their stage than its limit.
        self.set_time(self.start + timedelta(hours=2))
        self.env.cr.execute("UPDATE crm_lead SET stage_entered_at = %s", [self.start - timedelta(days=30)])
        self.env.invalidate_all()

    def widest_scopes(self):
        """Yield the widest scope of each reader, as (user, scope, names of the deals in it)."""
        for user, names in self.readers():
            scope = self.workbench_of(user)["scopes"][-1]
            own = {name for name in names if self.deals[name].user_id == user}
            yield user, scope, own if scope == "mine" else names

    def test_unreadable_records_are_left_out(self):
        for user, names in self.readers():
            for scope in self.workbench_of(user)["scopes"]:
                answer = self.workbench_of(user, scope, self.block_keys(scope))
                text = json.dumps(answer)
                with self.subTest(user=user.login, scope=scope):
                    hidden = {name for name in self.deals if name not in names}
                    self.assertFalse([name for name in hidden if self.words[name] in text])
                    self.assert_numbers_open_their_records(answer, user)

    def test_an_activity_that_rules_of_activities_hide(self):
        deal = next(deal for deal in self.deals.values() if deal.user_id == self.seller)
        model = self.env["ir.model"]._get("mail.activity")
        hidden = [("summary", "!=", "TopSecret")]
        self.env["ir.rule"].create({"name": "Not these", "model_id": model.id, "domain_force": str(hidden)})
        kind = "mail.mail_activity_data_call"
        deal.activity_schedule(kind, date_deadline=self.start.date() - timedelta(days=9), summary="TopSecret")
        deal.activity_schedule(kind, date_deadline=self.start.date() - timedelta(days=8), summary="Told")
        for user in (self.seller, self.administrator):
            for scope in self.workbench_of(user)["scopes"]:
                blocks = self.workbench_of(user, scope, self.block_keys(scope))["blocks"]
                self.assertNotIn("TopSecret", json.dumps(blocks))
        names = ["attention", "opportunities", "customers"]
        blocks = self.workbench_of(self.seller, blocks=names)["blocks"]
        for name in names:
            self.assertIn("Told", json.dumps(blocks[name]), name)

    def test_readable_records_are_shown(self):
        for user, scope, names in self.widest_scopes():
            blocks = self.workbench_of(user, scope, self.block_keys(scope))["blocks"]
            for block, kind in (
                ("hot", "flag"),
                ("attention", "deal"),
                ("today", "activity"),
                ("today", "meeting"),
                ("opportunities", "deal"),
                ("customers", "customer"),
            ):
                with self.subTest(user=user.login, block=block, kind=kind):
                    text = json.dumps(blocks[block])
                    found = {name for name in self.deals if f"{self.words[name]} {kind}" in text}
                    self.assertEqual(found, names)

    def test_funnel_and_sellers_count_readable_deals(self):
        for user, scope, names in self.widest_scopes():
            later = self.workbench_of(user, scope, self.workbench_of(user, scope)["later"])["blocks"]
            with self.subTest(user=user.login):
                self.assertEqual(sum(stage["today"]["value"] for stage in later["funnel"]["stages"]), len(names))
                if "sellers" in later:
                    self.assertEqual(sum(row["open"]["value"] for row in later["sellers"]["sellers"]), len(names))

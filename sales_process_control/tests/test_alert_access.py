from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .alert_common import AlertCase


@tagged("post_install", "-at_install")
class TestAlertAccess(AlertCase):
    """Who may read alerts, and that nobody may write them."""

    def setUp(self):
        super().setUp()
        self.deal = self.bid()
        self.other_deal = self.bid(user_id=self.colleague.id, team_id=self.other_team.id)
        self.set_time(datetime(2026, 3, 27, 12))
        self.alert()

    def read_by(self, user):
        """{(kind, login of the person)} of the alerts that a user reads."""
        alerts = self.Alert.with_user(user).search([])
        return {(alert.kind, alert.user_id.login) for alert in alerts}

    def test_readers(self):
        own, of_leader = ("stalled", "process_seller"), ("stalled_leader", "process_leader")
        others = ("stalled", "process_colleague")
        self.assertEqual(self.read_by(self.seller), {own})
        self.assertEqual(self.read_by(self.leader), {own, of_leader, others})
        self.leader.group_ids = self.env.ref("sales_team.group_sale_salesman")
        self.assertEqual(self.read_by(self.leader), {own, of_leader})
        self.assertEqual(self.read_by(self.colleague), {others})
        self.assertEqual(self.read_by(self.manager), {own, of_leader, others})

    def test_other_company_internal_and_portal_users(self):
        other = self.env["res.company"].create({"name": "Other"})
        manager = self.make_user(
            "other_manager",
            groups="sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertEqual(self.read_by(manager), set())
        for groups in ("base.group_user", "base.group_portal"):
            user = self.make_user(f"user_{groups[-4:]}", groups=groups)
            with self.assertRaises(AccessError):
                self.Alert.with_user(user).search([])

    def test_nobody_writes(self):
        alert = self.Alert.search([("lead_id", "=", self.deal.id)], limit=1)
        for user in (self.seller, self.manager):
            mine = alert.with_user(user)
            for change in (
                lambda mine=mine: mine.write({"state": "done"}),
                lambda mine=mine: mine.unlink(),
                lambda mine=mine: mine.create({"kind": "stalled", "day": "2026-03-13"}),
            ):
                with self.assertRaises(AccessError):
                    change()
            self.deal.with_user(self.manager).write({"has_open_alert": False})
            self.assertTrue(self.deal.has_open_alert)

    def test_settings_are_for_administrators(self):
        with self.assertRaises(AccessError):
            self.company.with_user(self.manager).read(["alerts_stalled"])
        settings = self.env["res.config.settings"].create({"alerts_stalled": False, "alerts_per_day": 3})
        settings.execute()
        self.assertEqual((self.company.alerts_stalled, self.company.alerts_per_day), (False, 3))

    def test_name_of_a_hidden_deal(self):
        alert = self.Alert.search([("lead_id", "=", self.deal.id), ("user_id", "=", self.leader.id)])
        self.leader.group_ids = self.env.ref("sales_team.group_sale_salesman")
        self.deal.team_id = self.other_team
        self.env.cr.flush()
        name = alert.with_user(self.leader).read(["lead_id"])[0]["lead_id"][1]
        self.assertEqual(name, f"Opportunity {self.deal.id}")

    def test_nobody_is_alerted_to_a_hidden_deal(self):
        """An activity has the name of its deal, which the person may not read."""
        self.company.alerts_per_day = 1
        leader = self.make_user("own_documents", groups="sales_team.group_sale_salesman")
        self.team.user_id = leader
        hidden, free = self.bid("Hidden", expected_revenue=900), self.bid("Free", user_id=False)
        promised = self.bid("Promised", user_id=self.colleague.id)
        flag = self.flag_of_colleague(promised)
        self.set_time(datetime(2026, 5, 1, 12))
        self.alert()
        self.assertEqual(self.alerts_of(hidden), [("stalled", "process_seller")])
        # The deal without a salesperson, which the leader may read, is not crowded out by those of others.
        self.assertEqual(self.alerts_of(free), [("stalled", "own_documents")])
        self.assertEqual(self.alerts_of(promised), [("promise", "process_colleague")])
        self.assertTrue(flag.is_overdue)
        names = self.env["mail.activity"].search([("user_id", "=", leader.id)]).mapped("res_name")
        self.assertEqual(names, ["Free"])

    def test_rules_of_an_administrator_count(self):
        """Also rules that the search for alerts does not know."""
        rule = {
            "name": "Not Secret",
            "model_id": self.env.ref("crm.model_crm_lead").id,
            "domain_force": "[('name', '!=', 'Secret')]",
        }
        secret, plain = self.bid("Secret"), self.bid("Plain")
        self.env["ir.rule"].create(rule)
        self.set_time(datetime(2026, 5, 1, 12))
        self.alert()
        self.assertEqual(self.alerts_of(secret), [])
        self.assertIn(("stalled", "process_seller"), self.alerts_of(plain))
        self.assertNotIn("Secret", self.Alert.search([]).activity_id.mapped("res_name"))

    def flag_of_colleague(self, deal):
        self.env.cr.flush()
        values = {"note": "Signs soon", "lead_id": deal.id, "due_date": date(2026, 4, 1)}
        return self.Flag.with_user(self.colleague).create(values).with_user(self.env.user)

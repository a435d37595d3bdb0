from datetime import timedelta

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demonstration year shows each kind of thing that the reports are about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.teams = cls.env.ref("sales_process_control.crm_team_direct") | cls.env.ref(
            "sales_process_control.crm_team_partner"
        )
        cls.deals = (
            cls.env["crm.lead"].with_context(active_test=False).search([("team_id", "in", cls.teams.ids)], limit=1000)
        )

    def test_deals_of_two_teams_and_five_sellers(self):
        self.assertEqual(len(self.deals), 150)
        self.assertEqual(self.deals.team_id, self.teams)
        self.assertEqual(len(self.deals.user_id), 5)
        self.assertEqual(set(self.deals.mapped("won_status")), {"won", "lost", "pending"})
        self.assertTrue(any(self.deals.mapped("push_count")))

    def test_a_year_that_ends_before_now(self):
        movements = self.env["crm.pipeline.movement"].search([("lead_id", "in", self.deals.ids)], limit=10000)
        self.assertEqual(set(movements.mapped("origin")), {"import"})
        self.assertLess(max(movements.mapped("date")), self.env.cr.now())
        self.assertGreater(max(movements.mapped("date")) - min(movements.mapped("date")), timedelta(days=300))
        kinds = {"created", "advanced", "moved_back", "won", "lost", "reopened", "pushed_out", "amount_up"}
        self.assertLessEqual(kinds, set(movements.mapped("kind")))

    def test_stays_of_every_outcome(self):
        stays = self.env["crm.stage.visit"].search([("lead_id", "in", self.deals.ids)], limit=10000)
        self.assertLessEqual({"open", "advanced", "moved_back", "won", "lost", "skipped"}, set(stays.mapped("outcome")))
        open_stays = stays.filtered(lambda stay: stay.outcome == "open")
        stalled = open_stays.filtered(lambda stay: stay.days > stay.stage_id.rotting_threshold_days)
        self.assertTrue(stalled)
        self.assertGreater(len(open_stays), len(stalled))

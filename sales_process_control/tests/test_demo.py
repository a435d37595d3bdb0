from datetime import date, timedelta

from odoo.tests import TransactionCase, tagged

from ..models.demo.crm_hot_demo import CUSTOMER_FLAGS, SIGNING_NOTES
from ..models.demo.crm_pipeline_demo import CUSTOMERS, WARES
from ..models.demo.language import in_language_of_database
from ..models.recording.crm_pipeline_movement import KINDS


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
        self.assertEqual(len(self.deals), 300)
        self.assertEqual(self.deals.team_id, self.teams)
        self.assertEqual(len(self.deals.user_id), 5)
        self.assertEqual(set(self.deals.mapped("won_status")), {"won", "lost", "pending"})
        self.assertTrue(any(self.deals.mapped("push_count")))

    def test_texts_in_the_language_of_the_database(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        day = date(2026, 3, 7)
        hot, pipeline = self.env["crm.hot.demo"], self.env["crm.pipeline.demo"]
        notes = [*SIGNING_NOTES, *(flag[2] for flag in CUSTOMER_FLAGS)]
        for language, subject, on_the_day in (
            ("en_US", ("Office chairs, Northwind Mills", "Northwind Mills"), "Signing around 7 March"),
            ("zh_CN", ("北风纺织厂 办公椅", "北风纺织厂"), "预计3月7日前后签约"),
        ):
            self.env.ref("base.user_admin").lang = language
            self.assertEqual(in_language_of_database(pipeline)._names(WARES[0], CUSTOMERS[0]), subject)
            texts = [in_language_of_database(hot)._note(note, day) for note in notes]
            self.assertEqual(texts[0], on_the_day)
            self.assertFalse([text for text in texts if "%" in text])

    def test_a_year_that_ends_before_now(self):
        movements = self.env["crm.pipeline.movement"].search([("lead_id", "in", self.deals.ids)], limit=10000)
        self.assertEqual(set(movements.mapped("origin")), {"import"})
        self.assertLess(max(movements.mapped("date")), self.env.cr.now())
        self.assertGreater(max(movements.mapped("date")) - min(movements.mapped("date")), timedelta(days=300))
        lately = movements.filtered(lambda line: line.date > self.env.cr.now() - timedelta(days=30))
        self.assertEqual(set(lately.mapped("kind")), {kind for kind, _name in KINDS})

    def test_the_ledgers_hold_what_is_there(self):
        self.assertEqual(self.env.execute_query(self.env["crm.pipeline.audit"]._drift_query()), [])
        self.assertEqual(self.env.execute_query(self.env["crm.pipeline.audit"]._imbalance_query()), [])
        self.assertEqual(self.env["crm.pipeline.balance"].close(), 0)

    def test_the_funnel_has_something_to_tell(self):
        """Bars of every kind, and weeks to play through, a year of them."""
        user = self.env.ref("base.user_admin")
        reader = self.env["crm.pipeline.movement"].with_user(user)
        found = reader.get_funnel()
        self.assertEqual([bar["kind"] for bar in found["waterfall"][1:-1]], [kind for kind, _name in KINDS])
        self.assertGreater(len(reader.get_funnel_weeks()["points"]), 50)

    def test_stays_of_every_outcome(self):
        stays = self.env["crm.stage.visit"].search([("lead_id", "in", self.deals.ids)], limit=10000)
        self.assertLessEqual({"open", "advanced", "moved_back", "won", "lost", "skipped"}, set(stays.mapped("outcome")))
        open_stays = stays.filtered(lambda stay: stay.outcome == "open")
        stalled = open_stays.filtered(lambda stay: stay.days > stay.stage_id.rotting_threshold_days)
        self.assertTrue(stalled)
        self.assertGreater(len(open_stays), len(stalled))

    def test_three_quarters_of_the_playbook_are_done(self):
        stages = self.env["crm.stage"].search([("team_ids", "in", self.teams.ids)])
        self.assertEqual(len(stages), 6)
        self.assertTrue(all(stages.mapped("step_ids")))
        self.assertIn("stop", stages.mapped("leaving_rule"))
        domain = [("stage_id", "in", stages.ids), ("is_open", "=", 0), ("is_required", "=", True)]
        [(share,)] = self.env["crm.stage.step.report"]._read_group(domain, [], ["taken_rate:avg"])
        self.assertGreater(share, 0.65)
        self.assertLess(share, 0.85)

    def test_customers_react_as_their_deals_fare(self):
        def share(status):
            domain = [("lead_id", "in", self.deals.filtered(lambda deal: deal.won_status == status).ids)]
            [(rate,)] = self.env["crm.lead.progress"]._read_group(domain, [], ["positive_rate:avg"])
            return rate

        self.assertGreater(share("won"), share("pending"))
        self.assertGreater(share("pending"), share("lost"))

    def test_words_budgets_and_passes(self):
        # In the afternoon some meetings of the day are over: of these nothing is known yet.
        domain = [("lead_id", "in", self.deals.ids), ("source", "!=", "meeting")]
        progress = self.env["crm.lead.progress"].search(domain, limit=5000)
        self.assertEqual(set(progress.mapped("reaction")), {"positive", "neutral", "negative"})
        self.assertTrue(all(progress.filtered("reaction").mapped("feedback")))
        self.assertEqual(set(self.deals.mapped("is_over_budget")), {True, False})
        passes = self.deals.stage_pass_ids
        self.assertTrue(passes)
        self.assertTrue(all(passes.mapped("reason")))
        # A stop has been passed, or all that it asks for was done.
        bidding = passes.stage_id
        required = bidding.step_ids.filtered("is_required")
        left = self.deals.stage_visit_ids.filtered(
            lambda stay: stay.stage_id == bidding and stay.outcome in ("advanced", "won")
        )
        for deal in left.lead_id - passes.lead_id:
            taken = progress.filtered(lambda row, deal=deal: row.lead_id == deal).step_id
            self.assertLessEqual(required, taken)

    def test_salespeople_have_estimated(self):
        """Whoever opens the Sales Forecast sees who estimates well, and how good forecasts were."""
        screen = self.env["crm.forecast.screen"].with_user(self.env.ref("base.user_admin"))
        blocks = screen.get_screen("month", blocks=["accuracy", "estimates"])["blocks"]
        sources = {source["key"]: source for source in blocks["estimates"]["sources"]}
        for key in ("seller", "odoo", "chance"):
            self.assertGreater(sources[key]["count"], 50)
        # Salespeople hope too much.
        self.assertGreater(sources["seller"]["said"], sources["seller"]["share"])
        self.assertGreater(len(blocks["accuracy"]["periods"]), 6)

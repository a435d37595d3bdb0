import re
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from odoo.tests import TransactionCase, tagged

from ..models.alert.alert_kinds import PROMISE, STALLED
from ..models.demo.crm_hot_demo import CUSTOMER_FLAGS, SIGNING_NOTES
from ..models.demo.crm_pipeline_demo import NO_DECISION, PEOPLE
from ..models.demo.crm_workbench_demo import CALLS, MEETINGS
from ..models.demo.customers import CUSTOMERS, FIRST_NAMES, LAST_NAMES, POSITIONS, WARES
from ..models.demo.feedback import FEEDBACK, NEXT_ACTIVITIES
from ..models.hot.attention import REASONS
from ..models.hot.crm_hot_flag import OUTCOMES
from ..models.hot.crm_hot_flag_mixin import KINDS as FLAG_KINDS
from ..models.recording.crm_pipeline_movement import KINDS
from ..models.setup.language import in_language_of_database


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

    def test_deals_of_two_teams_and_eight_sellers(self):
        self.assertEqual(len(self.deals), 480)
        self.assertEqual(self.deals.team_id, self.teams)
        self.assertEqual(len(self.deals.user_id), 8)
        self.assertEqual(set(self.deals.mapped("won_status")), {"won", "lost", "pending"})
        self.assertTrue(any(self.deals.mapped("push_count")))
        self.assertEqual(len(self.deals.partner_id), len(CUSTOMERS))
        self.assertTrue(all(self.deals.partner_id.mapped("child_ids")))
        won = self.deals.filtered(lambda deal: deal.won_status == "won")
        self.assertTrue(0.05 < len(won) / len(self.deals) < 0.15)

    def test_no_other_deals_disturb_the_pictures(self):
        """Odoo's own opportunities are leads that nobody has taken."""
        others = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search([("type", "=", "opportunity"), ("id", "not in", self.deals.ids)], limit=10)
        )
        self.assertFalse(others)
        self.assertTrue(self.env["crm.lead"].search_count([("type", "=", "lead")], limit=1))

    def test_the_board_has_one_empty_stage_before_the_process(self):
        """Opportunities without a team begin in it."""
        stages = self.env["crm.stage"].search([("fold", "=", False)], order="sequence, id")
        self.assertEqual(stages[1], self.env.ref("sales_process_control.crm_stage_contact"))
        lead = self.env["crm.lead"].create({"name": "Fence", "type": "opportunity", "user_id": False, "team_id": False})
        self.assertEqual(lead.stage_id, stages[0])

    def test_alerts_and_weekly_reports(self):
        """What the jobs of a morning give is there at once, and nothing was sent."""
        alerts = self.env["crm.deal.alert"].search([], limit=1000)
        self.assertLessEqual({PROMISE, STALLED}, set(alerts.mapped("kind")))
        self.assertTrue(all(alerts.mapped("activity_id")))
        reports = self.env["crm.weekly.report"].search([("is_sample", "=", True)], limit=10)
        self.assertEqual(reports.team_id, self.teams)
        self.assertTrue(all(reports.mapped("has_content")))
        self.assertFalse(reports.sudo().mail_id)

    def test_report_channels(self):
        """They are switched on and post to Discuss, where one digest is: nothing leaves the database."""
        channels = self.env["crm.report.destination"].search([], limit=10)
        self.assertEqual(set(channels.mapped("interval")), {"daily", "weekly"})
        self.assertEqual((set(channels.mapped("is_on")), set(channels.mapped("kind"))), ({True}, {"discuss"}))
        self.assertFalse(any(channels.mapped("trouble")))
        self.assertEqual(channels.delivery_ids.mapped("state"), ["sent"])
        # Its links are for all who can open the channel.
        self.assertTrue(channels.delivery_ids._is_for(self.env.ref("sales_process_control.user_elena")))
        posted = self.env["mail.message"].search(
            [
                ("model", "=", "discuss.channel"),
                ("res_id", "in", channels.channel_id.ids),
                ("message_type", "=", "comment"),
            ],
            limit=10,
        )
        self.assertEqual(len(posted), 1)
        self.assertFalse(self.env["mail.mail"].search_count([("mail_message_id", "in", posted.ids)]))

    def test_the_funnel_narrows(self):
        for teams in (self.teams, *self.teams):
            stages = self.env["crm.lead"]._read_group(
                [("team_id", "in", teams.ids), ("won_status", "=", "pending")], ["stage_id"], ["__count"]
            )
            counts = [count for _stage, count in sorted(stages, key=lambda row: row[0].sequence)]
            self.assertEqual(len(counts), 5)
            # That of a team may have one deal more in a stage.
            slack = 1 if len(teams) == 1 else 0
            self.assertTrue(all(count + slack >= following for count, following in pairwise(counts)), counts)

    def test_deals_need_attention_for_every_reason(self):
        open_deals = self.deals.filtered(lambda deal: deal.active and deal.won_status == "pending")
        found = Counter(reason for row in open_deals._read_attention().values() for reason in row[0].reasons)
        self.assertEqual(set(found), set(REASONS))
        self.assertLess(max(found.values()), len(open_deals) / 2)

    def test_who_logs_in_sees_deals_on_pace_and_stalled(self):
        """On any day: the pages of those who log in are never all well."""
        for user in map(self.env.ref, ("base.user_admin", "base.user_demo")):
            own = self.deals.filtered(lambda deal, user=user: deal.user_id == user and deal.won_status == "pending")
            self.assertLessEqual({"on_pace", "stalled"}, set(own.filtered("active").mapped("pace")))

    def test_flags_of_every_kind_and_outcome(self):
        flags = self.env["crm.hot.flag"].search([], limit=1000)
        self.assertEqual(set(flags.mapped("kind")), {kind for kind, _name in FLAG_KINDS})
        self.assertEqual(set(flags.mapped("outcome")), {outcome for outcome, _name in OUTCOMES})
        open_flags = flags.filtered(lambda flag: flag.outcome == "open")
        self.assertEqual(set(open_flags.mapped("is_overdue")), {True, False})
        self.assertTrue(open_flags.revision_ids)

    def test_targets_are_within_reach(self):
        """Teams are to win what their members are, and the company what its teams are: more than last year."""
        targets = self.env["crm.sales.target"].search([], limit=1000)
        month = max(targets.mapped("month"))
        of_month = targets.filtered(lambda target: target.month == month)
        company = of_month.filtered(lambda target: not target.team_id and not target.user_id)
        self.assertEqual(of_month.team_id, self.teams)
        self.assertEqual(of_month.user_id, self.deals.user_id)
        self.assertEqual(sum(of_month.filtered("team_id").mapped("amount")), company.amount)
        self.assertEqual(sum(of_month.filtered("user_id").mapped("amount")), company.amount)
        year = targets.filtered(lambda target: target.company_id and not target.team_id and not target.user_id)
        aimed = sum(year.sorted("month")[:12].mapped("amount"))
        since = self.env.cr.now() - timedelta(days=365)
        won = self.deals.filtered(lambda deal: deal.won_status == "won" and deal.date_closed > since)
        self.assertTrue(1 < aimed / sum(won.mapped("expected_revenue")) < 1.4)

    def test_customers_say_something_else_on_every_deal(self):
        progress = self.env["crm.lead.progress"].search(
            [("lead_id", "in", self.deals.ids), ("feedback", "!=", False)], limit=10000
        )
        said = Counter(progress.mapped("feedback"))
        self.assertGreater(len(said), 200)
        self.assertLess(max(said.values()), len(progress) / 20)

    def test_texts_in_the_language_of_the_database(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        day = date(2026, 3, 7)
        hot, pipeline = self.env["crm.hot.demo"], self.env["crm.pipeline.demo"]
        notes = [*SIGNING_NOTES, *(flag[2] for flag in CUSTOMER_FLAGS)]
        place = [self.env._(customer.name) for customer in CUSTOMERS].index("Northwind Mills")
        for language, subject, on_the_day in (
            ("en_US", ("Office chairs, Northwind Mills", "Northwind Mills"), "Signing around 7 March"),
            ("zh_CN", ("北风纺织厂 办公椅", "北风纺织厂"), "预计3月7日前后签约"),
        ):
            self.env.ref("base.user_admin").lang = language
            self.assertEqual(in_language_of_database(pipeline)._names(0, place), subject)
            texts = [in_language_of_database(hot)._note(note, day) for note in notes]
            self.assertEqual(texts[0], on_the_day)
            self.assertFalse([text for text in texts if "%" in text])

    def test_stages_have_their_names_in_all_languages(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        stages = self.env["crm.progress.demo"]._translated_stages()
        chinese = stages.with_context(lang="zh_CN").mapped("name")
        self.assertEqual(chinese, ["初期沟通", "立项评估", "需求分析", "招投标", "商务谈判", "签约"])
        self.assertEqual(stages.with_context(lang="en_US")[0].name, "First Contact")

    def test_teams_have_their_names_before_reports_and_channels_use_them(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        teams = self.env["crm.alert.demo"]._name_teams()
        self.assertEqual(teams.with_context(lang="zh_CN").mapped("name"), ["直销", "渠道销售"])
        self.assertEqual(teams.with_context(lang="en_US").mapped("name"), ["Direct Sales", "Partner Sales"])

    def test_everything_is_said_in_chinese(self):
        """No name and no text of the demonstration stays English in a Chinese database."""
        self.env["res.lang"]._activate_lang("zh_CN")
        chinese = self.env(context={"lang": "zh_CN"})
        texts = [text for texts in FEEDBACK.values() for said in texts.values() for text in said]
        texts += [text for planned in NEXT_ACTIVITIES.values() for text, _type in planned]
        texts += [*SIGNING_NOTES, *(flag[2] for flag in CUSTOMER_FLAGS), *(customer.name for customer in CUSTOMERS)]
        texts += [*WARES, *FIRST_NAMES, *LAST_NAMES, *POSITIONS, *PEOPLE.values(), NO_DECISION]
        texts += [text for text, *_more in (*MEETINGS, *CALLS)]
        weekly = self.env["crm.report.destination"].search([("interval", "=", "weekly")], limit=1)
        texts += [weekly.name, weekly.channel_id.name]
        told = [chinese._(text) for text in texts]
        self.assertEqual([text for text in told if re.search("[A-Za-z]{2}", re.sub(r"%\(\w+\)s", "", text))], [])

    def test_people_have_the_language_of_the_database(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env.ref("base.user_admin").lang = "zh_CN"
        in_language_of_database(self.env["crm.pipeline.demo"])._name_people()
        anna = self.env.ref("sales_process_control.user_anna")
        self.assertEqual((anna.name, anna.lang), ("李薇", "zh_CN"))

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

from datetime import date, datetime, timedelta
from random import Random
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged

from ..models.forecast.forecast_scope import ForecastScope
from ..models.recording.number_texts import amount_text, count_text
from ..models.review.review_scope import ReviewScope
from ..models.weekly_report import crm_weekly_next_action
from ..models.weekly_report.weekly_scope import due_week, last_week
from .funnel_common import FunnelMixin
from .weekly_common import MONDAY, WEEK, WeeklyCase


@tagged("post_install", "-at_install")
class TestWeeklyReport(FunnelMixin, WeeklyCase):
    """The numbers of a report are those of the screens, and open exactly their records."""

    def assert_opens_its_records(self, user, content):
        """Every number opens as many records as it counts, whose amounts add up to its amount."""
        keys = set()
        for section in content["sections"]:
            for row in section["rows"]:
                for number in filter(None, (row["number"], row.get("then"))):
                    with self.subTest(section=section["key"], row=row["key"], user=user.login):
                        if not number["key"]:
                            self.assertEqual(number["records"], 0)
                            continue
                        keys.add(number["key"])
                        records = self.opened(user, content["numbers"][number["key"]])
                        self.assertEqual(len(records), number["records"])
                        if number["amount"] is not False:
                            self.assertAlmostEqual(sum(records.mapped("amount")), number["amount"], 2)
        self.assertEqual(keys, set(content["numbers"]))

    def test_golden_week(self):
        """Opening 1,977.75, new 50, amount 50, won 1,000.50, lost 200: closing 877.25."""
        self.make_week()
        content = self.content(self.leader, self.team)
        changes = self.rows(content, "changes")
        found = {key: (row["number"]["value"], row["amount"]) for key, row in changes.items()}
        self.assertEqual(
            found,
            {
                "opening": (5, 1977.75),
                "created": (1, 50.0),
                "amount_up": (0, 50.0),
                "won": (-1, -1000.5),
                "lost": (-1, -200.0),
                "closing": (4, 877.25),
            },
        )
        moves = {key: (row["number"]["value"], row["amount"]) for key, row in self.rows(content, "moves").items()}
        self.assertEqual(moves, {"advanced": (2, 650.0), "pushed_out": (1, 400.25)})
        self.assert_opens_its_records(self.leader, content)

    def test_what_reads_as_zero_has_no_sign(self):
        currency = self.company.currency_id
        zero = amount_text(self.env, 0, currency)
        for amount in (0.3, -0.3):
            self.assertEqual(amount_text(self.env, amount, currency, is_signed=True), zero)
        exact = amount_text(self.env, 0.3, currency, is_exact=True)
        self.assertEqual(amount_text(self.env, 0.3, currency, is_exact=True, is_signed=True), f"+{exact}")
        self.assertEqual([count_text(self.env, count, is_signed=True) for count in (0, 2, -2)], ["0", "+2", "\u22122"])

    def test_waterfall_of_random_operations(self):
        """The section is the waterfall of the sales funnel, and adds up to the cent."""
        self.change_at_random(Random(5), steps=60)
        week = last_week(self.env.cr.now().date())
        for user, team in ((self.leader, self.team), (self.manager, None), (self.seller, None)):
            content = self.content(user, team, week)
            domain = [("team_id", "=", team.id)] if team else [("user_id", "=", user.id)]
            days = {"day": (week + timedelta(days=6)).isoformat(), "before": (week - timedelta(days=1)).isoformat()}
            bars = {bar["kind"]: bar["number"] for bar in self.funnel(user, domain=domain, **days)["waterfall"]}
            changes = self.rows(content, "changes")
            for key, row in changes.items():
                self.assertEqual((row["number"]["value"], row["amount"]), (bars[key]["value"], bars[key]["amount"]))
            amounts = [row["amount"] for key, row in changes.items() if key != "closing"]
            self.assertAlmostEqual(sum(amounts), changes["closing"]["amount"], 2)
            stages = [row["amount"] for row in self.rows(content, "funnel").values()]
            self.assertAlmostEqual(sum(stages), changes["closing"]["amount"], 2)
            for kind, row in self.rows(content, "moves").items():
                lines = self.opened(user, {**bars[kind], "context": {}})
                into = lines.filtered(lambda line: line.deal_count > 0)
                self.assertTrue(into)
                self.assertEqual(row["number"]["value"], len(into))
                self.assertEqual(len(lines), 2 * len(into))
                self.assertAlmostEqual(row["amount"], sum(into.mapped("amount")), 2)
            self.assert_opens_its_records(user, content)

    def test_forecast_is_that_of_the_screen(self):
        self.make_golden_history()
        self.set_time(datetime(2026, 3, 9, 3))
        self.env["crm.stage.chance"]._rebuild()
        self.make_week()
        self.env["crm.forecast"]._rebuild()
        self.env["crm.sales.target"].create(
            {"team_id": self.team.id, "company_id": self.company.id, "month": "2026-03-01", "amount": 90000}
        )
        self.team.company_id = self.company
        env = self.reader_env(self.leader)
        around = ForecastScope.of("quarter", date(2026, 3, 16), team_id=self.team.id)
        parts = env["crm.forecast.total"]._read_block(around)["parts"]
        self.assertTrue(parts["is_known"])
        content = self.content(self.leader, self.team)
        rows = self.rows(content, "forecast")
        self.assertEqual(rows["won"]["amount"], parts["won_amount"])
        self.assertEqual(rows["total"]["amount"], parts["total_amount"])
        self.assertEqual((rows["target"]["amount"], rows["below"]["label"]), (90000, "Below target"))
        self.assertAlmostEqual(rows["below"]["amount"], 90000 - parts["total_amount"], 2)
        stored = self.env["crm.forecast"].search(
            [
                ("scope", "=", "team"),
                ("team_id", "=", self.team.id),
                ("day", "=", "2026-03-08"),
                ("period", "=", "quarter"),
                ("date_start", "=", "2026-01-01"),
            ]
        )
        self.assertEqual(len(stored), 1)
        self.assertAlmostEqual(rows["changed"]["amount"], parts["total_amount"] - stored.total_amount, 2)
        self.assertEqual(self.opened(self.leader, content["numbers"]["forecast.changed"]), stored)
        self.assert_opens_its_records(self.leader, content)

    def test_the_forecast_of_a_quarter_that_begins_in_the_week(self):
        """The evening before the week is one of the quarter before. The picture begins with the eve of the quarter."""
        # Of the installation.
        self.env["crm.forecast"].search([]).sudo().unlink()
        self.make_golden_history()
        self.team.company_id = self.company
        self.set_time(datetime(2026, 3, 30, 3))
        self.env["crm.stage.chance"]._rebuild()
        self.make_deal(expected_revenue=1000)
        self.env["crm.forecast"]._rebuild()
        self.set_time(datetime(2026, 4, 6, 8, 30))
        self.env["crm.forecast"]._rebuild()
        content = self.content(self.leader, self.team, date(2026, 3, 30))
        changed = self.rows(content, "forecast")["changed"]
        self.assertEqual(changed["label"], "Change since Mar 29")
        stored = self.opened(self.leader, content["numbers"]["forecast.changed"])
        self.assertEqual((stored.day, stored.date_start), (date(2026, 3, 29), date(2026, 4, 1)))
        [section] = [one for one in content["sections"] if one["key"] == "forecast"]
        self.assertEqual(section["trail"]["days"][0]["day"], "2026-03-31")

    def test_all_others_without_a_next_action(self):
        """One is named in the singular."""
        for user in (self.seller, self.colleague, self.manager):
            self.make_deal(user_id=user.id)
        self.set_time(MONDAY)
        for most, label in ((1, "2 others"), (2, "1 other")):
            with self.subTest(most=most), patch.object(crm_weekly_next_action, "MOST", most):
                rows = self.rows(self.content(self.leader, self.team), "next_action")
                self.assertEqual(rows["others"]["label"], label)

    def test_stalled_and_next_actions(self):
        """Stalled deals have the sentence of the workbench; deals without a next action are counted by salesperson."""
        self.contact.rotting_threshold_days = 5
        deals = self.make_week()
        deals["still"].activity_schedule("mail.mail_activity_data_call", date_deadline="2026-03-20")
        content = self.content(self.leader, self.team)
        rows = self.rows(content, "stalled")
        domain = [("team_id", "=", self.team.id), ("pace", "=", "stalled")]
        stalled = self.Lead.with_user(self.leader).search(domain)
        self.assertTrue(stalled)
        self.assertEqual(rows["all"]["number"]["value"], len(stalled))
        for deal in stalled:
            self.assertIn(deal.attention_reason, rows[f"deal_{deal.id}"]["detail"])
        rows = self.rows(content, "next_action")
        self.assertEqual(rows["all"]["number"]["value"], 3)
        self.assertEqual(rows[f"user_{self.seller.id}"]["number"]["value"], 3)
        self.assertEqual(set(self.rows(self.content(self.seller), "next_action")), {"all"})
        self.assert_opens_its_records(self.leader, content)

    def test_hot_customers_and_broken_promises(self):
        deals = [self.make_deal() for _deal in range(2)]
        flags = self.env["crm.hot.flag"].with_user(self.seller)
        broken = flags.create({"lead_id": deals[0].id, "note": "Wants to sign", "due_date": "2026-03-13"})
        flags.create({"lead_id": deals[1].id, "note": "Signs now", "due_date": "2026-03-12"})
        self.set_time(datetime(2026, 3, 11, 9))
        broken.action_settle("broken")
        self.set_time(MONDAY)
        content = self.content(self.leader, self.team)
        rows = self.rows(content, "hot")
        self.assertEqual([rows[key]["number"]["value"] for key in ("open", "overdue", "broken")], [1, 1, 1])
        [flag] = [row for key, row in rows.items() if key.startswith("flag")]
        self.assertIn("4 days overdue", flag["detail"])
        self.assertIn("1 promise overdue", content["subject"])
        self.assert_opens_its_records(self.leader, content)

    def test_broken_promises_on_own_deals(self):
        """As the open flags, those that were broken include those of colleagues on own deals, lost ones too."""
        self.colleague.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        deals = [self.make_deal(), self.make_deal(), self.make_deal(user_id=self.manager.id)]
        flags = self.env["crm.hot.flag"].with_user(self.colleague)
        flags = flags.create([{"lead_id": deal.id, "note": "Signs", "due_date": "2026-03-13"} for deal in deals])
        self.set_time(datetime(2026, 3, 11, 9))
        for flag in flags:
            flag.action_settle("broken")
        deals[1].action_set_lost()
        self.set_time(MONDAY)
        content = self.content(self.seller)
        self.assertEqual(self.rows(content, "hot")["broken"]["number"]["value"], 2)
        self.assert_opens_its_records(self.seller, content)

    def test_targets_of_a_report(self):
        """A target that is edited later is still the record behind the number of the report."""
        self.make_week()
        self.team.company_id = self.company
        values = {"team_id": self.team.id, "company_id": self.company.id, "month": "2026-03-01", "amount": 90000}
        target = self.env["crm.sales.target"].create(values)
        content = self.content(self.leader, self.team)
        target.month = "2026-07-01"
        self.assertEqual(self.opened(self.leader, content["numbers"]["forecast.target"]), target)

    def test_process_is_that_of_the_review(self):
        self.env["crm.stage.step"].create({"name": "Visit", "stage_id": self.contact.id, "is_required": True})
        self.make_week()
        content = self.content(self.leader, self.team)
        env = self.reader_env(self.leader)
        scope = ReviewScope.of("6_months", date(2026, 3, 16), team_id=self.team.id)
        review = env["crm.review.stages"]._read_block(scope)
        [costs] = [section for section in content["sections"] if section["key"] == "costs"]
        self.assertEqual(costs["sentences"], [review["nothing"]])
        [step] = self.rows(content, "steps").values()
        self.assertEqual((step["label"], step["number"]["value"]), ("Visit", 3))
        own = self.content(self.seller)
        self.assertNotIn("costs", [section["key"] for section in own["sections"]])
        self.assert_opens_its_records(self.leader, content)

    def test_links_stay_exact(self):
        """What happens after the report changes neither the lines nor the deals that its links open."""
        self.make_week()
        report = self.env["crm.weekly.report"].with_user(self.leader)._make_sample("team")
        content = report.sudo().content
        before = {key: self.opened(self.leader, number) for key, number in content["numbers"].items()}
        self.pass_time(days=3)
        open_deals = self.Lead.search([("team_id", "=", self.team.id), ("won_status", "=", "pending")])
        open_deals.activity_schedule("mail.mail_activity_data_call", date_deadline="2026-03-20")
        open_deals[0].action_set_lost()
        open_deals[1].stage_id = self.talks
        self.env.cr.flush()
        self.env.invalidate_all()
        for key, records in before.items():
            self.assertEqual(self.opened(self.leader, content["numbers"][key]), records, key)

    def test_link_opens_a_list(self):
        self.make_week()
        report = self.Report.with_user(self.leader)._make_sample("team")
        action = self.Report.with_user(self.leader).open_line(report.id, "next_action.all")
        self.assertEqual((action["res_model"], action["name"]), ("crm.lead", "Without a Next Action (03/16/2026)"))
        deals = self.Lead.with_user(self.leader).with_context(**action["context"]).search(Domain(action["domain"]))
        self.assertEqual(len(deals), 4)

    def test_titles_of_lists(self):
        """The title says when: the day in the time zone of the reader, the week of movements, the day of a funnel."""
        self.make_week()
        self.set_time(datetime(2026, 3, 16, 22, 30))
        self.leader.tz = "Asia/Tokyo"
        report = self.Report.with_user(self.leader)._make_sample("team")
        reports = self.Report.with_user(self.leader).with_context(tz="Asia/Tokyo")
        for line, title in (
            ("next_action.all", "Without a Next Action (03/17/2026)"),
            ("moves.advanced", "Mar 9"),
            ("changes.opening", "Pipeline on "),
        ):
            self.assertIn(title, reports.open_line(report.id, line)["name"])

    # ------------------------------------------------------------
    # ACCESS
    # ------------------------------------------------------------

    def test_own_deals_only(self):
        """A leader who may read own deals only gets these, and the report says so."""
        self.make_week()
        self.make_deal(name="Secret", user_id=self.colleague.id, expected_revenue=999)
        self.team.user_id = self.seller
        content = self.content(self.seller, self.team)
        self.assertTrue(content["is_partial"])
        self.assertNotIn("Secret", str(content))
        self.assertEqual(self.rows(content, "next_action")["all"]["number"]["value"], 4)
        self.assertFalse(self.content(self.leader, self.team)["is_partial"])

    def test_second_company(self):
        """Nothing of another company is in a report, and amounts are in the currency of the reader's company."""
        self.make_week()
        second, abroad = self.make_second_company()
        second.currency_id = self.env.ref("base.CHF")
        self.make_deal(name="Abroad", user_id=abroad.id, team_id=False, company_id=second.id, expected_revenue=31)
        content = self.content(abroad)
        self.assertEqual(self.rows(content, "next_action")["all"]["number"]["value"], 1)
        self.assertEqual(content["sections"][0]["currency_id"], second.currency_id.id)
        self.team.user_id = abroad
        content = self.content(abroad, self.team)
        self.assertEqual(self.rows(content, "next_action")["all"]["number"]["value"], 0)

    def test_report_of_another_person(self):
        """Nobody opens the report of another person or reads its content, managers and administrators included."""
        self.make_week()
        report = self.Report.with_user(self.leader)._make_sample("team")
        administrator = self.env.ref("base.user_admin")
        for user in (self.seller, self.colleague, self.manager, administrator):
            with self.assertRaises(AccessError):
                self.Report.with_user(user).open_line(report.id, "changes.opening")
            with self.assertRaises(AccessError):
                report.with_user(user).action_open()
            with self.assertRaises(AccessError):
                report.with_user(user)._get_printed()
            with self.assertRaises(AccessError):
                report.with_user(user).read(["content"])
            self.assertFalse(self.Report.with_user(user).search([("id", "=", report.id)]))
        with self.assertRaises(AccessError):
            report.with_user(self.leader).read(["content"])
        for values in ({"state": "sent"}, {"content": {}}):
            with self.assertRaises(AccessError):
                report.with_user(self.leader).write(values)
        with self.assertRaises(AccessError):
            self.leader.with_user(self.manager).action_preview_weekly_report()
        # Managers see in the log that the job has sent a report, but not what is in it.
        report.sudo().is_sample = False
        logged = report.with_user(self.manager).with_company(self.company)
        self.assertTrue(logged.read(["state"]))
        for read in (lambda: logged.open_line(report.id, "changes.opening"), logged.action_open, logged._get_printed):
            with self.assertRaises(AccessError):
                read()

    def test_reader_without_sales_rights(self):
        """A former leader who is a portal user, or does not sell any more, reads no old report."""
        self.make_week()
        report = self.Report.with_user(self.leader)._make_sample("team")
        for group in ("base.group_user", "base.group_portal"):
            self.leader.group_ids = self.env.ref(group)
            with self.assertRaises(AccessError):
                self.Report.with_user(self.leader).open_line(report.id, "changes.opening")
            with self.assertRaises(AccessError):
                self.Report.with_user(self.leader)._find_own(report.id)

    def test_odd_links(self):
        report = self.Report.with_user(self.leader)._make_sample("team")
        odd = [(report.id, "no.such"), (report.id, None), (report.id, {}), (0, "changes.opening"), ("1", "x")]
        for arguments in [*odd, (2**40, "x"), (True, "x"), ([report.id], "x"), (None, None)]:
            with self.assertRaises(UserError):
                self.Report.with_user(self.leader).open_line(*arguments)

    def test_manager_sees_what_was_sent(self):
        _second, abroad = self.make_second_company()
        values = {"user_id": self.leader.id, "company_id": self.company.id, "week": WEEK, "state": "failed"}
        report = self.Report.create({**values, "reason": "No server", "content": {"secret": 1}})
        for user, sees in ((self.manager, True), (self.leader, True), (self.seller, False), (abroad, False)):
            found = self.Report.with_user(user).search([("id", "=", report.id)])
            self.assertEqual(bool(found), sees)
            if sees:
                self.assertEqual(found.reason, "No server")


@tagged("post_install", "-at_install")
class TestWeeklyDays(WeeklyCase):
    """When a report is due."""

    def test_due(self):
        """Monday from six on, and Tuesday, in the time zone of the reader; never before a company's week is over."""
        week, monday = date(2026, 11, 16), [date(2026, 11, 23)]
        cases = [
            ("2026-11-23 05:59", "UTC", monday, None),
            ("2026-11-23 06:00", "UTC", monday, week),
            ("2026-11-22 21:59", "Asia/Shanghai", monday, None),
            ("2026-11-22 22:00", "Asia/Shanghai", monday, week),
            ("2026-11-22 22:00", "Asia/Shanghai", [*monday, date(2026, 11, 22)], None),
            ("2026-11-23 13:59", "America/Los_Angeles", monday, None),
            ("2026-11-23 14:00", "America/Los_Angeles", monday, week),
            ("2026-11-24 00:01", "UTC", [date(2026, 11, 24)], week),
            ("2026-11-25 00:01", "UTC", [date(2026, 11, 25)], None),
            ("2026-11-22 12:00", "UTC", [date(2026, 11, 22)], None),
            ("2026-11-23 06:00", "No/Where", monday, week),
            ("2026-11-23 06:00", False, monday, week),
        ]
        for now, zone, days, expected in cases:
            with self.subTest(now=now, zone=zone):
                self.assertEqual(due_week(datetime.fromisoformat(now), zone, days), expected)

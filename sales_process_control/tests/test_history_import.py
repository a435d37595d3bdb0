import base64
from datetime import date, datetime

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..history import Settings
from ..models.history_import.history_plan import Options
from .history_common import HEADER, STORY, HistoryImportCase
from .test_history_reading import workbook


@tagged("post_install", "-at_install")
class TestHistoryImport(HistoryImportCase):
    """Opportunities and ledgers after an import."""

    def test_chances_are_computed_soon_after_an_import(self):
        """And after it is taken back: the job runs once the transaction is committed."""
        job = self.env.ref("sales_process_control.ir_cron_rebuild_chances")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
        wizard = self.import_file(STORY)
        after = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]) - triggers
        self.assertEqual(len(after), 1)
        self.env["crm.imported.history"].browse(wizard.history_id.id).with_user(self.manager).action_take_back()
        self.assertEqual(len(self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]) - triggers), 2)

    def test_reports_know_at_once_how_many_rows_there_are(self):
        """PostgreSQL could take a ledger for empty for about a minute, and reports could take minutes."""
        self.env.cr.execute("ANALYZE crm_stage_visit")
        self.import_file(STORY)
        self.env.cr.execute("SELECT reltuples FROM pg_class WHERE relname = 'crm_stage_visit'")
        self.assertEqual(self.env.cr.fetchone()[0], self.Visit.search_count([]))

    def test_deals_come_with_their_past_and_the_state_that_they_ended_in(self):
        self.import_file(STORY)
        won, lost, still = self.deal_of("d1"), self.deal_of("d2"), self.deal_of("d3")
        self.assertEqual((won.won_status, won.stage_id, won.probability), ("won", self.signed, 100))
        self.assertEqual((won.create_date, won.date_closed), (datetime(2025, 1, 10, 9), datetime(2025, 2, 1, 9)))
        self.assertEqual((won.day_close, won.expected_revenue, won.user_id.id), (22, 120, False))
        self.assertEqual((lost.won_status, lost.stage_id, lost.active), ("lost", self.needs, False))
        self.assertEqual((lost.lost_reason_id.name, lost.expected_revenue), ("Priced Out", 70))
        self.assertEqual((still.won_status, still.stage_id, still.active), ("pending", self.needs, True))
        self.assertEqual(still.stage_entered_at, datetime(2025, 1, 11, 9))
        self.assertEqual(
            self.outcomes_of(won),
            ["First Contact: advanced", "Needs Analysis: skipped", "Bidding: won", "Negotiation: skipped"],
        )
        self.assertEqual(self.kinds_of(won), ["created", "advanced", "advanced", "amount_up", "won"])
        self.assertEqual(self.kinds_of(lost), ["created", "lost"])
        rows = self.Visit.search([])
        self.assertEqual(set(rows.mapped("origin")) | set(self.Movement.search([]).mapped("origin")), {"import"})
        self.assertEqual(rows.filtered(lambda row: row.outcome == "won").entered_at.microsecond, 250000)
        self.assertFalse(won.message_ids | lost.message_ids)

    def test_what_is_done_afterwards_goes_on_from_there(self):
        self.import_file(STORY)
        deal = self.deal_of("d3")
        deal.stage_id = self.bidding
        self.assertEqual(self.outcomes_of(deal), ["Needs Analysis: advanced", "Bidding: open"])
        self.assertEqual(self.kinds_of(deal), ["created", "advanced", "advanced"])
        self.assertEqual(self.Visit.search([("lead_ref", "=", deal.id)]).mapped("origin"), ["live", "import"])

    def test_missing_stages_are_made_in_their_order_or_are_faults(self):
        story = HEADER + (
            "d1,First Contact,2025-01-10,,\nd1,Survey,2025-01-11,,\nd1,Bidding,2025-01-12,,\n"
            "d1,Contract,2025-01-13,won,\n"
        )
        with self.assertRaisesRegex(UserError, "Line 3, column stage: Odoo has no stage “Survey”"):
            self.wizard_of(story, create_missing_stages=False).action_import()
        self.assertFalse(self.deal_of("d1"))
        self.import_file(story)
        stages = self.env["crm.stage"].search([], order="sequence, id")
        self.assertEqual(
            stages.mapped("name"),
            ["First Contact", "Needs Analysis", "Survey", "Bidding", "Negotiation", "Signing", "Contract"],
        )
        self.assertEqual(stages.filtered("is_won").mapped("name"), ["Signing", "Contract"])
        self.assertEqual(self.deal_of("d1").stage_id.name, "Contract")

    def test_a_repeated_stage_is_no_move_and_a_stage_after_an_end_reopens(self):
        self.import_file(
            HEADER + "d1,Bidding,2025-01-10,,\nd1,BIDDING,2025-01-11,,\nd1,Price,2025-01-12,lost,\n"
            "d1,Negotiation,2025-01-13,,\nd1,Signing,2025-01-14,won,\nd1,Bidding,2025-01-15,,\n"
        )
        deal = self.deal_of("d1")
        self.assertEqual(self.outcomes_of(deal), ["Bidding: lost", "Negotiation: won", "Bidding: open"])
        self.assertEqual(self.kinds_of(deal), ["created", "lost", "reopened", "won", "reopened"])
        self.assertEqual((deal.won_status, deal.date_closed, deal.lost_reason_id.id), ("pending", False, False))
        self.assertLess(deal.probability, 100)

    def test_a_return_within_minutes_is_two_moves_since_the_file_names_no_user(self):
        self.import_file(
            HEADER + "d1,Bidding,2025-01-10T09:00:00Z,,\nd1,Negotiation,2025-01-10T09:01:00Z,,\n"
            "d1,Bidding,2025-01-10T09:02:00Z,,\n"
        )
        self.assertEqual(
            self.outcomes_of(self.deal_of("d1")), ["Bidding: advanced", "Negotiation: moved_back", "Bidding: open"]
        )

    def test_all_events_of_an_instant_are_one_change(self):
        self.import_file(
            HEADER + "d1,Bidding,2025-01-10T09:00:00Z,,\nd1,Negotiation,2025-01-10T10:00:00+01:00,,\n"
            "d1,Bidding,2025-01-11T09:00:00Z,,\nd1,Negotiation,2025-01-11T09:00:00Z,,\n"
        )
        self.assertEqual(self.outcomes_of(self.deal_of("d1")), ["Negotiation: open"])

    def test_a_loss_without_an_earlier_stage_and_a_loss_after_a_win(self):
        self.import_file(
            HEADER + "d1,Price,2025-01-10,lost,\nd2,Bidding,2025-01-10,,\nd2,,2025-01-11,won,\nd2,,2025-01-12,lost,\n"
        )
        self.assertEqual(self.outcomes_of(self.deal_of("d1")), [])
        self.assertEqual(self.kinds_of(self.deal_of("d1")), ["created", "lost"])
        self.assertEqual(
            self.outcomes_of(self.deal_of("d2")), ["Bidding: won", "Negotiation: correction", "Bidding: lost"]
        )
        self.assertEqual(self.deal_of("d2").won_status, "lost")

    def test_a_deal_that_was_won_and_lost_and_never_open(self):
        """It is lost in the first stage, since a deal cannot be lost in a won one, and never was in a stage."""
        self.import_file(HEADER + "d1,,2025-01-10T09:00:00Z,won,100\nd1,Price,2025-01-12T09:00:00Z,lost,\n")
        deal = self.deal_of("d1")
        self.assertEqual((deal.won_status, deal.active, deal.stage_id), ("lost", False, self.contact))
        self.assertEqual(deal.date_closed, datetime(2025, 1, 12, 9))
        self.assertEqual(self.kinds_of(deal), ["created", "won", "reopened", "lost"])
        self.assertEqual(self.outcomes_of(deal), [])

    def test_a_second_line_of_an_end_keeps_the_closing_date(self):
        """The deal was closed before. The amount of the second line counts."""
        self.import_file(
            HEADER + "d1,Bidding,2025-01-09,,100\nd1,,2025-01-10T09:00:00Z,won,\nd1,,2025-01-20T09:00:00Z,won,120\n"
            "d2,Bidding,2025-01-09,,100\nd2,Price,2025-01-10T09:00:00Z,lost,\nd2,Fit,2025-01-20T09:00:00Z,lost,120\n"
            "d3,Bidding,2025-01-09,,100\nd3,Price,2025-01-10T09:00:00Z,lost,\nd3,,2025-01-20T09:00:00Z,won,120\n"
        )
        for name, day in (("d1", 10), ("d2", 10), ("d3", 20)):
            with self.subTest(name):
                deal = self.deal_of(name)
                self.assertEqual((deal.date_closed, deal.expected_revenue), (datetime(2025, 1, day, 9), 120))

    def test_people_teams_customers_and_expected_closings(self):
        customer = self.env["res.partner"].create({"name": "Known Customer"})
        self.seller.email = "seller@example.com"
        story = (
            "deal,stage,at,salesperson,team,customer,expected closing\n"
            "d1,Bidding,2025-01-10,process_seller,team north,Known Customer,2025-02-01\n"
            "d1,Bidding,2025-01-12,Process_Colleague,TEAM SOUTH,,2025-02-11\n"
            "d2,Bidding,2025-01-10,SELLER@example.com,Team East,Stranger,\n"
            "d3,Bidding,2025-01-10,nobody here,,,\n"
        )
        wizard = self.wizard_of(story)
        wizard.action_preview()
        self.assertEqual((wizard.unknown_people, wizard.unknown_teams), ("nobody here (1)", "Team East (1)"))
        partners = self.env["res.partner"].search_count([])
        self.import_file(story)
        first, second, third = (self.deal_of(f"d{number}") for number in (1, 2, 3))
        self.assertEqual((first.user_id, first.team_id), (self.colleague, self.other_team))
        self.assertEqual((first.partner_id, first.date_deadline), (customer, date(2025, 2, 11)))
        self.assertEqual((first.push_count, first.push_days), (1, 10))
        self.assertEqual(self.kinds_of(first), ["created"] + ["pushed_out"] * 2 + ["transferred"] * 2)
        self.assertEqual((second.user_id, second.team_id.id, second.partner_name), (self.seller, False, "Stranger"))
        self.assertEqual((third.user_id.id, third.team_id.id), (False, False))
        self.assertEqual(self.env["res.partner"].search_count([]), partners)

    def test_amounts_convert_at_the_day_of_the_event(self):
        euro, own = self.env.ref("base.EUR"), self.company.currency_id
        other = euro if own != euro else self.env.ref("base.USD")
        self.env["res.currency.rate"].search([("currency_id", "in", (other | own).ids)]).unlink()
        self.env["res.currency.rate"].create(
            [
                {"currency_id": other.id, "name": "2025-01-01", "rate": 2.0},
                {"currency_id": other.id, "name": "2025-02-01", "rate": 4.0},
            ]
        )
        header = "deal,stage,at,amount,currency\n"
        self.import_file(
            header + f"d1,Bidding,2025-01-10,100,{other.name}\nd1,Bidding,2025-02-10,100,{other.name.lower()}\n"
            f"d1,Bidding,2025-02-11,30,{own.name}\n"
        )
        deal = self.deal_of("d1")
        self.assertEqual([amount for *_rest, amount in self.lines_of(deal)], [50, -25, 5])
        self.assertEqual(deal.expected_revenue, 30)
        for line, said in (
            (f"d2,Bidding,2024-12-31,100,{other.name}", f"No exchange rate up to that day: {other.name}, 2024-12-31"),
            ("d2,Bidding,2025-01-10,100,XYZ", "has no currency “XYZ”"),
        ):
            with self.subTest(line=line), self.assertRaisesRegex(UserError, f"Line 2, column currency: .*{said}"):
                self.wizard_of(header + line + "\n").action_import()
        self.assertFalse(self.deal_of("d2"))

    def test_a_line_a_deal_with_names_and_ends(self):
        """Where deals began is unknown, so they began in the first stage; a stage that may be an end is asked for."""
        story = (
            "Deal ID,Deal Name,Stage,Create Date,Close Date,Amount,Lost Reason\n"
            "7,Desks,Won,2025-01-05,2025-01-08,100,\n8,Chairs,Closed Lost,2025-01-05,2025-01-09,50,Price\n"
            "9,Lamps,Survey,2025-01-05,2025-12-01,70,\n10,Rugs,Deleted,2025-01-05,2025-12-01,70,\n"
        )
        self.import_file(story)
        won, lost, still = (self.deal_of(name) for name in ("Desks", "Chairs", "Lamps"))
        self.assertEqual((won.won_status, won.stage_id, won.date_closed), ("won", self.signed, datetime(2025, 1, 8)))
        self.assertEqual(self.outcomes_of(won)[0], "First Contact: won")
        self.assertEqual((lost.won_status, lost.lost_reason_id.name, lost.stage_id), ("lost", "Price", self.contact))
        self.assertEqual((still.stage_id.name, self.deal_of("Rugs").id), ("Survey", False))
        self.assertFalse(self.env["crm.stage"].search([("name", "in", ("", "Won", "Closed Lost", "Deleted"))]))
        before = self.counts()
        self.import_file(story.replace("Desks", "Desks with drawers"))
        self.assertEqual(self.counts(), before)
        unclear = HEADER + "d1,Bidding,2025-01-10,,\nd1,Closed,2025-01-11,,\n"
        with self.assertRaisesRegex(UserError, "Line 3, column stage: Does “Closed” stand for a stage"):
            self.wizard_of(unclear).action_import()
        importer = self.Import.env["crm.history.importer"]
        importer.import_history(unclear.encode(), options=Options(settings=Settings(ends=(("closed", "lost"),))))
        self.assertEqual(self.deal_of("d1").won_status, "lost")
        self.assertEqual(self.deal_of("d1").lost_reason_id.name, "Closed")

    def test_several_moves_on_one_day_without_times_are_visits(self):
        self.import_file(
            HEADER + "d1,First Contact,2025-01-10,,\nd1,Bidding,2025-01-10,,\nd1,Negotiation,2025-01-15,,\n"
        )
        deal = self.deal_of("d1")
        self.assertEqual(
            self.outcomes_of(deal),
            ["First Contact: advanced", "Needs Analysis: skipped", "Bidding: advanced", "Negotiation: open"],
        )
        days = {row.stage_id.name: round(row.days, 4) for row in self.Visit.search([("lead_ref", "=", deal.id)])}
        self.assertEqual((days["First Contact"], days["Bidding"]), (0, 5))

    def test_salesforce_workbook_and_chinese_encoding(self):
        self.import_file(
            "OpportunityId,StageName,CreatedDate,Amount,CloseDate,Probability,Id\n"
            "006A,Bidding,2025-01-10T09:00:00.000Z,100,2025-02-01,10,8\n"
            "006A,Closed Won,2025-01-11T09:00:00.000+0000,100,2025-02-01,100,9\n"
            "006B,Bidding,2025-01-10T09:00:00.000Z,100,2025-02-01,10,8\n"
            "006B,Closed Lost,2025-01-11T09:00:00.000+0000,100,2025-02-01,0,9\n"
        )
        self.assertEqual([self.deal_of(name).won_status for name in ("006A", "006B")], ["won", "lost"])
        self.assertEqual(self.deal_of("006A").stage_id, self.signed)
        self.import_file(
            workbook(["deal", "stage", "at"], ["x1", "Bidding", datetime(2025, 1, 10, 9)]), filename="history.xlsx"
        )
        self.assertEqual(self.deal_of("x1").create_date, datetime(2025, 1, 10, 9))
        self.import_file("deal,stage,at\n单子,需求分析,2025-01-10\n".encode("gb18030"))
        self.assertEqual(self.deal_of("单子").stage_id.name, "需求分析")

    def test_another_company_has_deals_and_external_names_of_its_own(self):
        self.import_file(STORY)
        second = self.env["res.company"].create({"name": "Second Company", "currency_id": self.env.ref("base.CHF").id})
        self.manager.write({"company_ids": [Command.link(second.id)]})
        foreign = self.Import.with_company(second)
        wizard = foreign.create({"file": base64.b64encode(STORY.encode()), "filename": "second.csv"})
        wizard.action_import()
        deals = self.deal_of("d1")
        self.assertEqual(set(deals.company_id), {self.company, second})
        lines = self.Movement.search([("company_id", "=", second.id)])
        self.assertEqual(lines.currency_id, second.currency_id)
        self.assertEqual(wizard.history_id.company_id, second)

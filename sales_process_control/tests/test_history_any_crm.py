import io
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from time import perf_counter
from zipfile import ZipFile
from zoneinfo import ZoneInfo

from odoo.addons.sales_process_control.history import AS_FOUND, Settings, doubts, faults, read_history
from odoo.tests import BaseCase

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 29, 9)
SALESFORCE = '"Id","OpportunityId","CreatedDate","StageName","Amount","CloseDate","IsDeleted"\n'
HUBSPOT = (
    'Record ID,Deal Name,Deal Stage,Pipeline,Amount,Currency,Close Date,Create Date,"Date entered ""Talk (Sales)""",'
    '"Date entered ""Contract sent (Sales)""","Date entered ""Closed won (Sales)""",'
    '"Date entered ""Closed lost (Sales)""",'
    "Deal owner,Associated Company\n"
    "1,Desk,Closed won,Sales,12500.00,USD,2026-05-20 16:10,2026-04-02 09:15,2026-04-02 09:15,2026-04-28 11:00,"
    "2026-05-20 16:10,,Anna,North\n"
    "2,Shelf,Contract sent,Sales,8000.00,USD,2026-12-31 00:00,2026-06-01 08:00,2026-06-01 08:00,2026-07-15 10:30,,,"
    "Anna,South\n"
    "3,Chair,Closed lost,Sales,3100.50,USD,2026-06-30 12:00,2026-05-05 14:00,2026-05-05 14:00,,,2026-06-30 12:00,"
    "Bea,East\n"
)
PIPEDRIVE = (
    "Deal - ID;Deal - Title;Deal - Value;Deal - Currency;Deal - Stage;Deal - Status;Deal - Deal created;"
    "Deal - Won time;Deal - Lost time;Deal - Lost reason;Deal - Expected close date;Deal - Owner;Organization - Name\n"
    "11;Sign;€ 1.250,00;EUR;Proposal Made;Open;31/03/2026 14:05;;;;30/12/2026;Anna;North\n"
    "12;Van;€ 900,50;EUR;Negotiations Started;Won;02/04/2026 09:00;29/04/2026 17:45;;;30/04/2026;Anna;South\n"
    "13;Flags;€ 400,00;EUR;Contact Made;Lost;13/04/2026 10:00;;27/05/2026 08:30;Price;15/05/2026;Bea;East\n"
)
CHINESE = (
    "商机编号,商机名称,阶段,时间,金额,客户\n"
    "S001,展厅改造,初期沟通,2026/03/02 09:30,¥120000,北方\nS001,展厅改造,需求分析,2026/03/15 14:00,¥120000,北方\n"
    "S001,展厅改造,赢单,2026/05/08 10:00,¥110000,北方\nS002,办公桌椅,初期沟通,2026/04/01 11:00,3.5万,南方\n"
    "S002,办公桌椅,输单,2026/04/20 16:20,3.5万,南方\n"
)
ZOHO = (
    "Stage Dwell Report,,,\nexported 1 June 2026,,,\n,,,\nDeal Name,Stage,Modified Time,Closing Date\n"
    'Fence,Qualification,"May 1, 2026 09:12 AM",06/30/2026\n'
    'Fence,Value Proposition,"May 14, 2026 01:05 PM",06/30/2026\n'
    'Fence,Closed Won,"May 28, 2026 04:44 PM",05/28/2026\n'
)


def days_of(events):
    """Return the days between each event and the next one, rounded."""
    return [round((later.at - event.at) / timedelta(days=1), 2) for event, later in pairwise(events)]


class TestHistoryAnyCrm(BaseCase):
    """Exports of other programs as they are, without work by hand."""

    def reading_of(self, content, settings=AS_FOUND, has_faults=False):
        content = content if isinstance(content, bytes) else content.encode()
        reading = read_history(content, ZONE, NOW, ZONE, settings)
        if not has_faults:
            self.assertEqual(reading.faults, [])
            # What was found, handed back as a choice, changes nothing.
            again = read_history(content, ZONE, NOW, ZONE, reading.look.settings)
            self.assertEqual((again.events, again.deleted), (reading.events, reading.deleted))
        return reading

    def steps_of(self, content, settings=AS_FOUND):
        """Return {deal: [(kind, stage), ...]}."""
        reading = self.reading_of(content, settings)
        return {deal: [(event.kind, event.stage) for event in events] for deal, events in reading.events.items()}

    def doubts_of(self, reading):
        return {doubt.code: (doubt.count, doubt.values) for doubt in reading.look.doubts}

    def fault_codes(self, content, settings=AS_FOUND):
        return [(fault.line, fault.code) for fault in self.reading_of(content, settings, has_faults=True).faults]

    # ------------------------------------------------------------
    # SALESFORCE
    # ------------------------------------------------------------

    def test_salesforce_weekly_export(self):
        reading = self.reading_of(
            '"Id","OpportunityId","CreatedById","CreatedDate","CreatedDateForInsert","StageName","Amount","CloseDate",'
            '"FromOpportunityStageName","PrevOpportunityStageUpdate","IsDeleted"\n'
            '"1","D1","U","2026-02-03 15:10:00","2026-02-03 15:10:00","Prospecting","1000","2026-03-31 00:00:00","",'
            '"2026-02-03 15:10:00","0"\n'
            '"2","D1","U","2026-02-10 16:00:00","2026-02-10 16:00:00","Closed Won","1200","2026-02-10 00:00:00",'
            '"Prospecting","2026-02-03 15:10:00","0"\n'
        )
        [events] = reading.events.values()
        self.assertEqual([event.kind for event in events], ["stage", "won"])
        self.assertEqual((events[1].at, days_of(events)), (datetime(2026, 2, 10, 16), [7.03]))
        self.assertEqual((reading.look.source, reading.look.settings.zone), ("salesforce", "UTC"))
        ignored = [column.heading for column in reading.look.columns if not column.meaning]
        self.assertEqual(ignored, ["Id", "CreatedById", "CreatedDateForInsert", "PrevOpportunityStageUpdate"])

    def test_lines_in_any_order_are_sorted_by_time(self):
        reading = self.reading_of(
            SALESFORCE + '"1","D2","2026-02-10T16:00:00.000Z","Negotiation/Review","1200","2026-03-31","false"\n'
            '"2","D2","2026-02-03T15:10:00.000Z","Prospecting","1000","2026-03-31","false"\n'
        )
        self.assertEqual([event.stage for event in reading.events["D2"]], ["Prospecting", "Negotiation/Review"])
        self.assertEqual(days_of(reading.events["D2"]), [7.03])

    def test_times_of_salesforce_are_utc_unless_a_person_says_otherwise(self):
        """The night in which summer time begins has no 02:30 in Amsterdam, and UTC has."""
        content = SALESFORCE + "1,D9,2026-03-29 02:30:00,A,1,,0\n2,D9,2026-03-29 03:10:00,B,1,,0\n"
        [events] = self.reading_of(content).events.values()
        self.assertEqual([event.at for event in events], [datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 3, 10)])
        [events] = self.reading_of(content, Settings(zone="Europe/Amsterdam")).events.values()
        self.assertEqual([event.at for event in events], [datetime(2026, 3, 29, 1, 10), datetime(2026, 3, 29, 1, 30)])

    def test_deleted_deals_are_left_out_and_named(self):
        reading = self.reading_of(
            SALESFORCE + "1,D5,2026-02-03T15:10:00.000Z,A,1,,true\n2,D6,2026-02-03T15:10:00.000Z,A,1,,false\n"
        )
        self.assertEqual((list(reading.events), reading.deleted), (["D6"], ("D5",)))
        self.assertEqual(self.doubts_of(reading), {doubts.DELETED: (1, ("D5",))})

    def test_reports_of_salesforce(self):
        """With the stage before, with lines about other fields, and with what stands below a report."""
        footer = '\n\n"Copyright (c) 2000-2026 salesforce.com, inc."\n"Confidential Information - Do Not Distribute"\n'
        history = self.reading_of(
            "Opportunity Name,From Stage,To Stage,Last Modified,Created Date,Amount\n"
            'Roof,Prospecting,Proposal,2026-03-05 10:00,2026-03-01 09:00,"1,200.00"\n'
            'Roof,Proposal,Closed Won,2026-03-09 10:00,2026-03-01 09:00,"1,200.00"\n'
            'Grand Totals (2 records),,,,,"2,400.00"\n' + footer
        )
        self.assertEqual([event.stage for event in history.events["Roof"]], ["Prospecting", "Proposal", "Closed Won"])
        self.assertEqual(days_of(history.events["Roof"]), [4.04, 4.0])
        self.assertEqual(self.doubts_of(history)[doubts.IGNORED_LINES][0], 3)
        fields = self.reading_of(
            "Opportunity Name,Stage,Field / Event,Old Value,New Value,Edit Date,Created Date\n"
            "Roof,Closed Lost,Stage,Prospecting,Proposal,3/15/2026 10:00 AM,3/1/2026\n"
            "Roof,Closed Lost,Amount,100,200,3/16/2026 10:00 AM,3/1/2026\n"
            "Roof,Closed Lost,Stage,Proposal,Closed Lost,3/20/2026 1:00 PM,3/1/2026\n"
        )
        self.assertEqual(
            [(event.kind, event.stage, event.at.day) for event in fields.events["Roof"]],
            [("stage", "Prospecting", 28), ("stage", "Proposal", 15), ("lost", "", 20)],
        )
        self.assertEqual(self.doubts_of(fields)[doubts.OTHER_FIELDS], (1, ("Amount",)))
        rows = "D1,2026-01-05 10:00:00,created,,\nD1,2026-01-06 10:00:00,StageName,A,B\n"
        [events] = self.reading_of("OpportunityId,CreatedDate,Field,OldValue,NewValue\n" + rows).events.values()
        self.assertEqual([(event.stage, event.at.day) for event in events], [("A", 5), ("B", 6)])

    # ------------------------------------------------------------
    # OTHER PROGRAMS
    # ------------------------------------------------------------

    def test_hubspot_a_column_a_stage(self):
        reading = self.reading_of(HUBSPOT)
        self.assertEqual(reading.look.settings.layout, "stage_columns")
        self.assertEqual(
            self.steps_of(HUBSPOT),
            {
                "1": [("stage", "Talk"), ("stage", "Contract sent"), ("won", "Closed won")],
                "2": [("stage", "Talk"), ("stage", "Contract sent")],
                "3": [("stage", "Talk"), ("lost", "")],
            },
        )
        self.assertEqual(days_of(reading.events["1"]), [26.07, 22.22])
        self.assertEqual(reading.events["1"][0].name, "Desk")
        names = [stage.name for stage in reading.look.stages]
        long_names = HUBSPOT.replace("Desk,Closed won", "Desk,Closed won (Sales)")
        self.assertEqual([stage.name for stage in self.reading_of(long_names).look.stages], names)

    def test_headings_of_stage_columns(self):
        for heading in (
            "Date entered 'Talk'",
            "Entered Talk",
            "Talk - Date entered",
            "hs_v2_date_entered_Talk",
            "进入“Talk”的日期",
            "Talk",
        ):
            with self.subTest(heading):
                content = f"Deal,{heading},Won\nd1,2026-01-05,2026-02-01\nd2,2026-01-06,\n"
                self.assertEqual(
                    self.steps_of(content), {"d1": [("stage", "Talk"), ("won", "Won")], "d2": [("stage", "Talk")]}
                )

    def test_pipedrive_a_line_a_deal(self):
        reading = self.reading_of(PIPEDRIVE)
        self.assertEqual(
            [
                (events[-1].kind, events[-1].stage, events[-1].amount, events[-1].at.day)
                for events in reading.events.values()
            ],
            [
                ("stage", "Proposal Made", Decimal("1250"), 31),
                ("won", "", Decimal("900.5"), 29),
                ("lost", "Price", Decimal("400"), 27),
            ],
        )
        self.assertEqual((reading.look.settings.date_order, reading.look.settings.decimal), ("DMY", ","))

    def test_a_line_a_deal_that_names_only_its_end(self):
        """As in the CRM data of Kaggle: where a deal began is unknown."""
        steps = self.steps_of(
            "opportunity_id,sales_agent,account,deal_stage,engage_date,close_date,close_value\n"
            "A1,Anna,North,Won,2017-01-02,2017-03-01,1054\nA2,Bea,South,Lost,2017-01-03,2017-03-02,0\n"
            "A3,Bea,South,Engaging,2017-01-04,,\n"
        )
        self.assertEqual(
            steps,
            {"A1": [("stage", ""), ("won", "Won")], "A2": [("stage", ""), ("lost", "")], "A3": [("stage", "Engaging")]},
        )
        self.assertEqual(
            self.fault_codes("deal id,stage,created,status,won time\n1,A,,Open,\n2,A,2026-01-05,Won,\n"),
            [(2, faults.MISSING), (3, faults.MISSING)],
        )

    def test_chinese_and_zoho(self):
        reading = self.reading_of(CHINESE.encode("gb18030"))
        won, lost = reading.events.values()
        self.assertEqual((won[0].name, won[-1].kind, won[-1].amount), ("展厅改造", "won", 110000))
        self.assertEqual((lost[0].name, lost[-1].kind, lost[-1].amount), ("办公桌椅", "lost", 35000))
        [events] = self.reading_of(ZOHO).events.values()
        self.assertEqual((events[-1].kind, days_of(events)), ("won", [13.16, 14.15]))
        self.assertEqual((events[-1].at.day, self.reading_of(ZOHO).look.heading_line), (28, 4))

    def test_dynamics_and_odoo(self):
        dynamics = self.steps_of(
            "(Do Not Modify) Opportunity,(Do Not Modify) Row Checksum,Topic,Potential Customer,Status,Process Stage,"
            "Created On,Actual Close Date,Est. Revenue\n"
            "guid-1,x,Roof,North,Won,Develop,1/15/2026 9:00 AM,2/20/2026,100\n"
        )
        self.assertEqual(dynamics, {"guid-1": [("stage", "Develop"), ("won", "")]})
        odoo = self.steps_of(
            "External ID,Opportunity,Stage,Created on,Closed Date,Won/Lost,Lost Reason,Expected Revenue\n"
            "x.1,Roof,Proposition,2026-01-15 09:00:00,2026-02-01 10:00:00,Lost,Price,10\n"
        )
        self.assertEqual(odoo, {"x.1": [("stage", "Proposition"), ("lost", "Price")]})

    # ------------------------------------------------------------
    # COLUMNS
    # ------------------------------------------------------------

    def test_names_beside_ids_and_names_alone(self):
        header, lines = (
            "stage,at,amount,customer\n",
            ("Renewal,A,2026-01-05,1,North\n", "Renewal,B,2026-01-06,9,South\n"),
        )
        reading = self.reading_of("deal," + header + "".join(lines))
        self.assertEqual(self.doubts_of(reading)[doubts.SHARED_NAME], (1, ("Renewal",)))
        for heading in ("id", "Deal ID", "编号"):
            with self.subTest(heading):
                content = f"{heading},deal,{header}" + "".join(f"{number},{line}" for number, line in enumerate(lines))
                events = self.reading_of(content).events
                self.assertEqual(
                    [(deal, found[0].name) for deal, found in events.items()], [("0", "Renewal"), ("1", "Renewal")]
                )
        # Numbers of lines are no numbers of deals.
        lines = "1,d1,A,2026-01-05\n2,d1,B,2026-01-06\n"
        self.assertEqual(list(self.reading_of("id,deal,stage,at\n" + lines).events), ["d1"])

    def test_of_two_columns_the_filled_one_is_proposed(self):
        reading = self.reading_of("deal,Stage,at,Sales Stage,Weather\nd1,,2026-01-05,A,rain\n")
        self.assertEqual([column.meaning for column in reading.look.columns], ["deal", "", "at", "stage", ""])
        self.assertEqual(reading.look.columns[4].samples, ("rain",))

    def test_columns_that_are_something_else(self):
        for content in (
            "deal,status,date\nd1,A,2026-01-05\n",
            "deal,stage,at,event\nd1,A,2026-01-05,Stage changed\n",
            "Record ID,Property name,Value,Change date\nd1,dealstage,A,2026-01-05\nd1,amount,5,2026-01-06\n",
        ):
            with self.subTest(content):
                self.assertEqual(self.steps_of(content), {"d1": [("stage", "A")]})

    def test_a_person_says_what_columns_mean(self):
        content = "X,Y,Z,Date\nd1,A,2026-01-05,2025-01-01\n"
        settings = Settings(columns=("deal", "stage", "at", ""))
        self.assertEqual(self.reading_of(content, settings).events["d1"][0].at.year, 2026)
        self.assertEqual(
            self.fault_codes(content, Settings(columns=("deal", "deal", "at"))),
            [(0, faults.COLUMN_TWICE), (0, faults.MISSING_COLUMN)],
        )
        odd = Settings("nonsense", "nonsense", ("nonsense",) * 9, "x", "x", "No/Zone", (("a", "nonsense"),))
        self.assertEqual(self.fault_codes(content, odd), [(0, faults.MISSING_COLUMN)] * 3)

    # ------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------

    def instants_of(self, *texts, settings=AS_FOUND):
        lines = "".join(f'd{number},A,"{text}"\n' for number, text in enumerate(texts))
        return [events[0].at for events in self.reading_of("deal,stage,at\n" + lines, settings).events.values()]

    def test_dates(self):
        noon = datetime(2026, 3, 2, 11)
        for text in (
            "2026/03/02 12:00",
            "2026-3-2 12:00:00",
            "2026年3月2日 12:00",
            "2026年3月2日下午12:00",
            "2026年3月2日 12时",
            "2 March 2026 12:00",
            "Mar 2, 2026, 12:00 PM",
            "Monday, 2 Mar 2026 at 12:00",
            "02-Mar-26 12:00",
            "20260302120000",
            "02.03.2026 12:00",
            "2026-03-02T11:00:00Z",
            "2026-03-02 19:00 GMT+8",
            "46083.5",
            "1772449200",
            "1772449200000",
        ):
            with self.subTest(text):
                self.assertEqual(self.instants_of(text), [noon])
        # The whole column says what comes first.
        self.assertEqual([at.month for at in self.instants_of("02/03/2026 12:00", "13/03/2026 12:00")], [3, 3])
        self.assertEqual([at.month for at in self.instants_of("02/03/2026 12:00", "02/13/2026 12:00")], [2, 2])
        self.assertEqual(self.instants_of("05/05/2026"), [datetime(2026, 5, 4, 22)])

    def test_dates_in_which_day_and_month_could_be_either_are_asked_for(self):
        content = "deal,stage,at\nd1,A,02/03/2026\nd2,A,03/03/2026\n"
        reading = self.reading_of(content, has_faults=True)
        self.assertEqual([fault[:4] for fault in reading.faults], [(0, "at", faults.AMBIGUOUS_DATE, "02/03/2026")])
        self.assertTrue(reading.look.is_date_ambiguous)
        for order, month in (("DMY", 3), ("MDY", 2)):
            events = self.reading_of(content, Settings(date_order=order)).events
            self.assertEqual((events["d1"][0].at + timedelta(hours=2)).month, month)
        # Another column of the file tells.
        reading = self.reading_of("deal,stage,at,close date\nd1,A,02/03/2026,30/03/2026\n")
        self.assertEqual(reading.events["d1"][0].at, datetime(2026, 3, 1, 23))

    def amounts_of(self, *texts, settings=AS_FOUND):
        lines = "".join(f'd{number},A,2026-01-05,"{text}"\n' for number, text in enumerate(texts))
        events = self.reading_of("deal,stage,at,amount\n" + lines, settings).events.values()
        return [(float(found[0].amount), found[0].currency) for found in events]

    def test_amounts(self):
        for text, amount, currency in (
            ("1.25E7", 12_500_000, ""),
            ("€ 1.250,00", 1250, "EUR"),
            ("1,250.50 USD", 1250.5, "USD"),
            ("$1,250.00", 1250, ""),
            ("1 250,00", 1250, ""),
            ("1\u202f250,5", 1250.5, ""),
            ("CHF 1\u2019250.50", 1250.5, "CHF"),
            ("12,34,567", 1234567, ""),
            ("(1,250.00)", -1250, ""),
            ("3.5万", 35_000, ""),
            ("1.2亿元", 120_000_000, ""),
            ("\uff13\uff15\uff10\uff10", 3500, ""),
            ("1,250", 1250, ""),
            ("1.250.000", 1_250_000, ""),
            ("0.125", 0.125, ""),
            # A dash behind the decimal sign stands for no cents.
            ("€ 500,-", 500, "EUR"),
            ("kr 1.250,-", 1250, ""),
            ("CHF 1'250.\u2013", 1250, "CHF"),
            ("2.500,-- €", 2500, "EUR"),
            ("-500,-", -500, ""),
            ("1.250,00-", -1250, ""),
        ):
            with self.subTest(text):
                self.assertEqual(self.amounts_of(text), [(amount, currency)])
        for texts in (("1,250", "1.500"), ("1.500", "1,250")):
            lines = "".join(f'd,A,2026-01-05,"{text}"\n' for text in texts)
            self.assertEqual(self.fault_codes("deal,stage,at,amount\n" + lines), [(0, faults.AMBIGUOUS_AMOUNT)])
        self.assertEqual(self.amounts_of("1.250", "0,5"), [(1250, ""), (0.5, "")])

    def test_units_and_currencies_of_other_columns(self):
        lines = "d1,A,2026-01-05,12.5\nd2,A,2026-01-05,3万\n"
        reading = self.reading_of("deal,stage,at,金额(万元)\n" + lines)
        self.assertEqual([found[0].amount for found in reading.events.values()], [125_000, 30_000])
        self.assertEqual(self.doubts_of(reading)[doubts.UNIT], (10_000, ("金额(万元)",)))
        for heading, amount, currency in (
            ("Amount (in thousands)", 12_500, ""),
            ("Amount (T€)", 12_500, "EUR"),
            ("Amount (EUR)", 12.5, "EUR"),
            ("Amount (€)", 12.5, "EUR"),
            ("Amount ($'000)", 12_500, ""),
            ("Amount (USD thousands)", 12_500, "USD"),
            ("Value (thousands USD)", 12_500, "USD"),
            ("Amount (M)", 12_500_000, ""),
            ("金额(万美元)", 125_000, "USD"),
            ("Amount (converted)", 12.5, ""),
            ("Amount (ARR)", 12.5, ""),
        ):
            with self.subTest(heading):
                [[event]] = self.reading_of(f"deal,stage,at,{heading}\nd1,A,2026-01-05,12.5\n").events.values()
                self.assertEqual((event.amount, event.currency), (Decimal(str(amount)), currency))
        reading = self.reading_of("deal,stage,at,Amount ($),Currency\nd1,A,2026-01-05,1,\nd2,A,2026-01-05,1,USD\n")
        self.assertEqual(self.doubts_of(reading)[doubts.CURRENCY_SIGN], (1, ("$",)))
        names = {"US Dollar": "USD", "人民币": "CNY", "usd": "USD", "$": "", "USD - U.S. Dollar": "USD", "XYZ": "XYZ"}
        lines = "".join(f"d{name},A,2026-01-05,1,{name}\n" for name in names)
        reading = self.reading_of("deal,stage,at,amount,currency\n" + lines)
        self.assertEqual([events[0].currency for events in reading.events.values()], list(names.values()))
        self.assertEqual(self.doubts_of(reading)[doubts.CURRENCY_SIGN], (1, ("$",)))

    def test_traditional_chinese(self):
        content = (
            "商機編號,階段,時間,金額,客戶,負責人\nA1,接觸,2026-03-02 17:30,1,甲,乙\nA1,贏單,2026-03-03 17:30,1,甲,乙\n"
        )
        self.assertEqual(self.steps_of(content.encode("big5")), {"A1": [("stage", "接觸"), ("won", "贏單")]})

    def test_a_status_decides_before_a_name_that_may_be_an_end(self):
        steps = self.steps_of(
            "Deal ID,Stage,Status,Created,Won time\n1,签约,进行中,2026-01-05,\n2,签约,赢单,2026-01-05,2026-02-01\n"
        )
        self.assertEqual(steps, {"1": [("stage", "签约")], "2": [("stage", "签约"), ("won", "")]})

    def test_amounts_in_which_a_point_could_be_either_are_asked_for(self):
        content = "deal,stage,at,amount\nd1,A,2026-01-05,1.250\n"
        reading = self.reading_of(content, has_faults=True)
        self.assertEqual([fault.code for fault in reading.faults], [faults.AMBIGUOUS_AMOUNT])
        for decimal, amount in ((".", Decimal("1.25")), (",", 1250)):
            self.assertEqual(self.reading_of(content, Settings(decimal=decimal)).events["d1"][0].amount, amount)

    # ------------------------------------------------------------
    # STAGES AND ORDER
    # ------------------------------------------------------------

    def test_names_of_stages_that_are_ends(self):
        names = {
            "won": "Won|closedwon|Closed - Won|赢单|已成交|Deal won",
            "lost": "Lost|closed_lost|Closed lost (Sales)|输单|丢单|Abandoned|Dead|Disqualified",
            "left_out": "Deleted|已删除",
            "stage": "Discovery|Contract|Winter offer|Negotiation",
        }
        lines = "".join(f"d1,{name},2026-01-05\n" for text in names.values() for name in text.split("|"))
        stages = self.reading_of("deal,stage,at\n" + lines + "d1,Discovery,2026-01-06\n").look.stages
        self.assertEqual(
            {stage.name: (stage.kind, stage.is_doubtful) for stage in stages},
            {name: (kind, False) for kind, text in names.items() for name in text.split("|")},
        )

    def test_what_happens_at_last_is_how_a_deal_ends(self):
        reopened = HUBSPOT.replace("3,Chair,Closed lost", "3,Chair,Contract sent")
        self.assertEqual(self.steps_of(reopened)["3"], [("stage", "Talk"), ("lost", ""), ("stage", "Contract sent")])
        self.assertEqual(self.doubts_of(self.reading_of(reopened))[doubts.REOPENED], (1, ("3",)))
        for status, end in (("Won", [("won", "")]), ("Open", [])):
            lines = ("d1,Talk,2026-02-01,Open", "d1,Contract,2026-02-05,Open", f"d1,Contract,2026-02-05,{status}")
            content = "\n".join(("deal,stage,at,status", *lines))
            self.assertEqual(self.steps_of(content)["d1"][3:], end)
        said = self.reading_of("deal,stage,at\nd1,Won\u2019t proceed,2026-01-05\nd2,预计赢单,2026-01-05\n").look.stages
        self.assertEqual([(stage.kind, stage.is_doubtful) for stage in said], [("lost", True), ("stage", True)])

    def test_long_cells_and_headings_are_refused_soon(self):
        for size in (20_000, 100_000):
            begun = perf_counter()
            for text in ("x" * size, "mon" * size, "1 " * size, "Entered " + "-" * size + "y"):
                self.reading_of(f"deal,stage,at,amount,{text}\nd1,A,{text},{text},\n", has_faults=True)
            self.assertLess(perf_counter() - begun, 5)

    def test_names_at_which_a_person_should_look(self):
        content = "deal,stage,at\nd1,Closed Lost to Rival,2026-01-05\nd2,签约,2026-01-05\nd3,Closed,2026-01-05\n"
        reading = self.reading_of(content)
        self.assertEqual(
            [(stage.kind, stage.is_doubtful) for stage in reading.look.stages],
            [("lost", True), ("won", True), ("stage", True)],
        )
        self.assertEqual(reading.events["d1"][0].stage, "Closed Lost to Rival")
        self.assertEqual(self.doubts_of(reading)[doubts.DOUBTFUL_END][0], 3)
        chosen = self.reading_of(content, Settings(ends=(("closed", "won"), ("签约", "stage"))))
        self.assertEqual([events[0].kind for events in chosen.events.values()], ["lost", "stage", "won"])
        self.assertEqual([stage.is_doubtful for stage in chosen.look.stages], [True, False, False])
        # The column of events decides before a name does.
        self.assertEqual(self.steps_of("deal,stage,at,event\nd1,Lost,2026-01-05,stage\n"), {"d1": [("stage", "Lost")]})

    def test_deals_that_end_in_a_stage_that_is_left_out_are_left_out(self):
        reading = self.reading_of(
            "deal,stage,at\nd1,A,2026-01-05\nd1,Deleted,2026-01-06\nd2,Deleted,2026-01-05\nd2,A,2026-01-06\n"
        )
        self.assertEqual((list(reading.events), reading.deleted), (["d2"], ("d1",)))

    def test_events_of_one_day_without_times_keep_the_order_of_the_file(self):
        reading = self.reading_of("deal,stage,at\nd,A,2026-01-31\nd,B,2026-01-31\nd,C,2026-02-05\nd,D,2026-02-05\n")
        events = reading.events["d"]
        self.assertEqual([event.stage for event in events], list("ABCD"))
        self.assertEqual(days_of(events), [0, 5, 0])
        self.assertEqual(len({event.at for event in events}), 4)
        self.assertEqual(self.doubts_of(reading)[doubts.SAME_DAY], (1, ("d",)))

    def test_a_file_with_the_newest_lines_first(self):
        lines = "".join(
            f"d{number},C,2026-02-05\nd{number},B,2026-01-31\nd{number},A,2026-01-31\n" for number in range(5)
        )
        reading = self.reading_of("deal,stage,at\n" + lines)
        self.assertEqual({"".join(event.stage for event in events) for events in reading.events.values()}, {"ABC"})

    # ------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------

    def test_encodings(self):
        for text, encodings in (
            ("deal,stage,at\nMüller,Größe,2026-01-05\n", "utf-8 utf-8-sig utf-16 utf-16-le utf-16-be cp1252 latin-1"),
            ("deal,stage,at\n展厅改造项目,需求分析,2026-01-05\n", "utf-8 utf-16 utf-16-le gb18030"),
            ("deal,stage,at\n展廳改造專案,需求分析,2026-01-05\n", "utf-8 big5"),
            ("deal,stage,at\nオフィス家具の提案,見積もり,2026-01-05\n", "utf-8 shift_jis"),
        ):
            for encoding in encodings.split():
                with self.subTest(encoding=encoding, text=text):
                    reading = self.reading_of(text.encode(encoding))
                    deal, stage = text.split("\n")[1].split(",")[:2]
                    self.assertEqual((list(reading.events), reading.events[deal][0].stage), ([deal], stage))
        content = "deal,stage,at\nŠkoda,Größe,2026-01-05\n".encode("cp1252")
        encodings = self.reading_of(content).look.encodings
        self.assertEqual((encodings[0], "latin-1" in encodings), ("cp1252", True))
        self.assertEqual(list(self.reading_of(content, Settings(encoding="latin-1")).events), ["\x8akoda"])
        self.assertEqual(self.fault_codes(content, Settings(encoding="utf-8")), [(0, faults.ENCODING)])

    def test_lines_and_separators(self):
        for content in (
            "sep=;\ndeal;stage;at\nd1;A;2026-01-05\n",
            "deal\tstage\tat\nd1\tA\t2026-01-05\n",
            "deal|stage|at\rd1|A|2026-01-05\r",
            "\n\n;;;\ndeal;stage;at\n;;\n\nd1;A;2026-01-05\n",
            "My report\n\ndeal,stage,at\nd1,A,2026-01-05\n\nTotal,,\n",
            'deal,stage,at,"note,\nor two"\nd1,A,2026-01-05,"one\n\ntwo"\n',
            "deal,stage,at\nd1,A,2026-01-05\n\nMade by Anna\n",
        ):
            with self.subTest(content):
                self.assertEqual(self.steps_of(content), {"d1": [("stage", "A")]})
        self.assertEqual(self.fault_codes("<html><table><tr>"), [(0, faults.NO_WORKBOOK)])
        # A deal with one cell is a fault, and no footer.
        self.assertEqual(self.fault_codes("deal,stage,at\nd1,A,2026-01-05\nd2\n"), [(3, faults.MISSING)] * 2)

    def test_workbooks_of_other_programs(self):
        rows = [
            ["Deal ID", "Stage", "Time", "Amount"],
            ["7", "A", datetime(2026, 1, 5, 9), 12.5],
            ["7", "B", datetime(2026, 1, 6), 13],
        ]
        for content in (ods(rows), xls(rows)):
            with self.subTest(content[:4]):
                events = self.reading_of(content).events["7"]
                self.assertEqual(
                    [(event.stage, event.at, event.amount) for event in events],
                    [("A", datetime(2026, 1, 5, 8), Decimal("12.5")), ("B", datetime(2026, 1, 5, 23), Decimal(13))],
                )
                # Midnight is a time where others are: it has the zone of times, not the one of days.
                far = read_history(content, ZoneInfo("America/New_York"), NOW, ZONE).events["7"]
                self.assertEqual([event.at.day * 24 + event.at.hour for event in far], [5 * 24 + 14, 6 * 24 + 5])
        for broken in (
            ods(rows)[:-200],
            xls(rows)[:600],
            ods([["a" * 9] * 9], repeat=10**9),
            ods([["x"] * 300] * 2, repeat=10**9),
        ):
            self.assertTrue(self.reading_of(broken, has_faults=True).is_unreadable)


def ods(rows, repeat=1):
    """Return the bytes of an ODS with these rows."""

    def cell(value):
        if isinstance(value, datetime):
            return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'

    lines = "".join(
        f'<table:table-row table:number-rows-repeated="{repeat}">{"".join(map(cell, row))}'
        '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        for row in rows
    )
    names = {name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "table", "text")}
    spaces = " ".join(f'xmlns:{name}="{space}"' for name, space in names.items())
    output = io.BytesIO()
    with ZipFile(output, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="One">'
            f'{lines}</table:table><table:table table:name="Two"/></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
    return output.getvalue()


def xls(rows):
    """Return the bytes of an XLS with these rows."""
    import xlwt  # Odoo's tests and exports use it, too

    book = xlwt.Workbook()
    sheet = book.add_sheet("One")
    style = xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM:SS")
    for line, row in enumerate(rows):
        for index, value in enumerate(row):
            sheet.write(line, index, value, *([style] if isinstance(value, datetime) else []))
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()

from datetime import datetime, time
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase

from ..history import Settings, doubts, faults, read_history
from .test_history_any_crm import ods, xls
from .test_history_reading import workbook

ZONE, NOW = ZoneInfo("Europe/Berlin"), datetime(2026, 11, 1)
#: A report of Salesforce by owner and opportunity: sums below each group, and arrows in the headings.
REPORT = (
    ("Opportunity Owner  \u2191", "Opportunity Name  \u2191", "To Stage", "Last Modified", "Amount"),
    ("Anna", "Gate", "Lead", "2026-03-31", 100),
    ("", "", "Offer", "2026-04-13", 100),
    ("", "Subtotal", "", "Sum of Amount", 200),
    ("", "", "", "Count", 2),
    ("", "Door", "Lead", "2026-03-30", 50),
    ("", "Subtotal", "", "Sum of Amount", 50),
    ("Subtotal", "", "", "Sum of Amount", 250),
    ("Bea", "Roof", "Lead", "2026-03-30", 50),
    ("Total (4)", "", "", "Sum of Amount", 300),
)


def as_csv(*rows):
    return "\n".join(",".join(map(str, row)) for row in rows).encode()


class TestHistoryLines(BaseCase):
    """Lines that mean something together with the lines around them."""

    def reading_of(self, content, **settings):
        return read_history(content, ZONE, NOW, settings=Settings(**settings))

    def steps_of(self, reading):
        """Return {deal: stages in the order of time}."""
        self.assertEqual(reading.faults, [])
        return {deal: [event.stage for event in events] for deal, events in reading.events.items()}

    def doubts_of(self, reading):
        return {doubt.code: (doubt.count, doubt.values) for doubt in reading.look.doubts}

    # ------------------------------------------------------------
    # GROUPS
    # ------------------------------------------------------------

    def test_a_report_with_groups(self):
        """As text, and as a workbook with an empty column and titles before it."""
        titled = [["Report"], [], *(["", *row] for row in REPORT)]
        for content in (as_csv(*REPORT), workbook(*titled)):
            reading = self.reading_of(content)
            self.assertEqual(self.steps_of(reading), {"Gate": ["Lead", "Offer"], "Door": ["Lead"], "Roof": ["Lead"]})
            owners = {deal: events[-1].salesperson for deal, events in reading.events.items()}
            self.assertEqual(owners, {"Gate": "Anna", "Door": "Anna", "Roof": "Bea"})
            found = self.doubts_of(reading)
            self.assertEqual(found[doubts.IGNORED_LINES], (5, ("Subtotal", "Count", "Total (4)")))
            self.assertEqual(found[doubts.GROUPED][0], 2)

    def test_events_that_leave_out_the_deal_of_the_line_above(self):
        header = ("Deal", "Stage", "Date")
        rows = [
            ("A", "Lead", "2026-03-01"),
            ("", "Offer", "2026-03-02"),
            ("", "Talk", "2026-03-03"),
            ("B", "Lead", "2026-03-01"),
        ]
        self.assertEqual(
            self.steps_of(self.reading_of(as_csv(header, *rows, ("", "Offer", "2026-03-04")))),
            {"A": ["Lead", "Offer", "Talk"], "B": ["Lead", "Offer"]},
        )

    def test_what_is_not_certain_is_a_fault_and_not_filled(self):
        """A deal without a number among others is not the deal above it."""
        for header, rows in (
            # Most lines have a deal.
            (("Deal", "Stage", "Date"), (("A", "x", "2026-03-01"), ("B", "x", "2026-03-01"), ("", "x", "2026-03-01"))),
            # A line a deal.
            (
                ("Deal", "Stage", "Created"),
                (("A", "x", "2026-03-01"), ("", "x", "2026-03-01"), ("", "y", "2026-03-01")),
            ),
        ):
            reading = self.reading_of(as_csv(header, *rows))
            self.assertEqual({fault.code for fault in reading.faults}, {faults.MISSING})
            self.assertEqual(self.doubts_of(reading)[doubts.MAYBE_GROUPED], (1, ("Deal",)))
        # The deals of some lines have a second number: it is none of the others'.
        header = ("External ID", "Deal Name", "Stage", "Date")
        rows = [("7", "A", "x", "2026-03-01"), ("", "B", "x", "2026-03-01"), ("", "C", "x", "2026-03-01")]
        reading = self.reading_of(as_csv(header, *rows))
        self.assertNotIn("7", [events[0].deal for events in reading.events.values() if len(events) > 1])
        # One total in the middle may be a deal without a time.
        reading = self.reading_of(as_csv(("Deal", "Stage", "Date"), ("Total", "", ""), ("A", "x", "2026-03-01")))
        self.assertEqual({fault.code for fault in reading.faults}, {faults.MISSING})

    # ------------------------------------------------------------
    # ORDER
    # ------------------------------------------------------------

    def test_the_hour_that_comes_twice(self):
        """When summer time ends, a line that would be before the line above it happened in the second hour."""
        header = ("deal", "stage", "at")
        rows = [
            ("A", "Offer", "2026-10-25 02:50"),
            ("A", "Proposal", "2026-10-25 02:10"),
            ("A", "Won", "2026-10-25 03:10"),
        ]
        reading = self.reading_of(as_csv(header, *rows))
        self.assertEqual(
            [(event.stage, event.at.hour, event.at.minute) for event in reading.events["A"]],
            [("Offer", 0, 50), ("Proposal", 1, 10), ("Won", 2, 10)],
        )
        # In a file in any order, and for times with an offset, the time alone counts.
        rows = [
            ("A", "B", "2026-10-25 02:50+02:00"),
            ("A", "A", "2026-10-25 02:10+02:00"),
            ("A", "C", "2026-10-25 01:50"),
        ]
        self.assertEqual(self.steps_of(self.reading_of(as_csv(header, *rows[:2]))), {"A": ["A", "B"]})

    def test_a_small_file_with_the_newest_lines_first(self):
        """One step back is enough if there is none forward; with one forward the file has no order."""
        header = ("deal", "stage", "date")
        rows = [("A", "C", "2026-02-05"), ("A", "B", "2026-01-31"), ("A", "A", "2026-01-31")]
        reading = self.reading_of(as_csv(header, *rows))
        self.assertEqual(self.steps_of(reading), {"A": ["A", "B", "C"]})
        self.assertEqual(self.doubts_of(reading)[doubts.NEWEST_FIRST], (1, ("A",)))
        more = [("B", "A", "2026-01-31"), ("B", "B", "2026-02-01")]
        self.assertEqual(self.steps_of(self.reading_of(as_csv(header, *rows, *more)))["A"], ["B", "A", "C"])

    def test_one_deal_out_of_order_turns_no_others_around(self):
        """Deals with all lines on one day say nothing of the order, unless as many others go back."""
        header = ("deal", "stage", "date")
        rows = [(deal, stage, "2026-02-05") for deal in ("P", "Q") for stage in ("A", "B", "C")]
        odd = [("Odd", "B", "2026-02-09"), ("Odd", "A", "2026-02-01")]
        steps = self.steps_of(self.reading_of(as_csv(header, *rows, *odd)))
        self.assertEqual(steps, {"P": ["A", "B", "C"], "Q": ["A", "B", "C"], "Odd": ["A", "B"]})
        more = [("Too", "B", "2026-02-09"), ("Too", "A", "2026-02-01")]
        self.assertEqual(self.steps_of(self.reading_of(as_csv(header, *rows, *odd, *more)))["P"], ["C", "B", "A"])

    # ------------------------------------------------------------
    # STAGES IN HEADINGS
    # ------------------------------------------------------------

    def test_stages_that_differ_in_parentheses(self):
        """A pipeline has several stages; a text that one stage has belongs to its name."""
        for first, second, stages in (
            ("Demo (scheduled)", "Demo (held)", ["Demo (scheduled)", "Demo (held)"]),
            ("Demo (Sales)", "Offer (Sales)", ["Demo", "Offer"]),
            ("Demo (Sales)", "Offer", ["Demo (Sales)", "Offer"]),
        ):
            header = ("Record ID", f"Date entered {first}", f"Date entered {second}")
            reading = self.reading_of(as_csv(header, ("1", "2026-01-10", "2026-01-12")))
            self.assertEqual(self.steps_of(reading), {"1": stages})

    def test_an_empty_cell_that_is_written_as_a_sign(self):
        """It makes no other column of a column of stages."""
        header = ("Deal", "Created", "Entered Talk", "Won")
        for nothing in ("-", "N/A", "\u2014", ""):
            rows = [("A", "2026-01-01", "2026-01-02", nothing), ("B", "2026-01-01", "2026-01-02", "2026-01-04")]
            steps = self.steps_of(self.reading_of(as_csv(header, *rows)))
            self.assertEqual(steps, {"A": ["Talk"], "B": ["Talk", "Won"]}, nothing)

    def test_times_at_which_deals_left_a_stage(self):
        """They are no entries: neither beside headings that say so, nor among names of stages."""
        exited = (
            *('Date exited ""Closed lost (Sales)""', "hs_v2_date_exited_closedlost", "Time exited Closed lost"),
            *("Left Closed lost", "Closed lost - Date left", "Closed lost exited", "离开丢单的时间"),
        )
        for heading in exited:
            header = ("Deal", "Entered Talk", "Entered Closed won", f'"{heading}"')
            reading = self.reading_of(as_csv(header, ("A", "2026-01-02", "", "2026-01-03")))
            self.assertEqual([event.kind for event in reading.events["A"]], ["stage"], heading)
        header = ("Deal", "Left voicemail", "Offer", "Offer left on", "Won date/time")
        row = ("A", "2026-01-02", "2026-01-03", "2026-01-05", "2026-01-06")
        steps = self.steps_of(self.reading_of(as_csv(header, row)))
        self.assertEqual(steps, {"A": ["Left voicemail", "Offer", "Won date/time"]})

    # ------------------------------------------------------------
    # A HISTORY OF ALL FIELDS
    # ------------------------------------------------------------

    def test_deals_that_came_from_a_lead(self):
        """Salesforce writes other words for their creation, which tells when they were in their first stage."""
        for birth in ("created", "opportunityCreatedFromLead", "Created by lead convert"):
            header = ("OpportunityId", "CreatedDate", "Field", "OldValue", "NewValue")
            rows = [("A", "2026-01-05 10:00", birth, "", ""), ("A", "2026-01-06 10:00", "StageName", "Talk", "Offer")]
            reading = self.reading_of(as_csv(header, *rows))
            self.assertEqual(self.steps_of(reading), {"A": ["Talk", "Offer"]}, birth)
            self.assertEqual(reading.events["A"][0].at, datetime(2026, 1, 5, 10))

    def test_deals_without_a_line_about_their_stage(self):
        """They are named, and not counted as deals of the file; deals with faults are."""
        header = ("Deal", "Time", "Field", "Old Value", "New Value")
        rows = [
            *(("A", "2026-01-05", "created", "", ""), ("B", "2026-01-05", "Amount", 1, 2)),
            *(("C", "2026-01-05", "Stage", "Talk", "Offer"), ("C", "2026-01-06", "Amount", 1, 2)),
        ]
        reading = self.reading_of(as_csv(header, *rows))
        self.assertEqual(self.steps_of(reading), {"C": ["Offer"]})
        self.assertEqual(self.doubts_of(reading)[doubts.NO_STAGE_LINES], (2, ("A", "B")))
        reading = self.reading_of(as_csv(header, *rows, ("D", "nonsense", "Stage", "Talk", "Offer")))
        self.assertEqual((list(reading.events), len(reading.faults)), (["C", "D"], 1))

    # ------------------------------------------------------------
    # TIMES OF DAY IN A COLUMN OF THEIR OWN
    # ------------------------------------------------------------

    def test_date_and_time_in_two_columns(self):
        """Whichever comes first, as text and as cells of a workbook. A date without a time stays a day."""
        found = {"A": [datetime(2026, 1, 5, 8, 30), datetime(2026, 1, 5, 13, 5)], "B": [datetime(2026, 1, 4, 23)]}
        texts = [("A", "x", "2026-01-05", "9:30"), ("A", "y", "2026-01-05", "2:05 PM"), ("B", "x", "2026-01-05", "-")]
        days = [
            ["A", "x", datetime(2026, 1, 5), time(9, 30)],
            ["A", "y", datetime(2026, 1, 5), time(14, 5)],
            ["B", "x", datetime(2026, 1, 5), None],
        ]
        parts = [[*row[:3], value] for row, value in zip(days, (9.5 / 24, (14 + 5 / 60) / 24, "-"), strict=True)]
        for day, hour in (("Date", "Time"), ("日期", "时间"), ("Edit Date", "Edit Time"), ("Modified Date", "Time")):
            header = ("Deal", "Stage", day, hour)
            turned = [(*row[:2], *row[:1:-1]) for row in (header, *texts)]
            contents = (as_csv(header, *texts), as_csv(*turned), workbook(header, *days), xls([header, *parts]))
            for place, content in enumerate(contents):
                reading = self.reading_of(content)
                instants = {deal: [event.at for event in events] for deal, events in reading.events.items()}
                self.assertEqual((reading.faults, instants), ([], found), (day, place))
                self.assertEqual(self.doubts_of(reading)[doubts.JOINED_TIMES], (1, (hour,)))
                again = read_history(content, ZONE, NOW, settings=reading.look.settings)
                self.assertEqual(again.events, reading.events)

    def test_times_of_day_that_cannot_be_read_or_have_no_date(self):
        header = ("Deal", "Stage", "Time", "Date")
        reading = self.reading_of(as_csv(header, ("A", "x", "9:30", "2026-01-05"), ("A", "y", "soon", "2026-01-06")))
        found = [(fault.line, fault.column, fault.code, fault.value) for fault in reading.faults]
        self.assertEqual(found, [(3, "Time", faults.BAD_DATE, "soon")])
        reading = self.reading_of(as_csv(header[:3], ("A", "x", "9:30")))
        self.assertEqual([(fault.column, fault.code) for fault in reading.faults], [("at", faults.MISSING_COLUMN)])

    def test_the_times_of_day_decide_the_order_of_lines(self):
        """The oldest line comes first, although all are of one day."""
        header = ("Deal", "Stage", "Date", "Time")
        rows = [("A", "y", "2026-01-05", "9:30"), ("A", "x", "2026-01-05", "8:15")]
        reading = self.reading_of(as_csv(header, *rows))
        self.assertEqual(self.steps_of(reading), {"A": ["x", "y"]})
        self.assertNotIn(doubts.SAME_DAY, self.doubts_of(reading))

    # ------------------------------------------------------------
    # CELLS AND TEXTS
    # ------------------------------------------------------------

    def test_numbers_that_are_dates_in_workbooks(self):
        for number, instant in ((20260331, datetime(2026, 3, 30, 22)), (1774965900, datetime(2026, 3, 31, 14, 5))):
            rows = [["Deal", "Stage", "At"], ["A", "x", number]]
            for content in (xls(rows), ods(rows), workbook(*rows)):
                reading = self.reading_of(content)
                self.assertEqual((reading.faults, [event.at for event in reading.events["A"]]), ([], [instant]))

    def test_encodings_that_only_a_person_can_choose(self):
        for encoding, deal in (("cp1250", "Łódź biurko"), ("cp1251", "Заказ стола"), ("cp949", "견적 요청")):
            content = as_csv(("deal", "stage", "at"), (deal, "x", "2026-01-05")).decode().encode(encoding)
            encodings = self.reading_of(content).look.encodings
            self.assertIn(encoding, encodings[1:])
            self.assertEqual(list(self.reading_of(content, encoding=encoding).events), [deal])

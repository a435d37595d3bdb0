import io
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from odoo.addons.sales_process_control.history import faults, order_of_places, read_history, reordered, sequences_of
from odoo.tests import BaseCase

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 3, 2, 9, 0)
HEADER = "deal,stage,at\n"


def workbook(*rows):
    """Return the bytes of an XLSX with these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


class TestHistoryReading(BaseCase):
    """Files, and the events and faults that are read from them."""

    def reading_of(self, content):
        content = content if isinstance(content, bytes) else content.encode()
        return read_history(content, ZONE, NOW)

    def events_of(self, content):
        """Return all events of a file, and check that it has no faults."""
        reading = self.reading_of(content)
        self.assertEqual(reading.faults, [])
        return [event for events in reading.events.values() for event in events]

    def faults_of(self, content):
        """Return the faults of a file as [(line, column, code)]."""
        return [(fault.line, fault.column, fault.code) for fault in self.reading_of(content).faults]

    def test_instants(self):
        for text, instant in (
            ("2024-01-10T09:00:00.123456+01:00", datetime(2024, 1, 10, 8, 0, 0, 123456)),
            ("2024-01-10T09:00:00Z", datetime(2024, 1, 10, 9)),
            ("2024-01-10T09:00:00.000+0000", datetime(2024, 1, 10, 9)),
            ("2024-01-10T09:00:00.5-05:30", datetime(2024, 1, 10, 14, 30, 0, 500000)),
            ("2024-01-10 09:00:00+02", datetime(2024, 1, 10, 7)),
            ("2024-01-10T09:00:00.1234567899Z", datetime(2024, 1, 10, 9, 0, 0, 123456)),
            # Without an offset, in the time zone of the user: in winter and in summer.
            ("2024-01-10 09:00", datetime(2024, 1, 10, 8)),
            ("2024-07-10T09:00:00", datetime(2024, 7, 10, 7)),
            ("2024-01-10", datetime(2024, 1, 9, 23)),
        ):
            with self.subTest(text=text):
                [event] = self.events_of(f"{HEADER}d1,A,{text}\n")
                self.assertEqual(event.at, instant)

    def test_days_without_a_time_are_days_of_the_company(self):
        """A company in Los Angeles: the day of the file is the day there, whoever imports it."""
        west = ZoneInfo("America/Los_Angeles")
        sheet = workbook(["deal", "stage", "at"], ["d1", "A", datetime(2024, 7, 1)])
        for content in (f"{HEADER}d1,A,2024-07-01\n".encode(), sheet):
            reading = read_history(content, ZONE, NOW, west)
            [[event]] = reading.events.values()
            self.assertEqual(event.at, datetime(2024, 7, 1, 7))
        reading = read_history(f"{HEADER}d1,A,2024-07-01 00:00\n".encode(), ZONE, NOW, west)
        [[event]] = reading.events.values()
        self.assertEqual(event.at, datetime(2024, 6, 30, 22))

    def test_times_of_salesforce_are_utc(self):
        for header, hour in (("Id,OpportunityId,StageName,CreatedDate", 9), ("Id,Opportunity ID,Stage,At", 8)):
            with self.subTest(header):
                [event] = self.events_of(f"{header}\n1,d1,A,2024-01-10 09:00:00\n")
                self.assertEqual(event.at, datetime(2024, 1, 10, hour))

    def test_bad_instants(self):
        for text, code in (
            ("yesterday", faults.BAD_DATE),
            ("2024-13-10", faults.BAD_DATE),
            ("2024-02-30T00:00:00Z", faults.BAD_DATE),
            ("10.13.2024", faults.BAD_DATE),
            ("2024-01-10T25:00:00", faults.BAD_DATE),
            ("99999.5", faults.BAD_DATE),
            ("0001-01-01T00:00:00+14:00", faults.BAD_DATE),
            ("1899-12-31", faults.OLD_DATE),
            ("2026-03-02T09:00:01Z", faults.FUTURE),
            ("", faults.MISSING),
        ):
            with self.subTest(text=text):
                self.assertEqual(self.faults_of(f"{HEADER}d1,A,{text}\n"), [(2, "at", code)])

    def test_an_event_of_this_very_instant(self):
        """It does not lie in the future."""
        [event] = self.events_of(f"{HEADER}d1,A,2026-03-02T09:00:00Z\n")
        self.assertEqual(event.at, NOW)
        self.assertEqual(self.faults_of(f"{HEADER}d1,A,2026-03-02T09:00:00.000001Z\n"), [(2, "at", faults.FUTURE)])

    def test_amounts(self):
        for text, amount in (("20000", "20000"), ("19999.50", "19999.50"), ("-3", "-3"), (".5", "0.5"), ("", None)):
            with self.subTest(text=text):
                [event] = self.events_of(f"deal,stage,at,amount\nd1,A,2024-01-10,{text}\n")
                self.assertEqual(event.amount, None if amount is None else Decimal(amount))
        for text in ("much", "nan", "inf", "1e308", "1e400", "1,00,0", "0x10", "1_000", "--5", "5%", "1" * 16):
            with self.subTest(text=text):
                found = self.faults_of(f'deal,stage,at,amount\nd1,A,2024-01-10,"{text}"\n')
                self.assertEqual(found, [(2, "amount", faults.BAD_NUMBER)])

    def test_a_workbook_with_a_truth_value_for_an_amount(self):
        rows = [["deal", "stage", "at", "amount"], ["d1", "A", "2024-01-10", True], ["d2", "A", "2024-01-10", 1]]
        self.assertEqual(self.faults_of(workbook(*rows)), [(2, "amount", faults.BAD_NUMBER)])

    def test_headings_in_any_order_and_spelling(self):
        [event] = self.events_of(
            "Team;Expected Closing;AMOUNT;at;Currency;salesperson;Stage;event;Customer;Deal\n"
            "North;2024-03-31;5.5;2024-01-10T09:00:00Z;usd;bob@example.com;Price;LOST;Acme;d1\n"
        )
        self.assertEqual(event[1:4], ("d1", "lost", "Price"))
        self.assertEqual(
            (event.amount, event.currency, event.date_deadline), (Decimal("5.5"), "USD", date(2024, 3, 31))
        )
        self.assertEqual((event.customer, event.salesperson, event.team), ("Acme", "bob@example.com", "North"))

    def test_salesforce(self):
        events = self.events_of(
            "Id,OpportunityId,CreatedById,CreatedDate,StageName,Amount,ExpectedRevenue,CloseDate,Probability,"
            "ForecastCategory,CurrencyIsoCode,SystemModstamp,IsDeleted\n"
            "8,006A,005,2024-01-10T09:00:00.000Z,Prospecting,100,10,2024-02-01,10,Pipeline,EUR,2024-01-10,false\n"
            "9,006A,005,2024-01-11T09:00:00.000+0000,Closed Won,100,100,2024-02-01,100,Closed,EUR,2024-01-11,false\n"
            "7,006B,005,2024-01-11T09:00:00.000+0000,Closed Lost,100,0,2024-02-01,0,Omitted,EUR,2024-01-11,false\n"
        )
        self.assertEqual(
            [(event.deal, event.kind, event.stage) for event in events],
            [("006A", "stage", "Prospecting"), ("006A", "won", "Closed Won"), ("006B", "lost", "")],
        )

    def test_workbook(self):
        [first, second] = self.events_of(
            workbook(
                ["deal", "stage", "at", "amount", "expected closing"],
                [173688, "A", datetime(2024, 1, 10, 9), 20000, date(2024, 3, 31)],
                [],
                [173688, "B", "2024-01-11T09:00:00Z", 19999.5, "2024-04-01"],
            )
        )
        self.assertEqual((first.deal, first.at, first.amount), ("173688", datetime(2024, 1, 10, 8), Decimal(20000)))
        self.assertEqual((first.date_deadline, second.date_deadline), (date(2024, 3, 31), date(2024, 4, 1)))
        self.assertEqual((second.line, second.amount), (4, Decimal("19999.5")))

    def test_encodings(self):
        text = "deal,stage,at\n单子,需求分析,2024-01-10\n"
        for encoding in ("utf-8", "utf-8-sig", "gb18030"):
            with self.subTest(encoding=encoding):
                [event] = self.events_of(text.encode(encoding))
                self.assertEqual((event.deal, event.stage), ("单子", "需求分析"))
        for content, code in (
            (b"\x89PNG\r\n\x1a\n\x00\x00", faults.BINARY),
            (b"PK\x03\x04 and nothing of a workbook", faults.NO_WORKBOOK),
            (b"", faults.EMPTY),
            (b"\n \n", faults.EMPTY),
            (b"\xef\xbb\xbf", faults.EMPTY),
            (b"deal,stage,at\n", faults.NO_EVENTS),
        ):
            with self.subTest(content=content):
                self.assertEqual([code for *_where, code in self.faults_of(content)], [code])

    def test_a_column_that_is_missing(self):
        self.assertEqual(
            self.faults_of("deal,weather,stage,Stage Name\nd1,A,B,C\n"), [(0, "at", faults.MISSING_COLUMN)]
        )

    def test_faults_of_lines(self):
        self.assertEqual(
            self.faults_of(
                "deal,stage,at,event\n"
                "d1,A,2024-01-10,\n"
                "d1,B,2024-01-32,\n"
                "d2,,2024-01-10,stage\n"
                ",A,2024-01-10,\n"
                '"d3\n(in two lines)",A,2024-01-10,paused\n'
                "d4,A,2024-01-10,,what,\n"
                "d5,A\n"
            ),
            [
                (3, "at", faults.BAD_DATE),
                (4, "stage", faults.MISSING),
                (5, "deal", faults.MISSING),
                (6, "event", faults.BAD_EVENT),
                (8, "", faults.TOO_MANY_CELLS),
                (9, "at", faults.MISSING),
            ],
        )
        self.assertEqual(self.faults_of('deal,stage,at\nd1,"A,2024-01-10\n'), [(2, "", faults.NO_CSV)])
        many = "".join(f"d1,Stage {number},2024-01-10\n" for number in range(300))
        self.assertEqual(self.faults_of(HEADER + many), [(0, "stage", faults.TOO_MANY_STAGES)])

    def test_events_in_chinese(self):
        reading = self.reading_of(
            "商机编号,阶段,时间,事件\n"
            "d1,初期沟通,2024-01-10,阶段\n"
            "d1,招投标,2024-01-11,\n"
            "d1,,2024-01-12,赢单\n"
            "d2,初期沟通,2024-01-10,\n"
            "d2,价格太高,2024-01-11,输单\n"
        )
        self.assertEqual(reading.faults, [])
        self.assertEqual(
            {deal: [(event.kind, event.stage) for event in events] for deal, events in reading.events.items()},
            {
                "d1": [("stage", "初期沟通"), ("stage", "招投标"), ("won", "")],
                "d2": [("stage", "初期沟通"), ("lost", "价格太高")],
            },
        )

    def test_deals_may_be_mixed(self):
        reading = self.reading_of(HEADER + "d2,A,2024-02-10\nd1,A,2024-01-10\nd2,B,2024-02-10\nd1,B,2024-01-11\n")
        self.assertEqual(reading.faults, [])
        self.assertEqual([event.stage for event in reading.events["d2"]], ["A", "B"])

    def test_order_by_the_majority_of_moves(self):
        paths = [["A", "B", "C", "Won"], ["C", "A"], ["A", "C", "Won"], ["B", "C"], ["A", "B", "A", "C"]]
        self.assertEqual(order_of_places(paths, [], {"Won"}), ["A", "B", "C", "Won"])
        # Known places keep their order.
        known = ["C", "A", "Won"]
        self.assertEqual([place for place in order_of_places(paths, known, {"Won"}) if place in known], known)
        self.assertEqual(order_of_places(paths, ["A", "Q", "C", "Won"], {"Won"}), ["A", "Q", "B", "C", "Won"])
        # If no place of the paths is known, new places follow the known ones, and won places come last.
        self.assertEqual(
            order_of_places(paths, [1, 2, 70], {70, "Won"}),
            [1, 2, "A", "B", "C", 70, "Won"],
        )

    def test_an_order_that_the_user_has_changed(self):
        order, known = [1, 2, "A", "B", 70], {1, 2, 70}
        for wanted, found in (
            ([2, "A", "B"], order),
            (["B", 2, "A"], [1, "B", 2, "A", 70]),
            ([70, 2, "A", "B"], [1, 70, 2, "A", "B"]),
            (["B", "A"], [1, 2, "B", "A", 70]),
            ([2, "B", 70, "A"], [1, 2, "B", 70, "A"]),
        ):
            with self.subTest(wanted=wanted):
                self.assertEqual(reordered(order, known, wanted), found)

    def test_as_few_sequences_of_stages_change_as_possible(self):
        for order, known, wanted in (
            (["A", "B", "C"], {}, {"A": 1, "B": 2, "C": 3}),
            ([1, "A", "B", 70], {1: (1, 1), 70: (70, 2)}, {"A": 2, "B": 3}),
            # A new stage gets the highest id, so the next stage needs a higher sequence.
            ([1, "A", 2, 3], {1: (1, 1), 2: (1, 2), 3: (5, 3)}, {"A": 1, 2: 2}),
            (["A", 1], {1: (0, 1)}, {"A": -1}),
            ([2, 1], {1: (1, 1), 2: (2, 2)}, {1: 3}),
        ):
            with self.subTest(order=order):
                self.assertEqual(sequences_of(order, known), wanted)

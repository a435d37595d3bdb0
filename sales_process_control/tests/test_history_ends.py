from datetime import datetime
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, TransactionCase, tagged

from ..history import faults, read_history
from ..history.headings import TIME, kind_of_heading

ZONE, NOW = ZoneInfo("Europe/Berlin"), datetime(2026, 11, 1)


class TestHistoryEnds(BaseCase):
    """How deals ended, by the words and times of lines of which each is a deal."""

    def reading_of(self, *lines):
        return read_history("\n".join(lines).encode(), ZONE, NOW)

    def ends_of(self, *lines):
        """Return {deal: kind of its last event}, and the doubts by their code."""
        reading = self.reading_of(*lines)
        self.assertEqual(reading.faults, [])
        ends = {deal: events[-1].kind for deal, events in reading.events.items()}
        return ends, {doubt.code: doubt.values for doubt in reading.look.doubts}

    def test_words_of_a_status(self):
        ends, doubts = self.ends_of(
            "Deal ID,Deal name,Stage,Status,Created on,Closed on",
            "1,A,Proposal,Won - Renewal,2026-01-01,2026-03-01",
            "2,B,Proposal,Lost to competitor,2026-01-01,2026-03-01",
            "3,C,Proposal,Closed,2026-01-01,2026-03-01",
            "4,D,Proposal,1,2026-01-01,2026-03-01",
            "5,E,Proposal,In progress,2026-01-01,",
        )
        self.assertEqual(ends, {"1": "won", "2": "lost", "3": "stage", "4": "stage", "5": "stage"})
        # A deal that is closed in the file is not made an open one silently.
        self.assertEqual(doubts["closed_open"], ("3", "4"))

    def test_the_later_one_of_two_ends_counts(self):
        ends, _doubts = self.ends_of(
            "Deal ID,Title,Stage,Deal created,Won time,Lost time",
            "1,A,Proposal,2026-01-01 10:00,2026-04-01 10:00,2026-03-01 10:00",
            "2,B,Proposal,2026-01-01 10:00,2026-03-01 10:00,2026-04-01 10:00",
        )
        self.assertEqual(ends, {"1": "won", "2": "lost"})

    def test_years_of_two_digits(self):
        """With hyphens the year may come first: a person says so."""
        header, events = "deal,stage,at", ("A,Lead,24-03-04", "A,Offer,25-03-14", "A,Won,26-01-09")
        found = [(fault.code, fault.value) for fault in self.reading_of(header, *events).faults]
        self.assertEqual(found, [(faults.AMBIGUOUS_DATE, "24-03-04")])
        [lead, offer] = self.reading_of(header, "A,Lead,14/03/26", "A,Offer,24/03/26").events["A"]
        self.assertEqual((lead.at, offer.at), (datetime(2026, 3, 13, 23), datetime(2026, 3, 23, 23)))


@tagged("post_install", "-at_install")
class TestHistoryOfVisits(TransactionCase):
    """The lists of this module are read under the labels that they have, in English and in Chinese."""

    #: {field of a stage visit: what its column means}
    COLUMNS = {
        "lead_id": "deal",
        "stage_id": "stage",
        "entered_at": "at",
        "left_at": "closed_at",
        "days": "",
        "outcome": "status",
        "converted_at": "",
        "user_id": "salesperson",
        "team_id": "team",
        "amount": "amount",
        "currency_id": "currency",
        "date_deadline": "date_deadline",
        "origin": "",
    }
    #: (deal, stage, came in, left, outcome)
    VISITS = (
        ("A", "Lead", "2026-01-01 09:00:00", "2026-01-05 09:00:00", "advanced"),
        ("A", "Offer", "2026-01-05 09:00:00", "2026-01-09 09:00:00", "won"),
        ("B", "Lead", "2026-01-02 09:00:00", "2026-01-03 09:00:00", "lost"),
        ("C", "Offer", "2026-01-02 09:00:00", "2026-01-03 09:00:00", "moved_back"),
        ("C", "Lead", "2026-01-03 09:00:00", "", "open"),
        ("D", "Lead", "2026-01-02 09:00:00", "2026-01-03 09:00:00", "removed"),
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.env["ir.module.module"]._load_module_terms(["sales_process_control"], ["zh_CN"])

    def fields_of(self, model, code):
        return self.env[model].with_context(lang=code).fields_get()

    def reading_of(self, names, code):
        """Return what is read of an export of these fields of the visits."""
        fields = self.fields_of("crm.stage.visit", code)
        outcomes = dict(fields["outcome"]["selection"])
        lines = [",".join(fields[name]["string"] for name in names)]
        for *values, outcome in self.VISITS:
            cells = dict(zip(self.COLUMNS, (*values, "", outcomes[outcome]), strict=False))
            lines.append(",".join(cells.get(name, "") for name in names))
        reading = read_history("\n".join(lines).encode(), ZoneInfo("UTC"), NOW)
        self.assertEqual(reading.faults, [])
        return reading

    def test_an_export_of_stage_visits(self):
        """A win and a loss have no visit of their own: the outcome of the last visit tells them, with its end."""
        for code in ("en_US", "zh_CN"):
            for names in (self.COLUMNS, ["lead_id", "stage_id", "entered_at", "left_at", "outcome"]):
                with self.subTest(code, names=list(names)):
                    reading = self.reading_of(names, code)
                    meanings = [column.meaning for column in reading.look.columns]
                    self.assertEqual(meanings, [self.COLUMNS[name] for name in names])
                    found = {
                        deal: [(event.kind, event.stage, event.at.day) for event in events]
                        for deal, events in reading.events.items()
                    }
                    self.assertEqual(
                        found,
                        {
                            "A": [("stage", "Lead", 1), ("stage", "Offer", 5), ("won", "", 9)],
                            "B": [("stage", "Lead", 2), ("lost", "", 3)],
                            "C": [("stage", "Offer", 2), ("stage", "Lead", 3)],
                            # An archived deal may be merged, or a lead: the export leaves it out by a filter.
                            "D": [("stage", "Lead", 2)],
                        },
                    )

    def test_left_is_the_end_in_no_other_file(self):
        """A closing time comes first, and a column without dates or without a status has another meaning."""
        closed = "Deal,Stage,Entered At,{left},Status,Closed Date\nA,Offer,2026-01-05,2026-01-06,Lost,2026-01-20\n"
        for left in ("Left", "Left At", "离开时间"):
            reading = read_history(closed.format(left=left).encode(), ZoneInfo("UTC"), NOW)
            self.assertEqual([event.at.day for event in reading.events["A"]], [5, 20], left)
        for text in (
            "Deal,Stage,Entered At,Left,Status\nA,Offer,2026-01-05,4 days,Open\n",
            "Deal,Stage,Entered At,Left\nA,Offer,2026-01-05,2026-01-06\n",
        ):
            reading = read_history(text.encode(), ZoneInfo("UTC"), NOW)
            self.assertEqual(reading.faults, [])
            self.assertEqual([event.at.day for event in reading.events["A"]], [5])

    def test_a_list_of_errors_is_read_in_both_languages(self):
        """The apostrophes that keep spreadsheets from computing its cells are taken off again."""
        for heading in ("Problem", "问题"):
            text = f"deal,stage,at,amount,{heading}\n'+86 Line,Offer,2026-01-05,'-5,\n"
            reading = read_history(text.encode(), ZoneInfo("UTC"), NOW)
            self.assertEqual((reading.faults, list(reading.events)), ([], ["+86 Line"]), heading)

    def test_labels_of_times(self):
        """Also those of hidden columns and of the reports about visits."""
        for code in ("en_US", "zh_CN"):
            for model, names in (
                ("crm.stage.visit", ("entered_at", "entered_day")),
                ("crm.stage.dwell.report", ("entered_at", "entered_time")),
                ("crm.stage.conversion.report", ("entered_at", "entered_time")),
            ):
                for name in names:
                    with self.subTest(code, model=model, name=name):
                        self.assertEqual(kind_of_heading(self.fields_of(model, code)[name]["string"])[0], TIME)
            for name, kind in (
                ("lead_ref", "deal_id"),
                ("stage_name", "stage"),
                ("left_day", "closed_at"),
                ("deal_state", "status"),
            ):
                with self.subTest(code, name=name):
                    label = self.fields_of("crm.stage.visit", code)[name]["string"]
                    self.assertEqual(kind_of_heading(label)[0], kind)

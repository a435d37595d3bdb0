import io
import time
from datetime import datetime
from unittest.mock import patch
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase

from ..history import ods as ods_workbooks
from ..history import read_history, sheets
from ..history import workbook as workbook_parts
from .test_history_any_crm import ods
from .test_history_reading import workbook

HEADINGS = ("deal", "stage", "at")
ROW = ("d1", "Bidding", "2025-01-10")
#: Seconds within which a file is refused, on a slow computer with other work.
SOON = 30


def with_part(content, name, change):
    """Return a workbook with one of its parts changed.

    :param change: function of the text of the part
    """
    output = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as source, ZipFile(output, "w", ZIP_DEFLATED) as target:
        for part in source.namelist():
            text = source.read(part).decode()
            target.writestr(part, change(text) if part == name else text)
    return output.getvalue()


class TestHistoryLimits(BaseCase):
    """Small files that would need much time or memory are refused at once. Files that only look large are read."""

    def assertFault(self, content, code, line=0):
        content = content if isinstance(content, bytes) else content.encode()
        start = time.monotonic()
        reading = read_history(content, ZoneInfo("UTC"), datetime(2026, 1, 1))
        self.assertLess(time.monotonic() - start, SOON)
        self.assertEqual([(fault.line, fault.code) for fault in reading.faults], [(line, code)])
        self.assertTrue(reading.is_unreadable)

    def assertReads(self, content, count=1):
        reading = read_history(content, ZoneInfo("UTC"), datetime(2026, 1, 1))
        self.assertEqual((reading.faults, len(reading.events)), ([], count))

    def sheet(self, *rows):
        """Return a workbook of headings, one row, and these rows as XML."""
        content = workbook(HEADINGS, ROW)
        return with_part(
            content, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("</sheetData>", "".join(rows) + "</sheetData>")
        )

    def test_a_workbook_that_names_a_far_row(self):
        for row in (sheets.LAST_LINE + 1, 2**30, 10**18):
            content = self.sheet(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>')
            self.assertLess(len(content), 10_000)
            self.assertFault(content, "too_many_lines")
        self.assertReads(self.sheet('<row r="1048576" ht="20"><c r="A1048576"/></row>'))

    def test_a_workbook_that_names_far_columns(self):
        self.assertFault(self.sheet('<row r="3"><c r="ZZZ3"><v>1</v></c></row>'), "too_many_columns", 3)
        self.assertReads(self.sheet('<row r="3"><c r="XFD3"/></row>'))
        rows = [f'<row r="{row}"><c r="XFD{row}"/></row>' for row in range(3, 2000)]
        self.assertFault(self.sheet(*rows), "unpacked_too_large")
        self.assertFault(self.sheet(*(row.replace("<c ", "<x ") for row in rows)), "unpacked_too_large")

    def test_a_workbook_that_unpacks_to_much(self):
        self.assertLess(workbook_parts.MOST_UNPACKED_MEGABYTES, 5 * sheets.MOST_MEGABYTES)
        content = self.sheet(f"<!--{'a' * (1024 * 1024)}-->")
        self.assertLess(len(content), 20_000)
        with patch.object(workbook_parts, "MOST_UNPACKED_MEGABYTES", 1):
            self.assertFault(content, "unpacked_too_large")
            self.assertReads(self.sheet())

    def test_a_workbook_of_many_elements(self):
        self.assertFault(self.sheet(f'<row r="3">{"<c/>" * 200_000}</row>'), "unpacked_too_large")
        self.assertFault(self.sheet("<x/>" * 1_100_000), "unpacked_too_large")
        self.assertFault(
            self.sheet(*['<row a="" b="" c="" d="" e="" f="" g="" h="" i=""/>'] * 600_000), "unpacked_too_large"
        )

    def test_a_text_that_many_cells_have(self):
        """A workbook stores it once: the cells count."""
        with patch.object(sheets, "MOST_CHARACTERS", 1000):
            self.assertFault(workbook(HEADINGS, *[ROW] * 100), "too_large")
            self.assertReads(workbook(HEADINGS, *[ROW] * 10))

    def test_entities_are_not_read(self):
        content = with_part(
            workbook(HEADINGS, ROW),
            "xl/worksheets/sheet1.xml",
            lambda xml: '<!DOCTYPE worksheet [<!ENTITY a "Bidding">]>' + xml.replace("Bidding", "&a;"),
        )
        self.assertFault(content, "no_workbook")

    def test_a_csv_of_one_endless_line(self):
        self.assertFault("a," * 5_000_000, "long_line", 1)
        self.assertFault("deal,stage,at\n" + "x" * 2_000_000, "long_line", 2)
        self.assertFault("deal,stage,at\n" + '"a\n",' * 100_000, "too_many_columns", 2)

    def test_a_csv_of_many_lines_or_columns(self):
        lines = "".join(f"d{number},Bidding,2025-01-10\n" for number in range(30))
        with patch.object(sheets, "MOST_LINES", 20):
            self.assertFault("deal,stage,at\n" + lines, "too_many_lines")
            self.assertFault(workbook(HEADINGS, *[ROW] * 30), "too_many_lines")
        self.assertReads(("deal,stage,at\n" + lines).encode(), 30)
        self.assertFault(",".join(f"a{number}" for number in range(1100)) + "\n", "too_many_columns", 1)
        self.assertReads(b"deal,stage,at" + b"," * 5000 + b"\nd1,Bidding,2025-01-10\n")

    def test_a_file_of_many_bytes(self):
        with patch.object(sheets, "MOST_MEGABYTES", 1):
            self.assertFault("deal,stage,at\n" + "d,Bidding,2025-01-10\n" * 60_000, "too_large")

    def test_a_deal_with_a_long_name_is_a_fault_of_its_line(self):
        content = f"deal,stage,at\n{'x' * 201},Bidding,2025-01-10\nd1,Bidding,2025-01-10\n".encode()
        reading = read_history(content, ZoneInfo("UTC"), datetime(2026, 1, 1))
        self.assertEqual([(fault.line, fault.code, fault.value) for fault in reading.faults], [(2, "long_text", "200")])

    def test_long_cells_and_headings(self):
        """Patterns of dates, amounts and headings look at short texts only."""
        long = 20_000
        header = f"deal,stage,at,amount,x{'-' * long}y"
        rows = (
            f"d1,Bidding,2025-01-10,{'a' * long},",
            f"d2,Bidding,{'mon' * long},1,",
            f"d3,Bidding,{'1 ' * long},{'1' * long},",
        )
        start = time.monotonic()
        reading = read_history("\n".join((header, *rows)).encode(), ZoneInfo("UTC"), datetime(2026, 1, 1))
        self.assertLess(time.monotonic() - start, SOON)
        self.assertEqual(
            [(fault.line, fault.code) for fault in reading.faults],
            [(2, "bad_number"), (3, "bad_date"), (4, "bad_number"), (4, "bad_date")],
        )

    def test_many_rows_of_an_ods(self):
        """An ODS with the events of a large company is read; one that unpacks to millions of cells is refused.

        Limits and file are a tenth of what they are in use.
        """
        for module, name in (
            (ods_workbooks, "MOST_REPEATED_ROWS"),
            (ods_workbooks, "MOST_CELLS"),
            (workbook_parts, "MOST_CELLS"),
            (workbook_parts, "MOST_IN_ROWS"),
        ):
            self.startPatcher(patch.object(module, name, getattr(module, name) // 10))
        rows = [["deal", "stage", "at"], *(["d1", "Bidding", "2025-01-10"] for _row in range(4000))]
        self.assertEqual(len(read_history(ods(rows), ZoneInfo("UTC"), datetime(2026, 1, 1)).events["d1"]), 4000)
        with patch.object(ods_workbooks, "MOST_CELLS", 1000):
            self.assertFault(ods([["x"] * 100] * 20), "unpacked_too_large")

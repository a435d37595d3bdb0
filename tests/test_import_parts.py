"""Random files without a database: what is read of the parts of a file is what is read of the whole file."""

import csv
import io
from collections import Counter
from datetime import datetime, timedelta
from tempfile import TemporaryDirectory
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from fuzzing import run_examples
from hypothesis import strategies as st

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 29, 9)
START = datetime(2026, 1, 1)
#: Ways to write a time. In each of them some dates do not say which number is the day.
FORMS = (
    *("%Y-%m-%d", "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M"),
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y %H:%M", "%m/%d/%Y %I:%M %p", "%y-%m-%d", "%d-%m-%y"),
)
#: Cells that are good nowhere, or change what a column is.
ODD = (
    "",
    "soon",
    "45301.5",
    "1768000000",
    "31/01/2026",
    "01/31/2026",
    "1.250",
    "1,250",
    "1.250,50",
    "Total",
    "x" * 300,
)
LINES = st.lists(
    st.tuples(
        st.integers(0, 4),  # deal
        st.integers(0, 5),  # stage
        st.sampled_from((0, 1, 2, 40, 297, 330)),  # day, 297 that of the end of summer time
        st.sampled_from((0, 0, 35, 130)),  # minutes after a time that comes twice on a day of October
        st.integers(0, 3),  # amount
    ),
    min_size=1,
    max_size=30,
)
CHANGES = st.lists(st.tuples(st.integers(0, 29), st.integers(0, 5), st.sampled_from(ODD)), max_size=3)
FILES = st.fixed_dictionaries(
    {
        "lines": LINES,
        "changes": CHANGES,
        "form": st.sampled_from(FORMS),
        "other_form": st.sampled_from(FORMS),
        "order": st.sampled_from(("file", "oldest", "newest", "mixed", "deal")),
        "layout": st.sampled_from(("events", "names", "deals", "stages", "changes", "other fields")),
        "is_grouped": st.booleans(),
        "titles": st.sampled_from(("", "Report of all deals\n\n", "sep=,\n")),
        "footer": st.sampled_from(("", "Total,30\n", "\nD3\n", "\nCopyright (c) 2026\nConfidential\n", "\n\n")),
        "amounts": st.sampled_from(("{}", "{}.250", "{},250", "€ {}.250,50", "{}万", "${},000.00")),
        "encoding": st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "gb18030")),
    }
)
STAGES = ("Lead", "Offer", "报价", "Signed", "Closed Won", "Closed Lost")
HEADINGS = {
    "events": ("Deal ID", "Stage", "Date", "Expected Closing", "Amount", "Customer"),
    "names": ("Deal Name", "Stage", "Date", "Expected Closing", "Amount", "Customer"),
    "deals": ("Deal ID", "Stage", "Created", "Closed Date", "Amount", "Status"),
    "stages": ("Deal ID", "Deal Stage", "Date entered Lead", "Date entered Offer (A)", "Amount", "Customer"),
    "changes": ("Opportunity Name  \u2191", "To Stage", "Last Modified", "Close Date", "Amount", "Account Name"),
    "other fields": ("Opportunity ID", "New Value", "Edit Date", "Close Date", "Amount", "Field / Event"),
}


@pytest.fixture(scope="module")
def history():
    """The reader of files, which needs no database."""
    from odoo.addons.sales_process_control import history

    return history


def written(file):
    """Return the bytes of a file that is described by values of :data:`FILES`."""
    lines = list(file["lines"])
    if file["order"] in ("oldest", "newest"):
        lines.sort(key=lambda line: line[2:4], reverse=file["order"] == "newest")
    if file["order"] == "mixed":
        # The newest come first, but for one deal.
        lines.sort(key=lambda line: line[2:4] if line[0] == 3 else (-line[2], -line[3]))
    if file["order"] == "deal" or file["is_grouped"]:
        lines.sort(key=lambda line: line[0])
    rows = [list(row_of(file, *line)) for line in lines]
    for line, column, text in file["changes"]:
        if line < len(rows):
            rows[line][column] = text
    if file["is_grouped"]:
        rows = list(grouped(rows))
    output = io.StringIO()
    output.write(file["titles"])
    csv.writer(output).writerows([HEADINGS[file["layout"]], *rows])
    output.write(file["footer"])
    return output.getvalue().encode(file["encoding"])


def row_of(file, deal, stage, day, minutes, amount):
    """Yield the cells of a line."""
    at = START + timedelta(days=day, hours=2, minutes=minutes)
    later = at + timedelta(days=amount)
    yield f"D{deal}"
    yield STAGES[stage]
    yield at.strftime(file["form"])
    yield later.strftime(file["other_form"]) if amount else ""
    yield file["amounts"].format(amount)
    yield {
        "deals": ("Open", "Won", "Lost", "", "Closed", "Deleted")[stage],
        "other fields": ("Stage", "Amount", "Created.", "Stage", "Stage", "Stage")[stage],
    }.get(file["layout"], f"Customer {stage % 2}")


def grouped(rows):
    """Yield rows as a report with groups has them: the deal in the first line of each, and a sum below it."""
    before = None
    for row in rows:
        if before is not None and row[0] != before:
            yield ["", "Subtotal", "", "", "5", ""]
        yield ["" if row[0] == before else row[0], *row[1:]]
        before = row[0]


#: Doubts that each part has, since they are about the file; the others are about deals, and add up.
OF_FILE = ("ignored_lines", "grouped", "maybe_grouped", "decimal", "unit")
#: Names of stages are counted in each part that has them.
OF_NAMES = ("doubtful_end",)


def test_parts_are_read_as_the_whole(history):
    from odoo.addons.sales_process_control.history import splitting

    def test(file, size, encoding):
        content = written(file)
        settings = history.Settings(encoding=encoding if file["encoding"] == "utf-8" else "")
        whole = history.read_history(content, ZONE, NOW, ZONE, settings)
        with TemporaryDirectory() as directory, patch.object(splitting, "PART_BYTES", size):
            path, parts = f"{directory}/file.csv", f"{directory}/parts"
            with open(path, "wb") as output:
                output.write(content)
            splitting.Path(parts).mkdir()
            if not whole.header:
                with pytest.raises(history.faults.UnreadableError) as caught:
                    history.SplitFile(path, parts, settings)
                assert [caught.value.fault] == whole.faults
                return
            split = history.SplitFile(path, parts, settings)
            readings = [split.reading_of(number, ZONE, NOW, ZONE) for number in split.parts]
        compare(whole, split, readings)

    run_examples(test, FILES, st.sampled_from((60, 200, 1000)), st.sampled_from(("", "utf-8", "cp1252")), examples=150)


def compare(whole, split, readings):
    """Check that the readings of the parts together are the reading of the whole file."""
    if whole.is_unreadable:
        assert list(split.manner.faults) == whole.faults
        assert all(reading.faults == whole.faults for reading in readings)
        return
    assert split.manner.faults == ()
    together, deal_of_line = {}, {}
    for reading in readings:
        assert not together.keys() & reading.events.keys()
        together.update(reading.events)
        deal_of_line.update(reading.deal_of_line)
        assert (reading.header, reading.columns) == (whole.header, whole.columns)
    assert together == whole.events
    assert deal_of_line == whole.deal_of_line
    faults = [fault for reading in readings for fault in reading.faults]
    assert sorted(faults, key=lambda fault: fault.line) == sorted(whole.faults, key=lambda fault: fault.line)
    assert sorted(deal for reading in readings for deal in reading.deleted) == sorted(whole.deleted)
    for codes in (lambda code: code in OF_FILE, lambda code: code not in (*OF_FILE, *OF_NAMES)):
        found = Counter()
        for reading in readings:
            counts = {doubt.code: doubt.count for doubt in reading.look.doubts if codes(doubt.code)}
            found = found + Counter(counts) if codes("") else found | Counter(counts)
        assert found == Counter({doubt.code: doubt.count for doubt in whole.look.doubts if codes(doubt.code)})


def test_too_many_stages_in_all_parts_together(history, tmp_path):
    lines = "".join(f"D{number},Stage {number},2026-01-10\n" for number in range(300))
    path, parts = tmp_path / "many.csv", tmp_path / "parts"
    path.write_text("deal,stage,at\n" + lines, encoding="utf-8")
    parts.mkdir()
    from odoo.addons.sales_process_control.history import splitting

    with patch.object(splitting, "PART_BYTES", 100):
        split = history.SplitFile(path, parts)
    readings = [split.reading_of(number, ZONE, NOW) for number in split.parts]
    assert {fault.code for reading in readings for fault in reading.faults} == {"too_many_stages"}
    assert len(split.parts) <= splitting.MOST_PARTS

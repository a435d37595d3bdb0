"""Random files: each is imported completely, or refused with its faults, and never raises another error."""

import base64
import csv
import io
from collections import Counter
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from unittest.mock import patch
from xml.sax.saxutils import escape

import plain_pipeline
import pytest
from fuzzing import run_examples
from hypothesis import strategies as st
from openpyxl import Workbook
from scratch import going_back

HEADER = ("deal", "stage", "at", "event", "amount", "currency", "expected closing", "customer", "salesperson", "team")
START = datetime(2024, 1, 1, tzinfo=timezone.utc)
#: Workbooks know no earlier days.
START_OF_TIME = datetime(1901, 1, 1)
TEXTS = st.one_of(
    st.sampled_from(
        ["", "d1", "d2", "New", "Won", "Qualified", "Closed Won", "Closed Lost", "EUR", "USD", "admin", "=1+1"]
    ),
    st.text(max_size=12),
)
CELLS = {
    "deal": st.one_of(st.sampled_from(["d1", "d2", "d3"]), TEXTS),
    "at": st.one_of(
        st.integers(0, 700).map(lambda days: (START + timedelta(days=days)).isoformat()),
        st.datetimes().map(str),
        st.dates().map(str),
        TEXTS,
    ),
    "event": st.one_of(st.sampled_from(["", "stage", "won", "lost", "WON"]), TEXTS),
    "amount": st.one_of(st.decimals(), st.integers(), st.floats(), TEXTS).map(str),
    "expected closing": st.one_of(st.dates().map(str), TEXTS),
}
ROWS = st.lists(st.tuples(*(CELLS.get(name, TEXTS) for name in HEADER)), max_size=8)
#: Rows with one cell that may be anything, so that most of what lies behind the checks is reached as well.
GOOD_ROWS = st.lists(
    st.tuples(st.sampled_from(["d1", "d2"]), st.sampled_from(["A", "B", "Won", ""]), st.integers(0, 9), CELLS["event"]),
    max_size=12,
).map(lambda rows: [[deal, stage, START + timedelta(days=days), event] for deal, stage, days, event in rows])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["d1", "d2", "d3"]),
        st.sampled_from(["one", "two", "three", "four", "won", "lost"]),
        st.integers(0, 400),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=25,
)


def numbers(env):
    """Return the numbers of leads, visits, movements and stages."""
    env.cr.flush()
    env.cr.execute("""
        SELECT (SELECT count(*) FROM crm_lead), (SELECT count(*) FROM crm_stage_visit),
               (SELECT count(*) FROM crm_pipeline_movement), (SELECT count(*) FROM crm_stage)
    """)
    return env.cr.fetchone()


def check(env, content, **values):
    """Import a file, check the result, and roll back."""
    with going_back(env):
        check_import(env, content, **values)


def check_import(env, content, **values):
    """Import a file and check the result."""
    from odoo.exceptions import UserError

    before = numbers(env)
    wizard = env["crm.stage.history.import"].create({"file": base64.b64encode(content), "filename": "f.csv", **values})
    wizard.action_preview()
    assert numbers(env) == before
    faults, good = wizard.fault_count, wizard.good_count
    program = env["crm.stage.history.import"].create({"file": base64.b64encode(content), "filename": "f", **values})
    if (faults and not program.skip_bad) or not good:
        with pytest.raises(UserError, match=r"Nothing was imported\."):
            program.action_import()
        assert numbers(env) == before
    else:
        program.action_import()
        assert numbers(env)[0] - before[0] == good
        assert env.execute_query(env["crm.pipeline.audit"]._drift_query()) == []
        env.cr.execute("SELECT lead_ref, sum(deal_count), sum(amount) FROM crm_pipeline_movement GROUP BY lead_ref")
        ended = {ref for ref, count, amount in env.cr.fetchall() if not count and not amount}
        leads = program.history_id.lead_ids
        assert set(leads.filtered(lambda lead: lead.won_status != "pending").ids) == set(leads.ids) & ended


def as_csv(rows, header=HEADER):
    """Return the bytes of a CSV."""
    output = io.StringIO()
    csv.writer(output).writerows([header, *rows])
    return output.getvalue().encode("utf-8", "surrogatepass")


def as_workbook(rows, header):
    """Return the bytes of an XLSX, with instants without offset."""
    book = Workbook()
    book.active.append(header)
    for row in rows:
        book.active.append([cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell for cell in row])
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def as_ods(rows, header):
    """Return the bytes of an ODS, with instants without offset."""
    from odoo.addons.sales_process_control.tests.test_history_any_crm import ods

    return ods([[escape(cell) if isinstance(cell, str) else cell for cell in row] for row in (header, *rows)])


def as_xls(rows, header):
    """Return the bytes of an XLS, with instants without offset."""
    from odoo.addons.sales_process_control.tests.test_history_any_crm import xls

    # Large numbers do not fit into its cells.
    return xls([[float(cell) if type(cell) is int else cell for cell in row] for row in (header, *rows)])


def test_any_bytes(env):
    def run(content):
        check(env, content)
        check(env, b"deal,stage,at\n" + content)

    run_examples(run, st.binary(max_size=200))


EVENTS_FILE = """deal,stage,at,event,amount
d1,A,2026-01-05,,100
d1,B,2026-01-05,,
d1,Price,2026-02-05,lost,
d2,Won,2026-01-05,,5
"""
SALESFORCE_FILE = """OpportunityId,StageName,CreatedDate,Amount,IsDeleted
D1,A,2026-02-03 15:10:00,1.25E7,0
D1,Closed Won,2026-02-10 16:00:00,1,0
D2,A,2026-02-10 16:00:00,1,1
"""
HUBSPOT_FILE = (
    'Record ID,Deal Name,Deal Stage,Close Date,Create Date,"Date entered ""A (P)""","Date entered ""Closed won (P)"""\n'
    "1,Desk,Closed won,2026-05-20 16:10,2026-04-02 09:15,2026-04-02 09:15,2026-05-20 16:10\n2,Shelf,A,,2026-04-03,,\n"
)
PIPEDRIVE_FILE = """Deal - ID;Deal - Title;Deal - Value;Deal - Stage;Deal - Status;Deal - Deal created;Deal - Won time
11;Sign;€ 1.250,00;Offer;Open;31/03/2026 14:05;
12;Van;€ 900,50;Talk;Won;02/04/2026 09:00;29/04/2026 17:45
"""
CHINESE_FILE = """商机编号,商机名称,阶段,时间,金额,客户
S1,展厅,沟通,2026/03/02 09:30,¥12,北方
S1,展厅,赢单,2026/05/08 10:00,1万,北方
"""
#: Small files of each layout.
LAYOUTS = (EVENTS_FILE, SALESFORCE_FILE, HUBSPOT_FILE, PIPEDRIVE_FILE, CHINESE_FILE)
#: What is put into them.
PIECES = (
    *(
        "\x00",
        '"',
        "\n",
        "\r",
        ",",
        ";",
        "\t",
        "\ufeff",
        "1e308",
        "nan",
        "inf",
        "(5)",
        "1.250",
        "1,250",
        "万",
        "-",
        "$",
        "EUR",
    ),
    *("31/02/2026", "02/03/2026", "24:00", "9" * 400, "9999-12-31", "0001-01-01", "45301", "9999999999999", "+99:99"),
    *(
        "Won",
        "Lost",
        "Closed",
        "Deleted",
        "true",
        "=1+1",
        "Problem",
        "id",
        "deal",
        "stage",
        "at",
        "sep=;",
        "\u202e",
        "\ud800",
    ),
    # Long cells, and cells that repeat what patterns look for.
    *("x" * 20_000, "mon" * 5_000, "1 " * 5_000, "(" * 5_000, "-" * 5_000, "Date entered " * 1_000, "\u4e07" * 3_000),
)
CHANGES = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 12), st.sampled_from(("", *PIECES))), max_size=5)
CHOICES = st.builds(
    lambda *values: values,
    st.sampled_from(("", "utf-8", "utf-16", "gb18030", "cp1252", "shift_jis")),
    st.sampled_from(("", "events", "stage_columns", "deals")),
    st.one_of(
        st.just(()),
        st.lists(st.sampled_from(("", "deal", "stage", "at", "created_at", "amount")), max_size=6).map(tuple),
    ),
    st.sampled_from(("", "DMY", "MDY", "YMD")),
    st.sampled_from(("", ".", ",")),
)


def test_changed_files_of_each_layout(env, tmp_path):
    """Each is imported completely or refused; a fault of one deal leaves no half of it behind.

    A file in parts brings the same number of deals as the whole one.
    """
    from odoo.addons.sales_process_control.history import Settings, splitting
    from odoo.addons.sales_process_control.models.history_import.history_plan import Options

    importer, path = env["crm.history.importer"], tmp_path / "large.csv"

    def run(text, changes, choices, encoding, is_changed):
        for place, size, piece in changes:
            text = text[:place] + piece + text[place + size :]
        content = text.encode(encoding, "replace")
        options = Options(skip_bad=True, settings=Settings(*choices) if is_changed else Settings())
        with going_back(env):
            plan = importer.examine(content, options)
            assert all(importer.reason_of(fault) for fault in plan.faults)
            assert all(importer.reason_of_doubt(doubt) for doubt in plan.reading.look.doubts)
            importer.bad_lines(plan)
            check_outcome(env, plan, lambda: importer.run(plan))
        path.write_bytes(content)
        with going_back(env), patch.object(splitting, "PART_BYTES", 100):
            check_outcome(env, plan, lambda: importer.import_large_file(path, "large.csv", options))

    encodings = st.sampled_from(("utf-8", "utf-16", "gb18030"))
    run_examples(run, st.sampled_from(LAYOUTS), CHANGES, CHOICES, encodings, st.booleans())


def check_outcome(env, plan, run):
    """Import a file, and check that all of its good deals are imported, or nothing is."""
    from odoo.exceptions import UserError

    before = numbers(env)
    if not plan.can_import:
        with pytest.raises(UserError, match=r"Nothing was imported\."):
            run()
        assert numbers(env) == before
        return
    outcome = run()
    assert outcome.created == len(plan.good_deals)
    assert numbers(env)[0] - before[0] == outcome.created
    assert env.execute_query(env["crm.pipeline.audit"]._drift_query()) == []


def test_any_cells(env):
    run_examples(lambda rows, skip_bad: check(env, as_csv(rows), skip_bad=skip_bad), ROWS, st.booleans())


def test_cells_that_are_nearly_good(env):
    def run(rows, skip_bad, in_order):
        if in_order:
            rows = sorted(rows, key=lambda row: row[2])
        check(env, as_csv(rows, HEADER[:4]), skip_bad=skip_bad)

    run_examples(run, GOOD_ROWS, st.booleans(), st.booleans())


def test_workbooks_whole_and_broken(env):
    printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)
    cells = st.one_of(printable, st.datetimes(), st.integers(), st.floats(allow_nan=False), st.booleans(), st.none())

    good = st.tuples(st.sampled_from(["d1", "d2"]), st.sampled_from(["A", "Won"]), st.datetimes(START_OF_TIME))
    rows = st.lists(st.one_of(st.tuples(cells, cells, cells), good, good), max_size=6)

    def run(write, rows, place, noise):
        content = write(rows, HEADER[:3])
        check(env, content)
        check(env, content[:place] + noise + content[place + len(noise) :])

    run_examples(
        run, st.sampled_from((as_workbook, as_ods, as_xls)), rows, st.integers(0, 10000), st.binary(max_size=8)
    )


def test_what_comes_of_good_files_is_what_the_file_says(env):
    def run(steps):
        with going_back(env):
            check_numbers(env, events_of(steps))

    run_examples(run, STEPS)


def check_numbers(env, events):
    """Import events, and compare both ledgers with a plain computation."""
    last = env["crm.lead"].with_context(active_test=False).search([], order="id desc", limit=1).id
    rows = [(event["deal"], event["stage"], event["at"], event["event"], event["amount"]) for event in events]
    env["crm.history.importer"].import_history(as_csv(rows, HEADER[:5]))
    expected = plain_pipeline.Pipeline(events, slips=False)
    env.cr.execute("SELECT stage_name, outcome FROM crm_stage_visit WHERE lead_ref > %s", [last])
    assert Counter(env.cr.fetchall()) == expected.outcomes()
    env.cr.execute(
        "SELECT kind, is_correction, count(*), sum(deal_count), sum(amount) FROM crm_pipeline_movement"
        " WHERE lead_ref > %s GROUP BY 1, 2",
        [last],
    )
    assert {(kind, slip): tuple(sums) for kind, slip, *sums in env.cr.fetchall()} == expected.movements()


def events_of(steps):
    """Return events in the order of time, without losses of deals that have no stage or are won."""
    events, places = [], {}
    for deal, step, hours, amount in sorted(steps, key=lambda step: step[2]):
        kind = step if step in ("won", "lost") else "stage"
        if kind == "lost" and places.get(deal) in (None, "Paid in full"):
            continue
        # Names of stages that no database has, so that only the file decides their order.
        stage = {"won": "Paid in full", "lost": "price"}.get(step, step)
        if kind != "lost":
            places[deal] = stage
        at = START + timedelta(hours=hours)
        events.append({"deal": deal, "stage": stage, "event": kind, "at": at, "amount": Decimal(amount)})
    return events or [{"deal": "d1", "stage": "one", "event": "stage", "at": START, "amount": Decimal(1)}]

"""The command `import`: its messages, and both ledgers compared with a plain computation from the file."""

import subprocess
import sys
from datetime import datetime, timedelta, timezone

import databases
import places
import plain_pipeline
import pytest
from ledger_tables import LedgerTables
from report_tables import differences_of_reports
from scratch import copied
from test_replay import BANK_LOG, SMALL_LOG

HEADER = "deal,stage,at\n"


@pytest.fixture(scope="session")
def import_file(odoo_environment):
    """A function that runs the command and returns its exit code and its output."""

    def run(*arguments):
        result = subprocess.run(
            [sys.executable, str(places.ROOT / "sandbox"), "import", *map(str, arguments)],
            env=odoo_environment,
            stdin=subprocess.DEVNULL,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=1800,
            check=False,
        )
        return result.returncode, result.stdout

    return run


def differences(name, path):
    """Return the differences between the ledgers of a database and a plain computation from the file, as texts."""
    events = plain_pipeline.read(path)
    until = events[-1]["at"] + timedelta(days=1)
    with LedgerTables(name, until.astimezone(timezone.utc).replace(tzinfo=None)) as tables:
        expected = plain_pipeline.Pipeline(events, tables.zone, slips=False)
        return [
            *tables.differences_of_visits(expected, until),
            *tables.differences_of_months(expected),
            *tables.differences_of_movements(expected),
            *differences_of_reports(tables, expected, until),
        ]


@pytest.fixture(scope="module")
def small_log(tmp_path_factory):
    path = tmp_path_factory.mktemp("logs") / "small.csv"
    path.write_text(in_order_of_time(SMALL_LOG), encoding="utf-8")
    return path


def in_order_of_time(log):
    """Return a log with the lines of each deal in the order of time, as an import requires."""
    header, *lines = log.splitlines(keepends=True)
    deals = [line.split(",")[0] for line in lines]
    instants = [datetime.fromisoformat(line.strip().split(",")[-1].replace("Z", "+00:00")) for line in lines]
    order = sorted(range(len(lines)), key=lambda number: (deals.index(deals[number]), instants[number]))
    return header + "".join(lines[number] for number in order)


@pytest.fixture(scope="module")
def small_db(import_file, empty_template, small_log):
    """A database with the small log, imported in two calls: first without the last event of each deal."""
    lines = small_log.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line, following in zip(lines, [*lines[1:], ","], strict=True) if same_story(line, following)]
    shorter = small_log.with_name("shorter.csv")
    shorter.write_text("".join(kept), encoding="utf-8")
    with copied(empty_template, "import_small", stamped=True) as name:
        code, output = import_file(shorter, "--db", name)
        assert code == 0, output
        code, output = import_file(small_log, "--db", name)
        assert code == 0, output
        assert "of earlier imports were continued" in output
        yield name


def same_story(line, following):
    """Return whether the following line is a later event of the same deal; also true for the header."""
    deal, at = line.split(",")[0], line.strip().split(",")[-1]
    return line.startswith("deal,") or (following.split(",")[0] == deal and following.strip().split(",")[-1] != at)


def test_small_log_gives_the_numbers_of_the_file(small_db, small_log):
    assert differences(small_db, small_log) == []


def test_a_file_that_is_imported_is_left_alone(import_file, small_db, small_log):
    query = "SELECT (SELECT max(id) FROM crm_lead), (SELECT max(id) FROM crm_pipeline_movement)"
    before = databases.query(query, small_db)
    code, output = import_file(small_log, "--db", small_db)
    assert (code, databases.query(query, small_db)) == (0, before), output
    assert "16 were imported before" in output


def test_every_deal_has_the_time_of_its_events(small_db):
    query = """
        SELECT create_date, date_closed, stage_entered_at, day_close,
               (SELECT count(*) FROM mail_message WHERE model = 'crm.lead' AND res_id = crm_lead.id)
        FROM crm_lead WHERE name = 'd1'
    """
    assert databases.query(query, small_db) == [
        ["2024-01-10 08:00:00.123456", "2024-03-05 11:00:00.25", "2024-03-05 11:00:00.25", "55", "0"]
    ]


def test_a_bad_file_is_refused_with_the_list_of_its_faults(import_file, empty_template, tmp_path):
    path = tmp_path / "bad.csv"
    with copied(empty_template, stamped=True) as name:
        path.write_text(HEADER + "d1,A,never\n" * 130, encoding="utf-8")
        code, output = import_file(path, "--db", name)
    assert (code, output.count("“never” is not a date")) == (2, 100)
    assert "... and 30 more." in output


def test_good_deals_alone_are_imported_and_the_others_written_to_a_file(import_file, module_db, tmp_path):
    path, bad = tmp_path / "mixed.csv", tmp_path / "bad.csv"
    path.write_text(HEADER + "good,A,2024-01-10\nbad,A,2024-01-10\nbad,B,soon\n", encoding="utf-8")
    code, output = import_file(path, "--db", module_db, "--bad", bad)
    assert code == 0, output
    assert "Imported 1 opportunity in" in output
    assert f"  1 was left out for its faults: {bad}\n" in output
    assert databases.query("SELECT name FROM crm_lead WHERE name IN ('good', 'bad')", module_db) == [["good"]]
    lines = bad.read_text(encoding="utf-8-sig").splitlines()
    assert lines[:2] == ["deal,stage,at,Problem", "bad,A,2024-01-10,"]
    assert lines[2].startswith("bad,B,soon,“soon” is not a date")
    # The corrected file may keep the column with the problems.
    bad.write_text(bad.read_text(encoding="utf-8").replace("soon", "2024-01-11"), encoding="utf-8")
    code, output = import_file(bad, "--db", module_db)
    assert (code, "Imported 1 opportunity in" in output) == (0, True), output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.csv"], "cannot be read"),
        (["."], "cannot be read"),
        (["{log}", "--db", "No-Name"], "no database name"),
        (["{log}", "--bad", "nowhere/bad.csv"], "cannot be written"),
    ],
)
def test_bad_arguments_are_refused_in_one_line(import_file, small_log, arguments, said):
    code, output = import_file(*(argument.format(log=small_log) for argument in arguments))
    assert (code, said in output, len(output.splitlines())) == (2, True, 1), output


def test_the_banks_log_gives_the_numbers_of_the_file(import_file, empty_template):
    if not BANK_LOG.exists():
        pytest.xfail(f"{BANK_LOG.name} is absent: it is looked for in ../shared/data beside the checkout")
    with copied(empty_template, "import_bank", stamped=True) as name:
        code, output = import_file(BANK_LOG, "--db", name)
        assert (code, "Imported 13,087 opportunities" in output) == (0, True), output
        assert differences(name, BANK_LOG) == []
        drift = databases.query("SELECT count(*) FROM crm_stage_visit WHERE origin <> 'import'", name)
        assert drift == [["0"]]

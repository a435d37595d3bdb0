"""After the command `replay`, both ledgers agree with a plain computation from the file."""

import itertools
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta, timezone

import databases
import places
import plain_pipeline
import pytest
from ledger_tables import LedgerTables
from scratch import copied

BANK_LOG = places.ROOT / "../shared/data/bpic2012_pipeline.csv"
BANK_DEALS = None if os.environ.get("SALES_PROCESS_FULL_LOG") else 150
HEADER = "deal,amount,event,stage,at\n"
# The stages are Enquiry, Survey, Bidding and Negotiation; deals are won in Signed. Each deal is one case. The lines are
# ordered by deal, not by time.
SMALL_LOG_LINES = """
# Through all stages, with fractions of a second.
d1,20000,stage,Enquiry,2024-01-10T09:00:00.123456+01:00
d1,20000,stage,Survey,2024-01-12T09:00:00.5+01:00
d1,20000,stage,Bidding,2024-02-01T09:00:00.000001+01:00
d1,20000,stage,Negotiation,2024-02-20T18:30:59.999999+01:00
d1,20000,won,Signed,2024-03-05T12:00:00.250+01:00
# A skip, a move back and a skip to the end.
d2,7500.50,stage,Enquiry,2024-01-10T09:00:00.123456+01:00
d2,7500.50,stage,Negotiation,2024-01-15T10:00:00Z
d2,7500.50,stage,Survey,2024-01-20T10:00:00Z
d2,7500.50,won,Signed,2024-01-25T10:00:00Z
# An undone move, then the same move, then lost.
d3,100,stage,Survey,2024-01-11T08:00:00Z
d3,100,stage,Bidding,2024-01-12T08:00:00Z
d3,100,stage,Survey,2024-01-12T08:02:00Z
d3,100,stage,Bidding,2024-01-14T08:00:00Z
d3,100,lost,price,2024-01-16T08:00:00Z
# A move over two stages that is undone after exactly five minutes (d4), and a microsecond too late (d5).
d4,200,stage,Enquiry,2024-01-12T08:00:00Z
d4,200,stage,Negotiation,2024-01-13T08:00:00Z
d4,200,stage,Enquiry,2024-01-13T08:05:00Z
d5,200,stage,Enquiry,2024-01-12T08:00:00Z
d5,200,stage,Negotiation,2024-01-13T08:00:00Z
d5,200,stage,Enquiry,2024-01-13T08:05:00.000001Z
# An undone move back (d6), and an undone move with a change of the amount (d7).
d6,300,stage,Bidding,2024-01-12T11:00:00Z
d6,300,stage,Enquiry,2024-01-12T11:10:00Z
d6,300,stage,Bidding,2024-01-12T11:11:00Z
d7,300,stage,Bidding,2024-01-12T11:00:00Z
d7,300,stage,Negotiation,2024-01-12T11:10:00Z
d7,450,stage,Bidding,2024-01-12T11:11:00Z
# Lost, reopened elsewhere, lost, won at once.
d8,1000,stage,Survey,2024-01-05T08:00:00+05:30
d8,1000,lost,silence,2024-01-08T08:00:00+05:30
d8,1200,stage,Bidding,2024-02-08T08:00:00+05:30
d8,1200,lost,price,2024-02-10T08:00:00+05:30
d8,1100,won,Signed,2024-02-11T08:00:00+05:30
# Several events at one instant are one change; a move there and back at one instant is none.
d9,50,stage,Enquiry,2024-01-06T08:00:00Z
d9,50,stage,Bidding,2024-01-06T09:00:00+01:00
d9,50,stage,Survey,2024-01-09T08:00:00Z
d9,50,stage,Bidding,2024-01-09T08:00:00Z
d9,50,stage,Negotiation,2024-01-19T08:00:00Z
d9,50,lost,silence,2024-01-19T08:00:00Z
# Won, reopened, lost; a second loss has no effect.
d10,60,stage,Bidding,2024-01-07T08:00:00Z
d10,60,won,Signed,2024-01-08T08:00:00Z
d10,60,stage,Negotiation,2024-01-09T08:00:00Z
d10,60,lost,price,2024-01-10T08:00:00Z
d10,60,lost,silence,2024-01-11T08:00:00Z
# Won by a move into the won stage; moved out of it and lost at the same instant.
d11,70,stage,Survey,2024-01-07T08:00:00Z
d11,70,stage,Signed,2024-01-09T08:00:00Z
d11,70,stage,Bidding,2024-02-09T08:00:00Z
d11,70,lost,price,2024-02-09T08:00:00Z
# The amount rises and falls, with and without a move; the same stage again is no move.
d12,80,stage,Enquiry,2024-01-07T08:00:00Z
d12,95,stage,Survey,2024-01-08T08:00:00Z
d12,90,stage,Survey,2024-01-09T08:00:00Z
# The month ends at different instants in different time zones.
d13,1,stage,Enquiry,2024-01-31T23:30:00-05:00
d13,1,stage,Survey,2024-02-01T00:30:00+09:00
d13,1,stage,Bidding,2024-02-29T23:59:59.999999Z
# Created as won (d14); created as lost (d15).
d14,2,won,Signed,2024-03-01T00:00:00Z
d15,3,stage,Survey,2024-03-01T00:00:00Z
d15,3,lost,price,2024-03-01T00:00:00Z
# Lost in a stage and reopened in the same stage within five minutes: an undone end.
d16,4,stage,Survey,2024-03-02T00:00:00Z
d16,4,lost,price,2024-03-02T00:01:00Z
d16,4,stage,Survey,2024-03-02T00:02:00Z
"""
SMALL_LOG = HEADER + "".join(line + "\n" for line in SMALL_LOG_LINES.split("\n") if line and not line.startswith("#"))
BAD_LOGS = {
    "": "deal, amount, event, stage, at are wanted",
    HEADER: "at least one line",
    "deal,amount,event,stage\nd1,1,stage,A\n": "columns",
    HEADER.replace("at", "when"): "columns",
    HEADER.replace("\n", ",owner\n"): "columns",
    HEADER + "d1,1,stage,A\n": "line 2 has 4 values",
    HEADER + "d1,1,stage,A,yesterday\n": "line 2: `yesterday` is no time",
    HEADER + "d1,1,stage,A,2024-01-10T09:00:00\n": "no time with an offset",
    HEADER + "d1,1,stage,A,2024-13-10T09:00:00Z\n": "no time",
    HEADER + "d1,1,stage,A,2999-01-10T09:00:00Z\n": "is in the future",
    HEADER + "d1,1,stage,A,2024-01-10T09:00:00Z\nd1,1,paused,A,2024-01-11T09:00:00Z\n": "line 3: `paused` is no event",
    HEADER + "d1,much,stage,A,2024-01-10T09:00:00Z\n": "`much` is no amount",
    HEADER + "d1,nan,stage,A,2024-01-10T09:00:00Z\n": "`nan` is no amount",
    HEADER + "d1,1,stage,,2024-01-10T09:00:00Z\n": "no stage",
    HEADER + ",1,stage,A,2024-01-10T09:00:00Z\n": "no deal",
    HEADER + "d1,1,lost,price,2024-01-10T09:00:00Z\n": "was in no stage before",
    HEADER + "d1,1,won,A,2024-01-10T09:00:00Z\nd1,1,lost,price,2024-01-11T09:00:00Z\n": "is won (A) when",
    HEADER + 'd1,1,stage,"A,2024-01-10T09:00:00Z\n': "no csv",
}


@pytest.fixture(scope="session")
def replay(odoo_environment):
    """A function that runs the command and returns (exit code, output).

    Its argument `interrupt` is a function; once that returns true, the command gets Ctrl-C.
    """

    def run(*arguments, interrupt=None):
        command = [sys.executable, str(places.ROOT / "sandbox"), "replay", *map(str, arguments)]
        process = subprocess.Popen(
            command,
            env=odoo_environment,
            stdin=subprocess.DEVNULL,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # If the tests run in the background, SIGINT is ignored, and child processes inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  one call, no lock
        )
        while interrupt and process.poll() is None:
            time.sleep(0.5)
            if interrupt():
                process.send_signal(signal.SIGINT)
                break
        output, _nothing = process.communicate(timeout=3600)
        return process.returncode, output

    return run


@pytest.fixture(scope="module")
def small_log(tmp_path_factory):
    path = tmp_path_factory.mktemp("logs") / "small.csv"
    path.write_text(SMALL_LOG, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def small_db(replay, small_log, empty_template):
    """The name of a database into which the small log was played in two calls."""
    with copied(empty_template, "replay_small", stamped=True) as name:
        for arguments, message in ((("--deals", 5), "of 5 deals, "), ((), "of 16 deals, ")):
            code, output = replay(small_log, "--db", name, *arguments)
            assert code == 0, output
            assert message in output
        yield name


def differences(name, path, deals=None):
    """Return the differences between the ledgers of a database and a file, as a list of texts."""
    events = plain_pipeline.read(path, deals)
    until = events[-1]["at"] + timedelta(days=1)
    with LedgerTables(name, until.astimezone(timezone.utc).replace(tzinfo=None)) as tables:
        expected = plain_pipeline.Pipeline(events, tables.zone)
        return list(
            itertools.chain.from_iterable(
                (
                    tables.differences_of_visits(expected, until),
                    tables.differences_of_months(expected),
                    tables.differences_of_movements(expected),
                    tables.differences_of_funnels(expected),
                )
            )
        )


def test_replayed_ledgers_match_the_small_log(small_db, small_log):
    assert differences(small_db, small_log) == []


def test_the_small_log_covers_skips_and_corrections(small_db, small_log):
    expected = plain_pipeline.Pipeline(plain_pipeline.read(small_log))
    assert expected.order == ["Enquiry", "Survey", "Bidding", "Negotiation", "Signed"]
    outcomes = expected.outcomes()
    assert outcomes["Bidding", "skipped"] == 3
    # d3, d6 and d7: the stage of the undone move. d4: that stage and the two skipped ones. d10 and d11: the stages that
    # the win skipped which was taken back.
    assert sum(count for (_stage, outcome), count in outcomes.items() if outcome == "correction") == 9


def test_every_record_has_the_time_of_its_event(small_db):
    query = """
        SELECT name, create_date, date_closed, stage_entered_at, write_date,
               (SELECT max(date) FROM mail_message WHERE model = 'crm.lead' AND res_id = crm_lead.id)
        FROM crm_lead WHERE name = 'd1'
    """
    [[_name, *times]] = databases.query(query, small_db)
    assert times == [
        "2024-01-10 08:00:00.123456",
        "2024-03-05 11:00:00",
        "2024-03-05 11:00:00.25",
        "2024-03-05 11:00:00.25",
        "2024-03-05 11:00:00",
    ]
    late = "SELECT count(*) FROM mail_message WHERE model = 'crm.lead' AND greatest(date, create_date) > '2024-03-06'"
    assert databases.query(late, small_db) == [["0"]]


def test_a_log_is_not_played_twice(replay, small_db, small_log):
    query = "SELECT count(*), max(id) FROM mail_message"
    before = databases.query(query, small_db)
    code, output = replay(small_log, "--db", small_db)
    assert (code, databases.query(query, small_db)) == (0, before)
    assert "played already" in output


def test_another_log_is_refused(replay, small_db, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text(SMALL_LOG.replace("d16", "d17"), encoding="utf-8")
    assert_refused(replay(path, "--db", small_db), "another log")


def test_a_database_in_use_is_refused(replay, module_db, small_log):
    assert_refused(replay(small_log, "--db", module_db), "in use for something else")


@pytest.mark.parametrize(("text", "message"), BAD_LOGS.items())
def test_a_bad_log_is_refused(replay, tmp_path, text, message):
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    assert_refused(replay(path, "--db", databases.scratch_name("never")), message)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.csv"], "cannot be read"),
        (["."], "cannot be read"),
        (["{log}", "--deals", "-3"], "--deals -3"),
        (["{log}", "--deals", "0"], "--deals 0"),
        (["{log}", "--db", "No-Name"], "no database name"),
    ],
)
def test_bad_arguments_are_refused(replay, small_log, arguments, message):
    assert_refused(replay(*(argument.format(log=small_log) for argument in arguments)), message)


def test_a_file_that_is_no_text_is_refused(replay, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_bytes(b"\xff\xfe\x00d")
    assert_refused(replay(path), "no csv in UTF-8")


def assert_refused(run, message):
    """Check that the command printed one line that says what to do, and did nothing."""
    code, output = run
    assert code == 2, output
    assert message in output
    assert len(output.splitlines()) == 1, output


def test_replayed_ledgers_match_the_log_of_a_bank(replay, empty_template):
    """The command is interrupted and continued, which this log is long enough for."""
    if not BANK_LOG.exists():
        pytest.xfail(f"{BANK_LOG.name} is absent: it is looked for in ../shared/data beside the checkout")
    arguments = ["--deals", BANK_DEALS] if BANK_DEALS else []
    with copied(empty_template, "replay_bank", stamped=True) as name:

        def has_played_some():
            return int(databases.query("SELECT count(*) FROM crm_lead", name)[0][0]) > 50

        code, output = replay(BANK_LOG, "--db", name, *arguments, interrupt=has_played_some)
        assert (code, "the same command continues from there" in output) == (130, True), output
        code, output = replay(BANK_LOG, "--db", name, *arguments)
        assert code == 0, output
        assert differences(name, BANK_LOG, BANK_DEALS) == []

"""The command `import`: imports another program's history into a database.

This part checks the arguments, makes the database if it is missing and runs `importing_in_odoo.py` in it. The format of
the file is described in docs/administrators.md.
"""

import argparse
import json
import zoneinfo
from pathlib import Path

import databases
import places
import postgres
import serving
import setup
import working
from problems import Problem

# As in history/settings.py, which can be imported in Odoo's own Python alone.
ENCODINGS = (
    "utf-8", "utf-16", "gb18030", "big5", "shift_jis", "cp949", "cp1252", "cp1250", "cp1251", "latin-1",
)  # fmt: skip
LAYOUTS = ("events", "stage_columns", "deals")
ENDS = ("stage", "won", "lost", "left_out")
MEANINGS = (
    "ignored",
    *("deal", "name", "stage", "at", "event", "created_at", "won_at", "lost_at", "closed_at", "status", "lost_reason"),
    *("amount", "currency", "date_deadline", "customer", "salesperson", "team", "deleted", "stage_entered"),
    *("old_stage", "field"),
)
SINGLE = ("encoding", "layout", "date_order", "decimal", "zone")


def run(arguments):
    """Check the arguments, make the database if it is missing, and import the file."""
    options = parse(arguments)
    path, bad = Path(options.file), options.bad and Path(options.bad)
    check_file(path)
    if bad and (not bad.absolute().parent.is_dir() or bad.is_dir()):
        raise Problem(f"{bad} cannot be written: name a file in a directory that is there with --bad.")
    databases.check_name(options.db)
    setup.prepare()
    with postgres.in_use(leave_running=True):
        stamps = databases.stamps()
        if options.db in stamps and databases.query("SELECT to_regclass('crm_lead') IS NULL", options.db) == [["t"]]:
            raise Problem(f"the database {options.db} has no CRM: name another database with --db.")
        serving.ensure_database(options.db, demo=False)
        script = places.PARTS / "importing_in_odoo.py"
        files = [path.absolute(), bad.absolute() if bad else ""]
        return abs(working.run_in_odoo(options.db, script, [*map(str, files), json.dumps(chosen(options))]))


def parse(arguments):
    """Return the parsed options."""
    parser = argparse.ArgumentParser(prog="sandbox import", description=__doc__)
    parser.add_argument("file", metavar="FILE", help="CSV, TSV, XLSX, XLS or ODS (see docs/administrators.md)")
    parser.add_argument(
        "--db", default=working.DEFAULT_DATABASE, metavar="NAME", help="created if missing, without demo data"
    )
    parser.add_argument(
        "--bad",
        metavar="FILE",
        help="import the opportunities without errors, and write the lines of the others to this file",
    )
    parser.add_argument("--look", action="store_true", help="show how the file is read, and import nothing")
    parser.add_argument("--encoding", choices=ENCODINGS)
    parser.add_argument(
        "--layout", choices=LAYOUTS, help="a line an event; a line a deal with a column a stage, or with its times"
    )
    parser.add_argument("--date-order", choices=("YMD", "DMY", "MDY"), help="order of year, month and day")
    parser.add_argument("--decimal", choices=(".", ","), help="sign before the fraction of amounts")
    parser.add_argument("--zone", metavar="ZONE", help="time zone of times without one, such as Europe/Brussels")
    parser.add_argument(
        "--column", action="append", default=[], metavar="HEADING=MEANING", help=f"one of {', '.join(MEANINGS)}"
    )
    parser.add_argument(
        "--end",
        action="append",
        default=[],
        metavar="NAME=KIND",
        help=f"what the name of a stage stands for: {', '.join(ENDS)}",
    )
    parser.add_argument(
        "--take-proposals",
        action="store_true",
        help="take names of stages that are probably won or lost as --look proposes, instead of refusing the file",
    )
    return parser.parse_args(arguments)


#: What :func:`chosen` returns without options.
NOTHING_CHOSEN = {"look": False, "take_proposals": False, "single": {}, "columns": [], "ends": []}


def chosen(options):
    """Return what was chosen about the file, as values of JSON.

    :raises Problem: if a meaning, a kind or a time zone is unknown
    """
    if options.zone and options.zone not in zoneinfo.available_timezones():
        raise Problem(f"--zone: there is no time zone {options.zone}. Write one such as Europe/Brussels.")
    columns = [pair(text, "--column", MEANINGS) for text in options.column]
    return {
        "look": options.look,
        "take_proposals": options.take_proposals,
        "single": {name: getattr(options, name) or "" for name in SINGLE},
        "columns": [(heading, "" if meaning == "ignored" else meaning) for heading, meaning in columns],
        "ends": [pair(text, "--end", ENDS) for text in options.end],
    }


def pair(text, option, known):
    """Return the two sides of NAME=VALUE. The name may hold further signs.

    :raises Problem: if the value is unknown
    """
    name, sign, value = text.rpartition("=")
    if not sign or not name.strip() or value not in known:
        raise Problem(f"{option} {text}: write NAME=VALUE, where VALUE is one of {', '.join(known)}.")
    return name.strip(), value


def check_file(path):
    """Raise a problem if the file cannot be read."""
    try:
        with open(path, "rb") as file:
            file.read(1)
    except OSError as error:
        raise Problem(f"{path} cannot be read ({error.strerror}): name a CSV or XLSX of events.") from None

"""The command `import`: imports another program's history into a database.

This part checks the arguments, makes the database if it is missing and runs `importing_in_odoo.py` in it. The format of
the file is described in docs/administrators.md.
"""

import argparse
from pathlib import Path

import databases
import places
import postgres
import serving
import setup
import working
from problems import Problem


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
        return abs(working.run_in_odoo(options.db, script, [str(file) for file in files]))


def parse(arguments):
    """Return the parsed options."""
    parser = argparse.ArgumentParser(prog="sandbox import", description=__doc__)
    parser.add_argument("file", metavar="FILE", help="CSV or XLSX, a line an event (see docs/administrators.md)")
    parser.add_argument(
        "--db", default=working.DEFAULT_DATABASE, metavar="NAME", help="made if missing, without demo data"
    )
    parser.add_argument(
        "--bad",
        metavar="FILE",
        help="import the opportunities without faults, and write the lines of the others to this file",
    )
    return parser.parse_args(arguments)


def check_file(path):
    """Raise a problem if the file cannot be read."""
    try:
        with open(path, "rb") as file:
            file.read(1)
    except OSError as error:
        raise Problem(f"{path} cannot be read ({error.strerror}): name a CSV or XLSX of events.") from None

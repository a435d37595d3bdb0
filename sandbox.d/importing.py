"""The command `import`: brings the history of another program into a database.

What the file must look like, and what is made of it, is the module's business; this part minds the database and lets
`importing_in_odoo.py` do the work there.
"""

import argparse
from pathlib import Path

import places
from problems import Problem
from working import DEFAULT_DATABASE


def run(arguments):
    """Check file and database, make what is missing, then import."""
    options = parse(arguments)
    path, bad = Path(options.file), options.bad and Path(options.bad)
    check_file(path)
    if bad and (not bad.absolute().parent.is_dir() or bad.is_dir()):
        raise Problem(f"{bad} cannot be written: name a file in a directory that is there with --bad.")
    # Only the command itself needs the sandbox's other parts; Odoo's process does not.
    import databases
    import postgres
    import serving
    import setup
    import working

    databases.check_name(options.db)
    setup.prepare()
    with postgres.in_use(leave_running=True):
        known = databases.stamps()
        if options.db in known and databases.query("SELECT to_regclass('crm_lead') IS NULL", options.db) == [["t"]]:
            raise Problem(f"the database {options.db} has no CRM: name another database with --db.")
        serving.ensure_database(options.db, demo=False)
        script = places.PARTS / "importing_in_odoo.py"
        files = [path.absolute(), bad.absolute() if bad else ""]
        return abs(working.run_in_odoo(options.db, script, [str(file) for file in files]))


def parse(arguments):
    """The options."""
    parser = argparse.ArgumentParser(prog="sandbox import", description=__doc__)
    parser.add_argument("file", metavar="FILE", help="CSV or XLSX, a line an event (see docs/administrators.md)")
    parser.add_argument("--db", default=DEFAULT_DATABASE, metavar="NAME", help="made if missing, without demo data")
    parser.add_argument(
        "--bad",
        metavar="FILE",
        help="import the opportunities without faults, and write the lines of the others to this file",
    )
    return parser.parse_args(arguments)


def check_file(path):
    """Refuse what cannot be read, before anything is begun."""
    try:
        with open(path, "rb") as file:
            file.read(1)
    except OSError as error:
        raise Problem(f"{path} cannot be read ({error.strerror}): name a CSV or XLSX of events.") from None

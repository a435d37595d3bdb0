"""The commands of daily work: odoo, shell, psql, stop, clean."""

import sys

import databases
import places
import postgres
import processes
import setup

DEFAULT_DATABASE = "sales"


def run_odoo(arguments):
    """Run Odoo with any arguments of its own."""
    setup.prepare()
    with postgres.in_use(leave_running=True):
        return processes.run_attached(databases.odoo_command(*arguments), setup.environment())


def run_shell(arguments):
    """Open Odoo's shell on a database, the one of `run` unless -d names another."""
    if not any(argument.startswith(("-d", "--database")) for argument in arguments):
        arguments = ["-d", DEFAULT_DATABASE, *arguments]
    return run_odoo(["shell", "--no-http", *arguments])


def run_psql(arguments):
    """Open psql, on the database of `run` unless another is named."""
    setup.prepare()
    named = any(not argument.startswith("-") for argument in arguments)
    chosen = any(argument.startswith(("-d", "--dbname", "-l", "--list")) for argument in arguments)
    prefix = [] if named or chosen else ["-d", DEFAULT_DATABASE]
    with postgres.in_use(leave_running=True):
        command = [postgres.binaries() / "psql", *prefix, *arguments]
        return processes.run_attached(command, setup.environment())


def run_in_odoo(database, script, arguments=()):
    """Run a Python script with an Odoo environment; return its exit code.

    The script has `env`, `registry` and `arguments` as globals. Nothing is set
    up here: call it between `setup.prepare()` and the end of `postgres.in_use`.
    """
    command = [places.VENV_PYTHON, places.PARTS / "in_odoo.py", database, script, *arguments]
    return processes.run_attached(command, setup.environment())


def run_script(arguments):
    """Run a Python script with an Odoo environment: DB FILE [ARGS]."""
    database, script, *rest = arguments
    setup.prepare()
    with postgres.in_use(leave_running=True):
        return run_in_odoo(database, script, rest)


def run_stop(_arguments):
    """Stop the private PostgreSQL."""
    sys.stderr.write("PostgreSQL stopped.\n" if postgres.stop() else "PostgreSQL was not running.\n")
    return 0


def run_clean(_arguments):
    """Stop everything and remove .sandbox."""
    setup.remove()
    return 0

"""The commands `odoo`, `shell`, `script`, `psql`, `stop` and `clean`."""

import sys

import databases
import places
import postgres
import processes
import setup

DEFAULT_DATABASE = "sales"


def run_odoo(arguments):
    """Run Odoo with some arguments.

    :return: the exit code
    """
    setup.prepare()
    with postgres.in_use(leave_running=True):
        return processes.run_attached(databases.odoo_command(*arguments), setup.environment())


def run_shell(arguments):
    """Open Odoo's shell on a database: that of `run`, unless -d names another.

    :return: the exit code
    """
    if not any(argument.startswith(("-d", "--database")) for argument in arguments):
        arguments = ["-d", DEFAULT_DATABASE, *arguments]
    return run_odoo(["shell", "--no-http", *arguments])


def run_psql(arguments):
    """Open psql on a database: that of `run`, unless the arguments name another.

    :return: the exit code
    """
    setup.prepare()
    named = any(not argument.startswith("-") for argument in arguments)
    chosen = any(argument.startswith(("-d", "--dbname", "-l", "--list")) for argument in arguments)
    prefix = [] if named or chosen else ["-d", DEFAULT_DATABASE]
    with postgres.in_use(leave_running=True):
        command = [postgres.binaries() / "psql", *prefix, *arguments]
        return processes.run_attached(command, setup.environment())


def run_in_odoo(database, script, arguments=()):
    """Run a Python script with an Odoo environment.

    The script has the globals `env`, `registry` and `arguments`. Nothing is set up here: call `setup.prepare()` before,
    and call this within `postgres.in_use`.

    :return: the exit code
    """
    command = [places.VENV_PYTHON, places.PARTS / "in_odoo.py", database, script, *arguments]
    return processes.run_attached(command, setup.environment())


def run_script(arguments):
    """Run a Python script with an Odoo environment.

    :param list arguments: database, file and the script's own arguments
    :return: the exit code
    """
    database, script, *rest = arguments
    setup.prepare()
    with postgres.in_use(leave_running=True):
        return run_in_odoo(database, script, rest)


def run_stop(_arguments):
    """Stop the private PostgreSQL.

    :return: the exit code
    """
    sys.stderr.write("PostgreSQL stopped.\n" if postgres.stop() else "PostgreSQL was not running.\n")
    return 0


def run_clean(_arguments):
    """Stop the private PostgreSQL and remove .sandbox.

    :return: the exit code
    """
    setup.remove()
    return 0

"""The table of commands, and the handling of errors that end a command."""

import importlib
import signal
import sys

from problems import Problem

# name: (module in sandbox.d, function that takes the arguments, help)
COMMANDS = {
    "run": ("serving", "run", "[--db NAME] [--port N] [--empty]  serve CRM, the module and demo data"),
    "test": ("testing", "run", "[PYTEST ARGS]  run all tests"),
    "lint": ("linting", "run", "[--fix]  run all linters"),
    "odoo": ("working", "run_odoo", "ARGS  run Odoo itself"),
    "shell": ("working", "run_shell", "[-d NAME]  Odoo's Python shell"),
    "script": ("working", "run_script", "NAME FILE [ARGS]  a Python script with `env`"),
    "replay": ("replay", "run", "FILE [--db NAME] [--deals N]  play a log of events through CRM"),
    "import": ("importing", "run", "FILE [--db NAME] [--look] [...]  import the history of another program"),
    "psql": ("working", "run_psql", "[ARGS]  PostgreSQL's shell"),
    "stop": ("working", "run_stop", "stop PostgreSQL"),
    "clean": ("working", "run_clean", "stop everything and remove .sandbox"),
}


def show_help(stream):
    """Print one line for each command.

    :param stream: where to print
    """
    stream.write("usage: ./sandbox COMMAND\n\n")
    for name, (_module, _function, text) in COMMANDS.items():
        stream.write(f"  {name:<7} {text}\n")


def raise_interrupt(_number, _frame):
    """Turn SIGTERM and SIGHUP into Ctrl-C, so that `finally` blocks stop the processes that were started."""
    raise KeyboardInterrupt


def main(arguments):
    """Run one command.

    :param list arguments: the name of the command and its arguments
    :return: the exit code
    """
    name = arguments[0] if arguments else "help"
    if name in ("help", "-h", "--help"):
        show_help(sys.stdout)
        return 0
    if name not in COMMANDS:
        sys.stderr.write(f"sandbox: there is no command `{name}`: `./sandbox help` names them.\n")
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, raise_interrupt)
    module, function, _help = COMMANDS[name]
    try:
        return getattr(importlib.import_module(module), function)(arguments[1:])
    except Problem as problem:
        sys.stderr.write(f"sandbox: {' '.join(str(problem).split())}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nsandbox: interrupted; the next call continues from here.\n")
        return 130

"""The command `test`: everything set up, then pytest, in as many processes as serve."""

import os
import re
import signal

import browser
import databases
import places
import postgres
import processes
import setup

# Each process has a database and a server of its own, and as much memory as they take.
MOST_PROCESSES = 4
# Who debugs needs the terminal, and who only lists no tests no second process. -n is whoever's own choice.
ALONE = re.compile(r"-[lqvx]*[hs][lqvx]*|--(help|capture=no|pdb|trace|co|collect-only)|(-n|--numprocesses).*")


def run(arguments):
    """Run pytest in Odoo's environment; its closing line is the last one."""
    # First, because without a browser all the rest would be made in vain.
    browser.ensure()
    setup.prepare()
    with postgres.in_use(leave_running=False):
        databases.drop_scratch()
        command = [places.VENV_PYTHON, "-m", "pytest", *sharing(arguments), *arguments]
        try:
            # Only on SIGINT does pytest still drop its databases.
            return processes.run_attached(command, setup.environment(), signal.SIGINT, cwd=places.ROOT)
        finally:
            # One of several processes that is interrupted has not always the time to do it.
            databases.drop_scratch()


def sharing(arguments, cores=None):
    """The options that share a run among processes; none where one process is quicker, or wanted.

    Each process begins with loading Odoo, which single files are not worth.
    """
    count = min(cores or len(os.sched_getaffinity(0)), MOST_PROCESSES)
    if count < 2 or any(is_for_one(argument) for argument in arguments):
        return []
    return ["-n", str(count)]


def is_for_one(argument):
    """Whether an argument of pytest's speaks for one process: an option of that kind, or the path of a file."""
    if ALONE.fullmatch(argument):
        return True
    return (places.ROOT / argument.split("::", 1)[0]).is_file()

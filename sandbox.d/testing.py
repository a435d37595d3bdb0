"""The command `test`: set up what is missing, then run pytest in several processes."""

import os
import re
import signal

import browser
import databases
import places
import postgres
import processes
import setup

# Each process has a database and a server of its own, so memory sets the limit.
MOST_PROCESSES = 4
# Options with which one process is used: a debugger or `-s` needs the terminal, a list of tests needs no second
# process, and -n is the caller's choice.
SINGLE_PROCESS = re.compile(r"-[lqvx]*[hs][lqvx]*|--(help|capture=no|pdb|trace|co|collect-only)|(-n|--numprocesses).*")


def run(arguments):
    """Run pytest in Odoo's environment.

    :return: the exit code
    """
    # First, because the rest of the set-up is useless without a browser.
    browser.ensure()
    setup.prepare()
    with postgres.in_use(leave_running=False):
        databases.drop_scratch()
        command = [places.VENV_PYTHON, "-m", "pytest", *sharing_options(arguments), *arguments]
        try:
            # SIGINT, because pytest drops its databases only then.
            return processes.run_attached(command, setup.environment(), signal.SIGINT, cwd=places.ROOT)
        finally:
            # An interrupted worker process may end before it has dropped its databases.
            databases.drop_scratch()


def sharing_options(arguments, cores=None):
    """Return pytest's options that share a run among processes, or none if one process is faster or asked for.

    Each process has to load Odoo first, which takes longer than the tests of a single file.

    :param list arguments: the arguments for pytest
    :param int cores: number of processors; without it, those that this process may use
    """
    count = min(cores or len(os.sched_getaffinity(0)), MOST_PROCESSES)
    if count < 2 or any(wants_one_process(argument) for argument in arguments):
        return []
    return ["-n", str(count)]


def wants_one_process(argument):
    """Return whether an argument of pytest asks for one process: by an option, or as the path of a file."""
    if SINGLE_PROCESS.fullmatch(argument):
        return True
    return (places.ROOT / argument.split("::", 1)[0]).is_file()

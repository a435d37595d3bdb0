"""The command `test`: everything set up, then pytest."""

import signal

import browser
import databases
import places
import postgres
import processes
import setup


def run(arguments):
    """Run pytest in Odoo's environment; its closing line is the last one."""
    # First, because without a browser all the rest would be made in vain.
    browser.ensure()
    setup.prepare()
    with postgres.in_use(leave_running=False):
        databases.drop_scratch()
        command = [places.VENV_PYTHON, "-m", "pytest", *arguments]
        # Only on SIGINT does pytest still drop its databases.
        return processes.run_attached(command, setup.environment(), signal.SIGINT, cwd=places.ROOT)

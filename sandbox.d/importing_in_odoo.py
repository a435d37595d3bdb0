"""Imports another program's history with an Odoo environment. `importing.py` runs this script in the database.

Each chunk of opportunities is committed. If the command is interrupted, the same command continues from there.
"""

import sys
import time
from pathlib import Path

from odoo.addons.sales_process_control.models.history_import.history_plan import MOST_FAULTS, Options
from odoo.exceptions import UserError


class Progress:
    """Commits each chunk, and shows how many opportunities are imported and how long the rest will take."""

    def __init__(self, env):
        self.env = env
        self.begun = time.monotonic()

    def __call__(self, done, total):
        """Commit, and show the progress."""
        self.env.cr.commit()
        left = (total - done) * (time.monotonic() - self.begun) / done
        text = f"{done:,} of {opportunities(total)}, {span(left)} left"
        sys.stderr.write(f"\r\033[K{text}" if sys.stderr.isatty() else f"{text}\n")
        sys.stderr.flush()


def main(env, path, bad):
    """Import a file.

    :param str path: the file
    :param str bad: file for the lines with faults; empty to import nothing if there are faults
    :return: the exit code
    """
    # The administrator instead of the superuser: the records get his name, and access rights are checked.
    env = env(user=env.ref("base.user_admin"), context={"lang": "en_US"})
    importer = env["crm.history.importer"]
    progress = Progress(env)
    plan = importer.examine(Path(path).read_bytes(), Options(skip_bad=bool(bad)))
    if not plan.can_import:
        return refuse(path, importer, plan)
    try:
        outcome = importer.run(plan, Path(path).name, progress)
    except UserError as error:
        sys.stderr.write(f"\nsandbox: {' '.join(str(error).split())}\n")
        return 2
    if outcome.skipped:
        Path(bad).write_bytes(importer.bad_lines(plan))
    env.cr.commit()
    show(env, outcome, time.monotonic() - progress.begun, bad)
    return 0


def refuse(path, importer, plan):
    """List the faults; return the exit code."""
    lines = [importer.fault_as_text(fault) for fault in plan.faults[:MOST_FAULTS]]
    if len(plan.faults) > MOST_FAULTS:
        lines.append(f"... and {len(plan.faults) - MOST_FAULTS:,} more.")
    lines = lines or ["There is nothing to import."]
    sys.stderr.write(f"sandbox: nothing of {path} was imported.\n" + "".join(f"  {line}\n" for line in lines))
    return 2


def show(env, outcome, seconds, bad):
    """Show the outcome and how to look at it."""
    start = "\r\033[K" if sys.stderr.isatty() else ""
    sys.stderr.write(f"{start}Imported {opportunities(outcome.created)} in {span(seconds)}.\n")
    sys.stderr.write("".join(f"  {line}\n" for line in result_lines(outcome, bad)))
    sys.stderr.write(f"  ./sandbox run --db {env.cr.dbname}   shows them\n")


def result_lines(outcome, bad):
    """Return what was done with opportunities that were not created, one sentence a line."""
    names = ", ".join(outcome.left_alone)
    for count, one, many in (
        (outcome.extended, "of an earlier import was continued", "of earlier imports were continued"),
        (outcome.unchanged, "was imported before, with all of this", "were imported before, with all of this"),
        (outcome.skipped, f"was left out for its faults: {bad}", f"were left out for their faults: {bad}"),
        (
            len(outcome.left_alone),
            f"was changed in Odoo since and left alone: {names}",
            f"were changed in Odoo since and left alone: {names}",
        ),
    ):
        if count:
            yield f"{count:,} {one if count == 1 else many}"


def opportunities(count):
    """Return a number of opportunities: "1 opportunity", "1,200 opportunities"."""
    return f"{count:,} {'opportunity' if count == 1 else 'opportunities'}"


def span(seconds):
    """Return a length of time: "4 min 30 s"."""
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


if __name__ == "__main__":
    # `in_odoo.py` sets these globals.
    sys.exit(main(env, *arguments))  # noqa: F821

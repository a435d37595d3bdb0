"""Imports a history with an Odoo environment; `importing.py` has made the database.

Each chunk of opportunities is committed: interrupted, the same command goes on from there.
"""

import sys
import time
from pathlib import Path

from odoo.addons.sales_process_control.models.history_import.history_plan import MOST_FAULTS, Options
from odoo.exceptions import UserError


class Progress:
    """How much is imported, and how long the rest will take."""

    def __init__(self, env):
        self.env = env
        self.begun = time.monotonic()

    def __call__(self, done, total):
        """Keep what is done, and say so."""
        self.env.cr.commit()
        left = (total - done) * (time.monotonic() - self.begun) / done
        text = f"{done:,} of {total:,} opportunities, {span(left)} left"
        sys.stderr.write(f"\r\033[K{text}" if sys.stderr.isatty() else f"{text}\n")
        sys.stderr.flush()


def main(env, path, bad):
    """Import a file; return the exit code."""
    # The administrator, not the superuser: rules and authorship are part of the work.
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
    """List what is wrong."""
    lines = [importer.fault_as_text(fault) for fault in plan.faults[:MOST_FAULTS]]
    if len(plan.faults) > MOST_FAULTS:
        lines.append(f"... and {len(plan.faults) - MOST_FAULTS:,} more.")
    lines = lines or ["There is nothing to import."]
    sys.stderr.write(f"sandbox: nothing of {path} was imported.\n" + "".join(f"  {line}\n" for line in lines))
    return 2


def show(env, outcome, seconds, bad):
    """Say how it ended."""
    start = "\r\033[K" if sys.stderr.isatty() else ""
    sys.stderr.write(f"{start}Imported {outcome.created:,} opportunities in {span(seconds)}.\n")
    for count, text in (
        (outcome.extended, "of earlier imports were continued"),
        (outcome.unchanged, "were imported before, with all of this"),
        (outcome.skipped, f"were left out for their faults: {bad}"),
        (len(outcome.left_alone), f"were changed in Odoo since and left alone: {', '.join(outcome.left_alone)}"),
    ):
        if count:
            sys.stderr.write(f"  {count:,} {text}\n")
    sys.stderr.write(f"  ./sandbox run --db {env.cr.dbname}   shows them\n")


def span(seconds):
    """A length of time as people say it."""
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


if __name__ == "__main__":
    # What in_odoo.py gives to scripts as globals.
    sys.exit(main(env, *arguments))  # noqa: F821

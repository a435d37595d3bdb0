"""Imports another program's history with an Odoo environment. `importing.py` runs this script in the database.

Each chunk of opportunities is committed. If the command is interrupted, the same command continues from there.
"""

import json
import sys
import time
from pathlib import Path

from odoo.addons.sales_process_control import history
from odoo.addons.sales_process_control.history import faults, name_key
from odoo.addons.sales_process_control.history.settings import HEADING_OF
from odoo.addons.sales_process_control.history.sheets import MOST_LINES, MOST_MEGABYTES
from odoo.addons.sales_process_control.models.history_import.history_choices import (
    choices_from_json,
    examine_as_chosen,
)
from odoo.addons.sales_process_control.models.history_import.history_plan import MOST_FAULTS, Options
from odoo.addons.sales_process_control.models.history_import.history_preview import preview_of
from odoo.addons.sales_process_control.models.history_import.large_file import UndecidedNamesError
from odoo.exceptions import UserError

#: The option that decides, by the code of a fault.
DECIDED_BY = {
    faults.AMBIGUOUS_DATE: "--date-order DMY, MDY or YMD",
    faults.AMBIGUOUS_AMOUNT: "--decimal . or ,",
    faults.BAD_DATE: "--date-order DMY, MDY or YMD",
    faults.BAD_NUMBER: "--decimal . or ,",
    faults.ENCODING: "--encoding",
    faults.COLUMN_TWICE: "--column HEADING=MEANING",
    faults.TOO_MANY_STAGES: "--column HEADING=MEANING",
    faults.UNDECIDED_END: "--end NAME=stage, won, lost or left_out",
    faults.NOT_WON: "--end NAME=stage, won, lost or left_out",
}


#: The meaning of a column, by what faults call a column that is missing.
MEANING_OF = {heading: meaning for meaning, heading in HEADING_OF.items()}
#: What a name of a stage stands for, in a sentence.
KINDS = {
    history.STAGE: "a stage, although it looks like an end",
    history.WON: "won",
    history.LOST: "lost",
    history.LEFT_OUT: "deleted",
}
#: Bytes from the beginning of a large file in which its headings are looked for.
HEAD = 1024 * 1024


class UnknownHeadingError(Exception):
    """Raised for a heading that the file does not have."""


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


def main(env, path, bad, chosen):
    """Import a file, or show how it is read.

    :param str path: the file
    :param str bad: file for the lines with faults; empty to import nothing if there are faults
    :param str chosen: what was chosen, as JSON; see ``importing.chosen``
    :return: the exit code
    """
    # The administrator instead of the superuser: the records get his name, and access rights are checked.
    env = env(user=env.ref("base.user_admin"), context={"lang": "en_US"})
    importer = env["crm.history.importer"]
    progress = Progress(env)
    chosen = json.loads(chosen)
    is_large = is_large_file(path)
    try:
        options = Options(skip_bad=bool(bad), take_proposals=chosen["take_proposals"])
        plan = plan_of(env, content_of(path, is_large), options, chosen)
    except UnknownHeadingError as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 2
    if chosen["look"]:
        show_look(env, plan, is_large)
        return 0
    undecided = () if options.take_proposals or plan.reading.is_unreadable else plan.undecided
    if not is_large and (undecided or not plan.can_import):
        return refuse(path, importer, plan, undecided)
    try:
        if is_large:
            outcome = importer.import_large_file(path, Path(path).name, plan.options, progress, bad_lines_writer(bad))
        else:
            outcome = importer.run(plan, Path(path).name, progress)
            importer.finish()
            if outcome.skipped:
                Path(bad).write_bytes(importer.bad_lines(plan))
    except UndecidedNamesError as error:
        return refuse(path, importer, None, error.stages)
    except UserError as error:
        sys.stderr.write(f"\nsandbox: {' '.join(str(error).split())}\n")
        return 2
    env.cr.commit()
    show(env, outcome, time.monotonic() - progress.begun, bad)
    return 0


def is_large_file(path):
    """Return whether a file has to be imported in parts."""
    if Path(path).stat().st_size > MOST_MEGABYTES * 1024 * 1024:
        return True
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(HEAD), b"")) > MOST_LINES


def content_of(path, is_large):
    """Return the content of a file; of a large one the whole lines of its beginning."""
    if not is_large:
        return Path(path).read_bytes()
    with open(path, "rb") as file:
        return file.read(HEAD).rpartition(b"\n")[0]


def bad_lines_writer(bad):
    """Return a function that appends the lines of each part of a large file to one file with one line of headings."""
    if not bad:
        return None
    Path(bad).unlink(missing_ok=True)

    def write(lines, _part):
        with open(bad, "ab") as file:
            file.write(lines.partition(b"\n")[2] if file.tell() else lines)

    return write


def plan_of(env, content, options, chosen):
    """Return the plan for a file.

    :param dict chosen: as in :func:`main`
    :raises UnknownHeadingError: if the file does not have a heading for which a meaning was chosen
    """
    importer = env["crm.history.importer"]
    zones = dict(env["res.partner"].fields_get(["tz"], ["selection"])["tz"]["selection"])
    ends = {name_key(name): kind for name, kind in chosen["ends"]}
    choices = choices_from_json({**chosen["single"], "ends": ends}, zones)
    if not chosen["columns"]:
        return examine_as_chosen(importer, content, options, choices)
    look = importer.examine(content, options._replace(settings=choices.settings())).reading.look
    indexes = {name_key(column.heading): column.index for column in reversed(look.columns)}
    columns = {}
    for heading, meaning in chosen["columns"]:
        if name_key(heading) not in indexes:
            known = ", ".join(column.heading for column in look.columns)
            raise UnknownHeadingError(f"--column: the file has no heading {heading}, but {known}.")
        columns[indexes[name_key(heading)]] = meaning
    return examine_as_chosen(importer, content, options, choices._replace(columns=columns))


def show_look(env, plan, is_large):
    """Write how a file is read, what is doubtful, and the first opportunities; of a large file only its beginning."""
    look, importer = plan.reading.look, env["crm.history.importer"]
    stages = env["crm.stage"]
    known = {stage.key: f", in Odoo {stages.browse(stage.stage_id).name}" for stage in plan.stages if stage.stage_id}
    lines = [
        "a large file: this is what its beginning says" if is_large else "",
        f"program: {look.source or 'unknown'}, headings in line {look.heading_line}",
        *(f"{name}: {value}" for name, value in look.settings._asdict().items() if value and isinstance(value, str)),
        f"encodings: {', '.join(look.encodings)}" if look.encodings else "",
        *(f"column {column.heading}: {column.meaning or 'ignored'} ({_samples(column)})" for column in look.columns),
        *(
            f"stage {stage.name}: {stage.kind}, {stage.deals:,}{known.get(stage.key, '')}"
            f"{' - check with --end' if stage.is_doubtful else ''}"
            for stage in look.stages
        ),
        *(importer.reason_of_doubt(doubt) for doubt in look.doubts),
        *fault_lines(importer, plan),
    ]
    if not plan.reading.is_unreadable:
        preview = preview_of(env, plan)
        lines += [f"{deal.name}: {deal.course}" for deal in preview.deals]
        lines.append(", ".join(f"{count:,} {status}" for status, count in preview.counts.items()))
    sys.stdout.write("".join(f"{line}\n" for line in lines if line))


def _samples(column):
    return " | ".join(column.samples)


def refuse(path, importer, plan, undecided):
    """List the faults and the names that nobody has decided; return the exit code.

    :param Plan plan: None to list no faults
    :param undecided: stages whose names look like an end
    """
    lines = fault_lines(importer, plan) if plan and not plan.can_import else []
    lines += [
        f"“{stage.name}” is probably {KINDS[stage.kind]}, {opportunities(stage.deals)}"
        f' (--end "{stage.name}={stage.kind}", or another kind)'
        for stage in undecided
    ]
    if undecided:
        lines.append("--take-proposals takes such names as proposed. --look shows how the file is read.")
    lines = lines or ["There is nothing to import."]
    sys.stderr.write(f"sandbox: nothing of {path} was imported.\n" + "".join(f"  {line}\n" for line in lines))
    return 2


def fault_lines(importer, plan):
    """Return the faults with the options that decide them, one a line."""
    lines = []
    for fault in plan.faults[:MOST_FAULTS]:
        option = DECIDED_BY.get(fault.code)
        if fault.code == faults.MISSING_COLUMN:
            option = f"--column HEADING={MEANING_OF.get(fault.column, fault.column)}"
        lines.append(importer.fault_as_text(fault) + (f" ({option})" if option else ""))
    if len(plan.faults) > MOST_FAULTS:
        lines.append(f"... and {len(plan.faults) - MOST_FAULTS:,} more.")
    return lines


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

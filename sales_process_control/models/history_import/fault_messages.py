"""Messages about the faults of a file, in the language of the user."""

import csv
import io

from ...history import faults, without_formula
from ..recording.text_lists import joined_phrases, joined_sentences, labelled
from .history_plan import MOST_FAULTS


def fault_reason(env, fault):
    """Return what is wrong, as a sentence."""
    messages = {**_messages_of_files(env), **_messages_of_lines(env)}
    return messages[fault.code].replace("{value}", fault.value)


def fault_line(env, fault):
    """Return where a fault is and what is wrong, in one line.

    For example "Line 2, column Stage Name: The value is missing. Fill in the cell.".
    """
    where = [env._("line %s", fault.line)] if fault.line else []
    if fault.column:
        where.append(env._("column %s", env["crm.history.importer"]._column_name(fault)))
    place = joined_phrases(env, where)
    reason = fault_reason(env, fault)
    # Not `capitalize`, which changes the rest to lower case, the heading of the column included.
    return labelled(env, f"{place[0].upper()}{place[1:]}", reason) if place else reason


def faults_message(env, found_faults):
    """Return why nothing was imported: the first faults, one a line, and how many more there are."""
    lines = [fault_line(env, fault) for fault in found_faults[:MOST_FAULTS]]
    if len(found_faults) > MOST_FAULTS:
        lines.append(env._("… and %s more.", len(found_faults) - MOST_FAULTS))
    if not found_faults:
        lines = [env._("There is nothing to import.")]
    return "\n".join([env._("Nothing was imported."), *lines])


def bad_lines_csv(env, plan):
    """Return all lines of the deals with faults as a CSV, with the reasons in an additional column.

    The user can correct the file and import it as it is: the import ignores the additional column, and the apostrophes
    that keep a spreadsheet from running a text as a formula.

    :rtype: bytes
    """
    reasons = {}
    for fault in plan.faults:
        reasons.setdefault(fault.line, []).append(fault_reason(env, fault))
    bad_deals, width = plan.bad_deals, len(plan.reading.header)
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow([*map(without_formula, plan.reading.header), env._("Problem")])
    for row in plan.reading.rows:
        if row.line in reasons or plan.reading.deal_of_line.get(row.line) in bad_deals:
            cells = ["" if cell is None else cell for cell in (*row.cells, *[""] * width)]
            writer.writerow([*map(without_formula, cells[:width]), joined_sentences(env, reasons.get(row.line, ()))])
    return output.getvalue().encode("utf-8-sig")


def _messages_of_files(env):
    return {
        faults.EMPTY: env._("The file is empty. Choose another file."),
        faults.NO_EVENTS: env._(
            "There are no events below the headings. Check the line of the headings, or choose another file."
        ),
        faults.BINARY: env._("The file is neither text nor a workbook. Save it as CSV or XLSX."),
        faults.ENCODING: env._("The file is not in this encoding. Choose another one, or save it as CSV in UTF-8."),
        faults.AMBIGUOUS_DATE: env._(
            "“{value}”: does the day, the month or the year come first? Choose the order of dates."
        ),
        faults.AMBIGUOUS_AMOUNT: env._(
            "Is “{value}” a number with decimals or with thousands? Choose the decimal sign."
        ),
        faults.NO_WORKBOOK: env._("The workbook cannot be opened. Save it again as XLSX, or as CSV."),
        faults.TOO_MANY_STAGES: env._("{value} different stages: this is probably not the column of stages."),
        faults.NO_XLS: env._("This server cannot read XLS. Save the workbook as XLSX, or as CSV."),
        faults.MISSING_COLUMN: env._("This column is missing. Choose a column of the file."),
        faults.COLUMN_TWICE: env._(
            "This column occurs twice, also as {value}. Set the meaning of one of them to Ignored."
        ),
        faults.NO_CSV: env._("This is not a CSV file: {value}."),
        faults.LONG_LINE: env._("The line is longer than {value} characters. This is probably not a CSV file."),
        faults.TOO_LARGE: env._("The file is larger than {value}. Split it into several files."),
        faults.UNPACKED_TOO_LARGE: env._("The workbook is too large. Save its first sheet as CSV."),
        faults.TOO_MANY_LINES: env._("The file has more than {value} lines. Split it into several files."),
        faults.TOO_MANY_COLUMNS: env._("The file has more than {value} columns. Remove those that are not imported."),
    }


def _messages_of_lines(env):
    return {
        faults.TOO_MANY_CELLS: env._(
            "The line has more values than the {value} headings. Add the missing headings, or put values that contain "
            "a separator in quotation marks."
        ),
        faults.MISSING: env._("The value is missing. Fill in the cell."),
        faults.BAD_TEXT: env._("The value contains characters that cannot be stored. Delete them."),
        faults.LONG_TEXT: env._("The value is longer than {value} characters. Shorten it."),
        faults.BAD_EVENT: env._("“{value}” is not an event. Write stage, won or lost."),
        faults.BAD_DATE: env._("“{value}” is not a date. Write it as 2024-01-31T09:30:00+01:00 or 2024-01-31."),
        faults.OLD_DATE: env._("“{value}” is before 1970. Correct the date, or choose another order of dates."),
        faults.FUTURE: env._("“{value}” is in the future. Correct the date, or choose another order of dates."),
        faults.BAD_NUMBER: env._("“{value}” is not a number. Write it as 20000 or 19999.50."),
        faults.UNKNOWN_CURRENCY: env._("Odoo has no currency “{value}”. Activate the currency, or correct its code."),
        faults.NO_RATE: env._("No exchange rate up to that day: {value}. Add a rate of that day or earlier."),
        faults.UNKNOWN_STAGE: env._("Odoo has no stage “{value}”. Mark Create Missing Stages, or correct the name."),
        faults.UNDECIDED_END: env._("Does “{value}” stand for a stage, for won or for lost? Choose one."),
        faults.NOT_WON: env._("“{value}” is not a won stage in Odoo. Choose a won stage."),
    }

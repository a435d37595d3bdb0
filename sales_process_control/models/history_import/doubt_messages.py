"""Messages about what a person should look at before an import, in the language of the user."""

from ...history import doubts
from ..recording.text_lists import joined_names


def doubt_reason(env, doubt):
    """Return what a person should look at, as a sentence."""
    message = _messages(env)[doubt.code].replace("{count}", f"{doubt.count:,}")
    # Replaced last, since the values may contain "{count}".
    return message.replace("{values}", joined_names(env, doubt.values))


def _messages(env):
    return {
        doubts.DELETED: env._("{count} opportunities were deleted in the other program, and are left out: {values}."),
        doubts.SHARED_NAME: env._(
            "The file has no column with the ID of the opportunity. {count} names with several customers or start "
            "times are imported as one opportunity each: {values}."
        ),
        doubts.SAME_DAY: env._(
            "{count} opportunities have several events on one day without times. They are read in the order of the "
            "lines."
        ),
        doubts.NEWEST_FIRST: env._(
            "The newest lines come first. Events with the same time are read from the last line to the first."
        ),
        doubts.DOUBTFUL_END: env._("Stage, won or lost? Check the kind of {values}."),
        doubts.NO_FIRST_STAGE: env._(
            "The file does not say in which stage {count} opportunities began. They begin in the first stage of Odoo."
        ),
        doubts.ONLY_LAST_STAGE: env._(
            "The file contains only the last stage of {count} opportunities. They begin in this stage."
        ),
        doubts.REOPENED: env._("{count} opportunities have ended, but are in a stage. They are reopened: {values}."),
        doubts.CLOSED_OPEN: env._(
            "{count} opportunities have a closing time, but are neither won nor lost. They are imported as open: "
            "{values}."
        ),
        doubts.IGNORED_LINES: env._("{count} lines are not opportunities, and are ignored: {values}."),
        doubts.GROUPED: env._(
            "A report with groups: {values} is filled in on the first line of a group only, and is used for all its "
            "lines."
        ),
        doubts.MAYBE_GROUPED: env._(
            "{values} is empty in some lines. If the file is a report with groups, export it as details only."
        ),
        doubts.OTHER_FIELDS: env._("{count} lines are about other fields than the stage, and are ignored: {values}."),
        doubts.DECIMAL: env._("Is {values} a number with decimals or with thousands? Check the decimal sign."),
        doubts.CURRENCY_SIGN: env._("Several currencies are written as {values}: the currency of the company is used."),
        doubts.UNIT: env._("The amounts under {values} are multiplied by {count}."),
        doubts.OTHER_SHEETS: env._("Only the first sheet of the workbook is read. Other sheets: {values}."),
    }

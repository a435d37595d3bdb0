"""Messages about what a person should look at before an import, in the language of the user."""

from ...history import doubts
from ..recording.text_lists import joined_names


def doubt_reason(env, doubt):
    """Return what a person should look at, as a sentence."""
    messages = _messages(env) | (_messages_of_one(env) if doubt.count == 1 else {})
    message = messages[doubt.code].replace("{count}", f"{doubt.count:,}")
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
        doubts.NO_STAGE_LINES: env._(
            "{count} opportunities have no line about their stage, and are left out: {values}."
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
        doubts.JOINED_TIMES: env._("The times of day under {values} are joined to their dates."),
        doubts.OTHER_FIELDS: env._("{count} lines are about other fields than the stage, and are ignored: {values}."),
        doubts.DECIMAL: env._("Is {values} a number with decimals or with thousands? Check the decimal sign."),
        doubts.CURRENCY_SIGN: env._("Several currencies are written as {values}: the currency of the company is used."),
        doubts.UNIT: env._("The amounts under {values} are multiplied by {count}."),
        doubts.OTHER_SHEETS: env._("Only the first sheet of the workbook is read. Other sheets: {values}."),
    }


def _messages_of_one(env):
    """Return the messages that differ for one opportunity, name or line."""
    return {
        doubts.DELETED: env._("1 opportunity was deleted in the other program, and is left out: {values}."),
        doubts.SHARED_NAME: env._(
            "The file has no column with the ID of the opportunity. 1 name with several customers or start times is "
            "imported as one opportunity: {values}."
        ),
        doubts.SAME_DAY: env._(
            "1 opportunity has several events on one day without times. They are read in the order of the lines."
        ),
        doubts.NO_FIRST_STAGE: env._(
            "The file does not say in which stage 1 opportunity began. It begins in the first stage of Odoo."
        ),
        doubts.ONLY_LAST_STAGE: env._(
            "The file contains only the last stage of 1 opportunity. It begins in this stage."
        ),
        doubts.NO_STAGE_LINES: env._("1 opportunity has no line about its stage, and is left out: {values}."),
        doubts.REOPENED: env._("1 opportunity has ended, but is in a stage. It is reopened: {values}."),
        doubts.CLOSED_OPEN: env._(
            "1 opportunity has a closing time, but is neither won nor lost. It is imported as open: {values}."
        ),
        doubts.IGNORED_LINES: env._("1 line is not an opportunity, and is ignored: {values}."),
        doubts.OTHER_FIELDS: env._("1 line is about another field than the stage, and is ignored: {values}."),
    }

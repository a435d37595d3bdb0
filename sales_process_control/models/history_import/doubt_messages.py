"""Messages about what a person should look at before an import, in the language of the user."""

from ...history import doubts


def doubt_reason(env, doubt):
    """Return what a person should look at, as a sentence."""
    message = _messages(env)[doubt.code].replace("{count}", f"{doubt.count:,}")
    # Replaced last, since the values may contain "{count}".
    return message.replace("{values}", ", ".join(doubt.values))


def _messages(env):
    return {
        doubts.DELETED: env._("{count} deleted in the other program and left out: {values}."),
        doubts.SHARED_NAME: env._(
            "{count} names stand for several customers or beginnings, and are one opportunity each, since the file has "
            "no column with a number of the opportunity: {values}."
        ),
        doubts.SAME_DAY: env._(
            "{count} opportunities have events of one day without times: the order of the lines counts."
        ),
        doubts.NEWEST_FIRST: env._(
            "The newest lines come first: events of one time are read from the last line to the first."
        ),
        doubts.DOUBTFUL_END: env._("Stage, won or lost? Look at the kind of {values}."),
        doubts.NO_FIRST_STAGE: env._(
            "The file does not say in which stage {count} opportunities began: they begin in the first stage of Odoo."
        ),
        doubts.ONLY_LAST_STAGE: env._(
            "The file says only the last stage of {count} opportunities: they count as if they had begun in it."
        ),
        doubts.REOPENED: env._(
            "{count} opportunities are in a stage although they have ended. They are opened again: {values}."
        ),
        doubts.CLOSED_OPEN: env._(
            "{count} opportunities have a closing time, but are neither won nor lost. They stay open: {values}."
        ),
        doubts.IGNORED_LINES: env._("{count} lines are no opportunities, and were ignored: {values}."),
        doubts.GROUPED: env._(
            "A report with groups: {values} is the same for all lines of a group, although only the first one says so."
        ),
        doubts.MAYBE_GROUPED: env._(
            "{values} is empty in some lines. If the file is a report with groups, export it as details only."
        ),
        doubts.OTHER_FIELDS: env._("{count} lines are about other fields than the stage, and were ignored: {values}."),
        doubts.DECIMAL: env._("Is {values} a number with decimals or with thousands? Look at the decimal sign."),
        doubts.CURRENCY_SIGN: env._(
            "Several currencies are written as {values}: the amounts are in that of the company."
        ),
        doubts.UNIT: env._("The amounts under {values} are multiplied by {count}."),
        doubts.OTHER_SHEETS: env._("Only the first sheet of the workbook is read. Other sheets: {values}."),
    }

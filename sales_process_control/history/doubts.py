"""What a person should look at before a file is imported: the codes.

The texts for the codes are in ``models/history_import/doubt_messages.py``, since they depend on the user's language.
"""

DELETED = "deleted"  # deals that the other program has deleted are left out
SHARED_NAME = "shared_name"  # different customers share one deal, which only its name identifies
SAME_DAY = "same_day"  # events of one day without times are taken in the order of the file
NEWEST_FIRST = "newest_first"  # ... from the last line to the first
DOUBTFUL_END = "doubtful_end"  # stages whose names look like an end, or in which most deals end
NO_FIRST_STAGE = "no_first_stage"  # the file does not say in which stage deals began
ONLY_LAST_STAGE = "only_last_stage"  # the file says only the last stage of deals
NO_STAGE_LINES = "no_stage_lines"  # deals without any line about their stage are left out
REOPENED = "reopened"  # deals in a stage that they had left for an end: they were opened again at an unknown time
CLOSED_OPEN = "closed_open"  # deals with a closing time that are neither won nor lost
IGNORED_LINES = "ignored_lines"  # lines that are no deals, such as totals
GROUPED = "grouped"  # values that stand in the first line of a group were filled into all of its lines
MAYBE_GROUPED = "maybe_grouped"  # ... and may have to be, which is not certain
JOINED_TIMES = "joined_times"  # times of day stand in a column of their own, beside the dates
OTHER_FIELDS = "other_fields"  # lines about other fields than the stage
DECIMAL = "decimal"  # 1,250 could be either in all amounts
CURRENCY_SIGN = "currency_sign"  # signs that several currencies have
UNIT = "unit"  # the heading says that amounts are in thousands
OTHER_SHEETS = "other_sheets"  # only the first sheet is read

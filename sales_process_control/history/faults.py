"""What can be wrong with a file: the value type and the codes.

The texts for the codes are in ``models/history_import/fault_messages.py``, since they depend on the user's language.
"""

from typing import NamedTuple

# Faults of the file as a whole.
EMPTY = "empty"
NO_EVENTS = "no_events"
BINARY = "binary"
ENCODING = "encoding"
NO_WORKBOOK = "no_workbook"
NO_XLS = "no_xls"
TOO_MANY_STAGES = "too_many_stages"
MISSING_COLUMN = "missing_column"
COLUMN_TWICE = "column_twice"
NO_CSV = "no_csv"
LONG_LINE = "long_line"
TOO_LARGE = "too_large"
UNPACKED_TOO_LARGE = "unpacked_too_large"
TOO_MANY_LINES = "too_many_lines"
TOO_MANY_COLUMNS = "too_many_columns"
AMBIGUOUS_DATE = "ambiguous_date"
AMBIGUOUS_AMOUNT = "ambiguous_amount"

# Faults of a line.
TOO_MANY_CELLS = "too_many_cells"
MISSING = "missing"
BAD_TEXT = "bad_text"
LONG_TEXT = "long_text"
BAD_EVENT = "bad_event"
BAD_DATE = "bad_date"
OLD_DATE = "old_date"
FUTURE = "future"
BAD_NUMBER = "bad_number"

# Faults of a line that only the database can show.
UNKNOWN_CURRENCY = "unknown_currency"
NO_RATE = "no_rate"
UNKNOWN_STAGE = "unknown_stage"
UNDECIDED_END = "undecided_end"
NOT_WON = "not_won"

#: Faults after which no deal of the file can be imported.
OF_THE_FILE = frozenset(
    (
        EMPTY,
        NO_EVENTS,
        BINARY,
        ENCODING,
        NO_WORKBOOK,
        NO_XLS,
        AMBIGUOUS_DATE,
        AMBIGUOUS_AMOUNT,
        TOO_MANY_STAGES,
        MISSING_COLUMN,
        COLUMN_TWICE,
        NO_CSV,
        LONG_LINE,
        TOO_LARGE,
        UNPACKED_TOO_LARGE,
        TOO_MANY_LINES,
        TOO_MANY_COLUMNS,
    )
)


class Fault(NamedTuple):
    """Something that is wrong with the file or with one of its lines.

    :param line: number of the line in the file, from 1; 0 for the file as a whole
    :param column: heading of the column; empty if no single column is at fault
    :param code: one of the codes of this module
    :param value: text for the placeholder ``{value}`` of the message
    :param deal: the deal of the line; empty if it cannot be read
    """

    line: int
    column: str
    code: str
    value: str = ""
    deal: str = ""


class UnreadableError(Exception):
    """Raised when the file as a whole cannot be read.

    :ivar Fault fault: the reason
    """

    def __init__(self, code, value="", line=0):
        super().__init__(code)
        self.fault = Fault(line, "", code, value)

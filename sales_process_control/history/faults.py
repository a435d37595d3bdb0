"""The codes of what can be wrong with a file; the words for them are said where the reader's language is known."""

# Of the file as a whole.
EMPTY = "empty"
NO_EVENTS = "no_events"
BINARY = "binary"
ENCODING = "encoding"
NO_WORKBOOK = "no_workbook"
TOO_MANY_STAGES = "too_many_stages"
UNKNOWN_COLUMN = "unknown_column"
MISSING_COLUMN = "missing_column"
COLUMN_TWICE = "column_twice"
NO_CSV = "no_csv"

# Of a line.
TOO_MANY_CELLS = "too_many_cells"
MISSING = "missing"
BAD_TEXT = "bad_text"
BAD_EVENT = "bad_event"
BAD_DATE = "bad_date"
OLD_DATE = "old_date"
FUTURE = "future"
BAD_NUMBER = "bad_number"
BACKWARDS = "backwards"

# Known only where the file meets the database.
UNKNOWN_CURRENCY = "unknown_currency"
NO_RATE = "no_rate"
UNKNOWN_STAGE = "unknown_stage"
NOT_WON = "not_won"

#: What leaves nothing of a file that could be imported.
OF_THE_FILE = frozenset(
    (
        EMPTY,
        NO_EVENTS,
        BINARY,
        ENCODING,
        NO_WORKBOOK,
        TOO_MANY_STAGES,
        UNKNOWN_COLUMN,
        MISSING_COLUMN,
        COLUMN_TWICE,
        NO_CSV,
    )
)

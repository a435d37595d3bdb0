"""Cells of a file to texts. Amounts are in :mod:`.numbers`, instants and days in :mod:`.dates`."""

import re
from datetime import datetime

from . import faults

#: What programs write into cells of amounts and dates that are empty.
NOTHING = frozenset(
    (
        "",
        "-",
        "--",
        "\u2013",
        "\u2014",
        "n/a",
        "na",
        "#n/a",
        "null",
        "none",
        "(none)",
        "(no value)",
        "\\n",
        "\u65e0",
        "\u7a7a",
    )
)
#: What programs write for yes.
YES = frozenset(
    ("true", "1", "yes", "y", "x", "t", "wahr", "vrai", "\u662f", "\u771f", "\u5df2\u5220\u9664", "deleted")
)
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{0,20})?|[+-]?\.\d{1,20}", re.ASCII)
#: Beginnings of texts that spreadsheets run as a formula, after the apostrophes of :func:`without_formula`.
# Full-width signs count, too: spreadsheets in Chinese and Japanese take them for plain ones.
FORMULA = re.compile("'*(?:[\\t\\r\\n]|\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20])")


class BadValueError(ValueError):
    """Raised for a cell that cannot be read.

    :ivar str code: code of the fault, see :mod:`.faults`
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def text_of(cell) -> str:
    """Return the text of a cell in one line, empty for an empty cell.

    :raises BadValueError: if the text contains characters that PostgreSQL cannot store
    """
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    text = " ".join(str(cell).split())
    if "\x00" in text or (not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)):
        raise BadValueError(faults.BAD_TEXT)
    return text


def printable_text_of(cell) -> str:
    """Return at most 60 printable characters of a cell, for messages about cells that cannot be read."""
    text = "".join(char for char in str(cell) if char.isprintable()) if cell is not None else ""
    return text.strip()[:60]


def without_formula(cell):
    """Return a cell of a CSV with an apostrophe before a text that a spreadsheet would run as a formula.

    Numbers stay. :func:`with_formula` returns the text as it was.
    """
    if isinstance(cell, str) and FORMULA.match(cell) and not NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def with_formula(cell):
    """Return a cell without the apostrophe that :func:`without_formula` has added."""
    if isinstance(cell, str) and cell.startswith("'") and FORMULA.match(cell):
        return cell[1:]
    return cell

"""Reports with groups: values that stand in the first line of a group only, and lines of sums between the lines.

Salesforce writes the columns by which a report is grouped left of all others, each with an arrow behind its heading.
Other programs leave out values that are those of the line above.
"""

import re
from datetime import date

from .cells import BadValueError, printable_text_of
from .headings import CHANGE, CREATION, DEAL, DEAL_ID, LINE_ID, TIME, kind_of_heading, stage_of_heading
from .numbers import amount_of

#: What programs write behind the heading of a column by which lines are grouped.
ARROW = re.compile(r"\s*[\u2191\u2193\u25b2\u25bc]\s*$")
#: Labels of lines of sums.
LABEL = re.compile(
    r"(?:grand |sub)?-?\s?totals?|(?:record )?count|records?"
    r"|(?:sum|average|avg|min|max|maximum|minimum)(?: of .{1,60})?"
    r"|(?:\u5c0f\u8ba1|\u5408\u8ba1|\u603b\u8ba1|\u603b\u548c|\u5171\u8ba1|\u8ba1\u6570|\u8bb0\u5f55\u6570|\u5e73\u5747\u503c?)(?:[:\uff1a].{0,60})?",
    re.IGNORECASE,
)
#: How many there are in the group, behind a label: "Total (12)".
NUMBER_BEHIND = re.compile(r"\s*[(\uff08]\s*\d[\d.,\s]*(?: ?records?)?\s*[)\uff09]$|\s*:$", re.IGNORECASE)
#: Kinds of headings that identify a deal.
IDENTIFYING = (DEAL_ID, DEAL, LINE_ID, "name")
#: Kinds of headings of a line that tells a whole deal.
OF_DEALS = (CREATION, "won_at", "lost_at", "closed_at", "status")


class Groups:
    """Fills the values of groups into all of their lines, and leaves out lines of sums.

    :ivar tuple indexes: the columns by which lines are grouped, the outermost first
    :ivar str maybe: heading of a column that may be one of them, which is not filled; else empty

    :param header: the headings
    :param rows: the first rows below them, which decide
    """

    def __init__(self, header, rows):
        lines = [row for row in rows if not is_sum(row)]
        # One alone may be the end of the report, or a line that was meant otherwise.
        self.has_sums = sum(map(is_sum, rows[:-1])) > 1
        leading = _leading(header, lines)
        is_marked = bool(leading) and (self.has_sums or all(ARROW.search(header[index]) for index in leading))
        is_certain = is_marked or _is_of_events(header, lines, leading)
        self.indexes = tuple(leading) if is_certain else ()
        self.maybe = "" if is_certain else next((header[index] for index in leading if _identifies(header[index])), "")
        self.has_sums = self.has_sums or bool(self.indexes)
        #: Lines that were left out.
        self.sums = []
        self.count = 0

    def filled(self, rows):
        """Yield rows as if the report had no groups. The counts of the groups are those of the rows so far."""
        values = {}
        self.sums, self.count = [], 0
        for row in rows:
            if self.has_sums and is_sum(row):
                self.count += 1
                # Doubts name a few of them.
                self.sums = [*self.sums, row][:10]
            else:
                yield self._filled(row, values) if self.indexes else row

    def _filled(self, row, values):
        cells = [*row.cells, *[""] * (self.indexes[-1] + 1 - len(row.cells))]
        for place, index in enumerate(self.indexes):
            if cells[index] not in (None, ""):
                values[index] = cells[index]
                for inner in self.indexes[place + 1 :]:
                    values.pop(inner, None)
            else:
                cells[index] = values.get(index, cells[index])
        return row._replace(cells=tuple(cells))


def is_sum(row) -> bool:
    """Return whether a row has nothing but the label of a sum, and numbers."""
    cells = [cell for cell in row.cells if cell not in (None, "")]
    texts = [cell for cell in cells if not _is_number(cell)]
    # Two labels at most: "Subtotal" and "Sum of Amount".
    return 0 < len(texts) <= 2 and all(isinstance(text, str) and _is_label(text) for text in texts)


def _is_label(text):
    return len(text) <= 100 and LABEL.fullmatch(NUMBER_BEHIND.sub("", text.strip())) is not None


def _is_number(cell):
    if isinstance(cell, date):  # a datetime is one, too: a line with days or times is an event
        return False
    try:
        return not isinstance(cell, str) or len(cell) > 100 or amount_of(cell) is not None
    except BadValueError:
        return False


def _leading(header, lines):
    """Return the indexes of the columns on the left that are filled once a group only."""
    found = []
    for index, heading in enumerate(header):
        texts = [_text(row, index) for row in lines]
        if not heading and not any(texts):
            continue
        if not texts or all(texts) or not texts[0] or not _is_once_a_group(lines, found, index):
            break
        found.append(index)
    return found


def _is_once_a_group(lines, outer, index):
    """Return whether a value comes once in a group of the outer columns, of which each begins with one."""
    path, seen = [""] * len(outer), set()
    for row in lines:
        begun = [_text(row, each) for each in outer]
        if any(begun):
            first = next(place for place, text in enumerate(begun) if text)
            path = [*path[:first], *begun[first:]]
        text = _text(row, index)
        if any(begun) and not text:
            return False
        if text:
            key = (*path, text)
            if key in seen:
                return False
            seen.add(key)
    return True


def _is_of_events(header, lines, leading):
    """Return whether lines are events of deals, of which each but the first leaves out the deal."""
    if len(leading) != 1 or not _identifies(header[leading[0]]):
        return False
    kinds = [kind_of_heading(heading)[0] for heading in header]
    if not {TIME, CHANGE} & set(kinds) or set(kinds) & set(OF_DEALS) or any(map(stage_of_heading, header)):
        return False
    if sum(map(_identifies, header)) > 1:
        return False
    filled = sum(1 for row in lines if _text(row, leading[0]))
    return filled < len(lines) - filled


def _identifies(heading):
    return kind_of_heading(heading)[0] in IDENTIFYING


def _text(row, index):
    return printable_text_of(row.cells[index]) if index < len(row.cells) else ""

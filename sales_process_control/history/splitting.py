"""A text file that is too large to be read at once, to parts that have all lines of their deals.

The file is read once, line by line. Each line goes to one of several temporary files, by its deal. On the way the few
values are kept that tell how the whole file writes dates and amounts, so that all parts are read alike.
"""

import csv
from collections import deque
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from zlib import crc32

from . import dates, faults, numbers
from .cells import BadValueError, text_of
from .columns import find_columns
from .encodings import codec_of, decode
from .faults import UnreadableError
from .footers import MOST, without_footer
from .reading import DATES, Clock, checked, read_rows
from .settings import AS_FOUND
from .sheets import MOST_IN_HEAD, OLE_SIGNATURE, ZIP_SIGNATURE, Row, Sheet, heading_index, read_stream

#: A part is about this large, and needs about ten times as much memory while it is read.
PART_BYTES = 4 * 1024 * 1024
#: So many bytes say which encoding a file has, and so many rows what its columns mean.
HEAD_BYTES = 4 * 1024 * 1024
HEAD_ROWS = 5_000
#: So many values of a column are kept that say how it writes dates or amounts.
MOST_VALUES = 5_000


class SplitFile:
    """A large file in parts.

    :param Path path: the file
    :param Path directory: an empty directory for the parts
    :param Settings settings: choices of the person; what is empty is found in the file
    :raises UnreadableError: if the file is no text, or is not valid CSV
    """

    def __init__(self, path, directory, settings=AS_FOUND):
        self._path = Path(path)
        self._directory = Path(directory)
        settings = checked(settings)
        head = self._read_head()
        text, self._encodings = decode(head, settings.encoding)
        self._codec, self._text = codec_of(head, self._encodings[0]), text[:MOST_IN_HEAD]
        self._before, self._columns = [], None
        self._count = max(1, -(-self._path.stat().st_size // PART_BYTES))
        self._settings = self._split(settings)

    @property
    def parts(self):
        """The numbers of the parts that have lines."""
        return [number for number in range(self._count) if self._part(number).exists()]

    def reading_of(self, number, zone, now, day_zone=None):
        """Read a part; line numbers are those of the file.

        :param number: one of :attr:`parts`
        :param zone: as in :func:`.reading.read_history`; now and day_zone likewise
        :rtype: Reading
        """
        csv.field_size_limit(max(csv.field_size_limit(), MOST_IN_HEAD))
        with self._part(number).open(encoding="utf-8", newline="") as file:
            rows = [Row(int(line), tuple(cells)) for line, *cells in csv.reader(file)]
        sheet = Sheet([*self._before, *rows], self._encodings)
        return read_rows(sheet, self._settings, Clock(zone, day_zone or zone, now))

    def _part(self, number):
        return self._directory / f"{number}.csv"

    def _read_head(self):
        """Return the beginning of the file, or the first lines that are not ASCII, which tell the encoding."""
        with self._path.open("rb") as file:
            head = file.read(HEAD_BYTES)
            if head.startswith((ZIP_SIGNATURE, OLE_SIGNATURE)):
                raise UnreadableError(faults.TOO_LARGE, "32 MB")
            chunk = head
            while chunk.isascii() and len(chunk) == HEAD_BYTES:
                chunk = file.read(HEAD_BYTES)
        if not chunk.isascii() and chunk is not head:
            # Whole lines around the first character that is not ASCII.
            chunk = b"\n".join(line for line in chunk.split(b"\n")[1:-1] if not line.isascii())
            return _whole_lines(head) + b"\n" + chunk
        return head if len(head) < HEAD_BYTES or b"\x00" in head else _whole_lines(head)

    def _rows(self):
        """Yield (line, cells) of the whole file.

        :raises UnreadableError: if it is not in the encoding, or not valid CSV
        """
        try:
            with open(self._path, encoding=self._codec, newline="") as stream:
                for line, cells in read_stream(stream, self._text):
                    if any(cells):
                        yield line, cells
        except UnicodeDecodeError:
            raise UnreadableError(faults.ENCODING) from None

    def _split(self, settings):
        """Write the parts; return the settings with which all of them are read."""
        rows = self._rows()
        head = [Row(line, tuple(cells)) for line, cells in islice(rows, HEAD_ROWS)]
        if not head:
            raise UnreadableError(faults.EMPTY)
        place = heading_index(head)
        self._before = [head[place]]
        try:
            header = tuple(text_of(cell) for cell in head[place].cells)
        except BadValueError as error:
            raise UnreadableError(error.code, line=head[place].line) from None
        self._columns = columns = find_columns(header, head[place + 1 :], settings)
        values = {
            index: {} for index, meaning in enumerate(columns.meanings) if meaning in DATES or meaning == "amount"
        }
        deal = columns.places.get("deal", columns.places.get("name", 0))
        with ExitStack() as stack:
            writers = {}
            for line, cells in _without_footer(chain(head[place + 1 :], rows), columns.required):
                name = cells[deal] if deal < len(cells) else ""
                number = crc32(" ".join(name.split()).encode("utf-8", "replace")) % self._count
                if number not in writers:
                    file = stack.enter_context(self._part(number).open("w", encoding="utf-8", newline=""))
                    writers[number] = csv.writer(file)
                writers[number].writerow([line, *cells])
                for index, found in values.items():
                    if index < len(cells):
                        _keep(found, cells[index], columns.meanings[index])
        return self._complete(settings, values)

    def _complete(self, settings, values):
        """Return settings in which everything is filled that the parts could find differently."""
        columns = self._columns
        formats = [dates.format_of(found) for index, found in values.items() if columns.meanings[index] != "amount"]
        sure = [found.order for found in formats if found.has_order and not found.is_ambiguous]
        amount = columns.places.get("amount")
        number = numbers.format_of(values[amount]) if amount is not None else numbers.NumberFormat()
        is_unknown = "." in number.example
        return settings._replace(
            encoding="",
            layout=columns.layout,
            columns=columns.meanings,
            date_order=settings.date_order or (sure[0] if sure else ""),
            decimal=settings.decimal or ("" if is_unknown else number.decimal),
            zone=settings.zone or ("UTC" if columns.has_utc_times else ""),
        )


def _without_footer(rows, required):
    """Yield the rows of a file without those below the deals, see :func:`.footers.without_footer`."""
    last = deque()
    for row in rows:
        last.append(row)
        if len(last) > 2 * MOST:
            yield last.popleft()
    yield from without_footer([Row(line, tuple(cells)) for line, cells in last], required)[0]


def _whole_lines(head):
    """Return the beginning of a file up to the end of a line, so that no character is cut in two."""
    return head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1] or head


def _keep(found, text, meaning):
    """Keep a value if it may say how its column writes dates or amounts."""
    if text in found or not text:
        return
    decides = numbers.decides if meaning == "amount" else dates.decides
    if len(found) < MOST_VALUES or (len(found) < 2 * MOST_VALUES and decides(text)):
        found[text] = None

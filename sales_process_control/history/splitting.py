"""A text file that is too large to be read at once, to parts that have all lines of their deals.

The file is read once, line by line. Each line goes to one of several temporary files, by its deal. On the way the few
values are kept that tell how the whole file writes dates and amounts, so that all parts are read alike.
"""

import csv
from contextlib import ExitStack
from pathlib import Path
from zlib import crc32

from . import faults
from .encodings import codec_of, decode
from .faults import UnreadableError
from .manner import MannerFinder, is_backwards
from .reading import MOST_STAGES, Clock, checked, read_part
from .settings import AS_FOUND
from .sheets import MOST_IN_HEAD, OLE_SIGNATURE, ZIP_SIGNATURE, Row, filled_rows, read_stream

#: A part is about this large, and needs about ten times as much memory while it is read.
PART_BYTES = 4 * 1024 * 1024
#: Each part is an open file while they are written. Those of a very large file are larger.
MOST_PARTS = 200
#: So many bytes say which encoding a file has.
HEAD_BYTES = 4 * 1024 * 1024


class SplitFile:
    """A large file in parts.

    :ivar Manner manner: how the file is written

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
        text, encodings = decode(head, settings.encoding)
        self._codec, self._text = codec_of(head, encodings[0]), text[:MOST_IN_HEAD]
        self._count = min(MOST_PARTS, max(1, -(-self._path.stat().st_size // PART_BYTES)))
        finder = MannerFinder(self._rows(), settings, encodings)
        self._split(finder)
        self.manner = finder.manner()
        self._is_direction_known = False
        self._stages = set()

    @property
    def parts(self):
        """The numbers of the parts that have lines."""
        return [number for number in range(self._count) if self._part(number).exists()]

    def reading_of(self, number, zone, now, day_zone=None):
        """Read a part; line numbers are those of the file.

        The first part with which the file has too many stages says so.

        :param number: one of :attr:`parts`
        :param zone: as in :func:`.reading.read_history`; now and day_zone likewise
        :rtype: Reading
        """
        clock = Clock(zone, day_zone or zone, now).of(self.manner)
        if not self._is_direction_known and not self.manner.faults:
            is_back = is_backwards(self.manner, map(self._part_rows, self.parts), clock)
            self.manner = self.manner._replace(is_backwards=is_back)
            self._is_direction_known = True
        reading = read_part(list(self._part_rows(number)), self.manner, clock)
        self._stages.update(stage.key for stage in reading.look.stages)
        if len(self._stages) > MOST_STAGES and not reading.is_unreadable:
            return reading.with_many_stages(len(self._stages))
        return reading

    def _part_rows(self, number):
        """Yield the rows of a part."""
        with self._part(number).open(encoding="utf-8", newline="") as file:
            for line, *cells in csv.reader(file):
                yield Row(int(line), tuple(cells))

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
        """Yield the rows of the whole file.

        :raises UnreadableError: if it is not in the encoding, or not valid CSV
        """
        try:
            with open(self._path, encoding=self._codec, newline="") as stream:
                yield from filled_rows(read_stream(stream, self._text))
        except UnicodeDecodeError:
            raise UnreadableError(faults.ENCODING) from None

    def _split(self, finder):
        """Write the parts."""
        places = finder.columns.places
        deal = places.get("deal", places.get("name", 0))
        with ExitStack() as stack:
            writers = {}
            for line, cells in finder.rows():
                name = cells[deal] if deal < len(cells) else ""
                number = crc32(" ".join(name.split()).encode("utf-8", "replace")) % self._count
                if number not in writers:
                    file = stack.enter_context(self._part(number).open("w", encoding="utf-8", newline=""))
                    writers[number] = csv.writer(file)
                writers[number].writerow([line, *cells])


def _whole_lines(head):
    """Return the beginning of a file up to the end of a line, so that no character is cut in two."""
    return head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1] or head

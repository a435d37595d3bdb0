"""From the bytes of a file to the events of deals, and to all that is wrong with it."""

from . import faults
from .columns import find_columns
from .sheets import UnreadableError, read_sheet
from .values import BadValueError, amount_of, day_of, instant_of, text_of
from .words import EVENTS, LOST, STAGE, WON, Event, Fault, Reading, name_key

#: How Salesforce calls the ends of a deal, which other files say in a column of their own.
ENDS_BY_STAGE = {"closed won": WON, "closed lost": LOST}
#: More than any pipeline has: then another column was taken for the stage.
MOST_STAGES = 200
TEXTS = ("currency", "customer", "salesperson", "team")


def read_history(content: bytes, zone, now) -> Reading:
    """Read a file.

    :param zone: time zone of instants that tell no offset
    :param now: this instant, naive UTC: what lies after it has not happened
    """
    try:
        heading, *rows = read_sheet(content)
        header = tuple(text_of(cell) for cell in heading.cells)
    except UnreadableError as error:
        return Reading({}, [error.fault])
    except BadValueError as error:
        return Reading({}, [Fault(1, "", error.code)])
    columns, wrong = find_columns(header)
    if not wrong and not rows:
        wrong = [Fault(0, "", faults.NO_EVENTS)]
    if wrong:
        return Reading({}, wrong, header)
    return Reader(header, columns, zone, now).reading_of(rows)


class Reader:
    """Reads the lines below a heading that is understood."""

    def __init__(self, header, columns, zone, now):
        self._header = header
        self._columns = columns
        self._zone = zone
        self._now = now
        self._faults = []
        self._events = {}

    def reading_of(self, rows):
        """Read all lines.

        :rtype: Reading
        """
        deals = {}
        for row in rows:
            deal = deals[row.line] = self._deal_of(row)
            before = len(self._faults)
            event = self._event_of(row, deal)
            known = self._events.setdefault(deal, []) if deal else []
            if len(self._faults) > before:
                continue
            if known and event.at < known[-1].at:
                last = known[-1]
                self._faults.append(
                    Fault(row.line, self._heading("at"), faults.BACKWARDS, str(last.at), deal, str(last.line))
                )
                continue
            known.append(event)
        stages = {name_key(event.stage) for events in self._events.values() for event in events if event.kind != LOST}
        if len(stages) > MOST_STAGES:
            self._faults = [Fault(0, self._heading("stage"), faults.TOO_MANY_STAGES, str(len(stages)))]
        headings = {name: self._heading(name) for name in self._columns}
        return Reading(self._events, self._faults, self._header, tuple(rows), headings, deals)

    def _deal_of(self, row):
        try:
            return text_of(self._cell(row, "deal"))
        except BadValueError:
            return ""

    def _event_of(self, row, deal):
        """The event of a line, as far as its cells can be read."""
        if any(cell not in (None, "") for cell in row.cells[len(self._header) :]):
            self._fault(row, "", faults.TOO_MANY_CELLS, str(len(self._header)), deal)
        values = {name: self._value(row, name, text_of, deal) for name in ("deal", "stage", "event", *TEXTS)}
        kind, stage = self._kind_of(row, values, deal)
        at = self._value(row, "at", lambda cell: instant_of(cell, self._zone), deal)
        for name, value in (("deal", values["deal"]), ("at", at)):
            if value == "" or (value is None and not text_of_safely(self._cell(row, name))):
                self._fault(row, name, faults.MISSING, deal=deal)
        if at and at > self._now:
            self._fault(row, "at", faults.FUTURE, text_of(self._cell(row, "at")), deal)
        return Event(
            row.line,
            deal,
            kind,
            stage,
            at,
            self._value(row, "amount", amount_of, deal),
            (values["currency"] or "").upper(),
            self._value(row, "date_deadline", day_of, deal),
            values["customer"],
            values["salesperson"],
            values["team"],
        )

    def _kind_of(self, row, values, deal):
        """What happened, and in which stage or for which reason."""
        stage, kind = values["stage"] or "", (values["event"] or "").casefold()
        if not kind:
            kind = ENDS_BY_STAGE.get(stage.casefold(), STAGE)
            # That it was lost is no reason for having been lost.
            stage = "" if kind == LOST else stage
        if kind not in EVENTS:
            self._fault(row, "event", faults.BAD_EVENT, values["event"], deal)
        if kind == STAGE and not stage and values["stage"] is not None:
            self._fault(row, "stage", faults.MISSING, deal=deal)
        return kind, stage

    def _cell(self, row, name):
        index = self._columns.get(name)
        return row.cells[index] if index is not None and index < len(row.cells) else None

    def _value(self, row, name, convert, deal):
        """The value of a cell; None where it cannot be read."""
        cell = self._cell(row, name)
        try:
            return convert(cell)
        except BadValueError as error:
            self._fault(row, name, error.code, text_of_safely(cell), deal)
            return None

    def _heading(self, name):
        return self._header[self._columns[name]] if name in self._columns else name

    def _fault(self, row, name, code, value="", deal=""):
        self._faults.append(Fault(row.line, self._heading(name), code, value, deal))


def text_of_safely(cell):
    """What a cell says, without what cannot be shown."""
    text = "".join(char for char in str(cell) if char.isprintable()) if cell is not None else ""
    return text.strip()[:60]

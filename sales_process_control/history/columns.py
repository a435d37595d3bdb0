"""The columns of a file: what each means, and which layout they make."""

import re
from collections import defaultdict
from itertools import islice
from typing import NamedTuple

from . import faults
from .cells import NOTHING, printable_text_of
from .dates import is_clock, is_date
from .ends import end_of_name
from .events import KIND_OF_NAME, LOST, WON, name_key
from .faults import Fault
from .headings import (
    CHANGE,
    CREATION,
    DEAL,
    DEAL_ID,
    LINE_ID,
    TIME,
    is_leaving,
    kind_of_heading,
    plain_heading,
    source_of,
    stage_of_heading,
    without_pipelines,
)
from .lexicon import LEFT
from .settings import BY_DEAL, BY_EVENT, BY_STAGE, DATES, HEADING_OF, LAYOUTS, MEANINGS, REPEATABLE

#: Kinds of headings of dates.
DATE_KINDS = DATES | {TIME, CHANGE, CREATION}
CLOCK_WORDS = re.compile("date|day|time|日期|时间|时刻")
#: So many rows say how well a column is filled, and whether deals have several lines.
MOST_DECIDING = 5_000
#: The export of Salesforce's OpportunityHistory by the names of its fields. Its instants are UTC, without saying so.
SALESFORCE_FIELDS = {"opportunityid", "createddate"}
#: Headings of columns that are about the stage in lines about the stage.
VALUES = {
    "stage": ("newvalue", "propertyvalue", "变更后", "新值", "value"),
    "old_stage": ("oldvalue", "previousvalue", "变更前", "原值", "旧值"),
}
#: Meanings that a layout does not use.
UNUSED = {
    BY_EVENT: {"stage_entered"},
    BY_STAGE: {"at", "event", "old_stage", "field"},
    BY_DEAL: {"at", "event", "old_stage", "field", "stage_entered"},
}
#: Meanings without which a layout cannot be read; one of several is enough.
REQUIRED = {
    BY_EVENT: (("deal", "name"), ("stage",), ("at",)),
    BY_STAGE: (("deal", "name"), ("stage_entered",)),
    BY_DEAL: (("deal", "name"), ("stage", "status"), ("created_at",)),
}


class Columns(NamedTuple):
    """The columns of a file.

    :param header: the headings as the file has them
    :param meanings: of each column; empty for a column that is ignored
    :param stages: {index: stage}, of columns with the times at which deals came to a stage
    :param clocks: {index of a column with days: index of the one with their times of day}
    """

    header: tuple[str, ...] = ()
    layout: str = BY_EVENT
    meanings: tuple[str, ...] = ()
    stages: dict[int, str] = {}
    source: str = ""
    faults: tuple[Fault, ...] = ()
    clocks: dict[int, int] = {}

    @property
    def places(self):
        """{meaning: index}; of a meaning that several columns have, the first one."""
        return {meaning: index for index, meaning in reversed(list(enumerate(self.meanings))) if meaning}

    @property
    def required(self):
        """Indexes of the columns that a line about a deal needs."""
        places = self.places
        names = ("deal", "name", "stage", "at", "created_at", "status")
        return [*(places[name] for name in names if name in places), *self.stages]

    @property
    def has_utc_times(self):
        """Whether times without an offset are UTC: in Salesforce's export by the names of its fields."""
        plain = {heading.casefold() for heading in self.header}
        return plain >= SALESFORCE_FIELDS or plain >= {"id", "stagename", "createddate"}


def find_columns(header, rows, settings) -> Columns:
    """Return the columns of a file.

    :param header: the headings as the file has them
    :param rows: the rows below them
    :param Settings settings: choices of the person
    """
    if settings.columns:
        chosen = (*settings.columns[: len(header)], *[""] * (len(header) - len(settings.columns)))
        meanings = [meaning if meaning in MEANINGS else "" for meaning in chosen]
        layout = settings.layout if settings.layout in LAYOUTS else _layout_of(meanings)
    else:
        finder = _Finder(header, rows[:MOST_DECIDING], settings.layout)
        layout, meanings = finder.find()
    found_faults = [*_repeated(header, meanings), *_missing(layout, meanings)]
    stages, clocks = _stages(header, meanings), _clocks(header, rows[:MOST_DECIDING], meanings)
    return Columns(header, layout, tuple(meanings), stages, source_of(header), tuple(found_faults), clocks)


def _layout_of(meanings):
    if "stage_entered" in meanings:
        return BY_STAGE
    return BY_EVENT if "at" in meanings or "created_at" not in meanings else BY_DEAL


def _stages(header, meanings):
    """Return {index: stage} of the columns with the times at which deals came to a stage."""
    indexes = [index for index, meaning in enumerate(meanings) if meaning == "stage_entered"]
    names = [stage_of_heading(header[index]) or " ".join(header[index].split()) for index in indexes]
    return dict(zip(indexes, without_pipelines(names), strict=True))


def _clocks(header, rows, meanings):
    """Return {index of a column with dates: index of a column that has nothing but their times of day}.

    Both have the same heading but for "date" and "time", or one of the same kind. "Time" alone is that of the event.
    """
    names = [CLOCK_WORDS.sub("", plain_heading(heading)) for heading in header]
    kinds = [kind_of_heading(heading)[0] for heading in header]
    free = [
        index
        for index, heading in enumerate(header)
        if not meanings[index] and CLOCK_WORDS.search(plain_heading(heading)) and _has_clocks(rows, index)
    ]
    found = {}
    for place, meaning in enumerate(meanings):
        if meaning in DATES and free:
            fitting = [index for index in free if names[index] == names[place]]
            fitting += [index for index in free if kinds[index] and kinds[index] == kinds[place]]
            fitting += [index for index in free if not names[index] and meaning == "at"]
            for index in fitting[:1]:
                found[place] = index
                free.remove(index)
    return found


def _filled_cells(rows, index):
    """Yield the cells of a column that have a value."""
    for row in rows:
        cell = row.cells[index] if index < len(row.cells) else None
        if printable_text_of(cell).casefold() not in NOTHING:
            yield cell


def _has(is_such, rows, index, share):
    """Return whether at least this share of the first cells of a column that have a value are such ones."""
    cells = list(islice(_filled_cells(rows, index), 200))
    return bool(cells) and sum(map(is_such, cells)) >= share * len(cells)


def _has_clocks(rows, index):
    """Return whether a column has times of day without dates. A few wrong ones are faults of their lines."""
    return _has(is_clock, rows, index, 0.5)


def _repeated(header, meanings):
    """Yield a fault for each meaning that a person has given to several columns."""
    places = {}
    for index, meaning in enumerate(meanings):
        if meaning in places and meaning not in REPEATABLE:
            yield Fault(0, header[index], faults.COLUMN_TWICE, header[places[meaning]])
        elif meaning:
            places[meaning] = index


def _missing(layout, meanings):
    """Yield a fault for each meaning that the layout cannot do without."""
    for either in REQUIRED[layout]:
        if not any(meaning in meanings for meaning in either):
            yield Fault(0, HEADING_OF.get(either[0], either[0]), faults.MISSING_COLUMN)


class _Finder:
    """Finds what the columns of a file mean.

    :param rows: the first rows
    :param str layout: as a person has chosen it; empty to find it
    """

    def __init__(self, header, rows, layout):
        self._header = header
        self._rows = rows
        self._layout = layout
        # {kind of heading: [(how bad, index), ...], the best one first}
        self._kinds = defaultdict(list)
        self._entered = []
        for index, heading in enumerate(header):
            kind, rank = kind_of_heading(heading)
            if kind in DATE_KINDS and _has_clocks(rows, index):
                # The dates are in another column, see `_clocks`.
                continue
            if kind:
                filled = sum(1 for _cell in _filled_cells(rows, index))
                self._kinds[kind].append((not filled, rank, -filled, index))
            elif stage_of_heading(heading):
                self._entered.append(index)
        for found in self._kinds.values():
            found.sort()

    def find(self):
        """Return the layout, and the meaning of each column."""
        places = {
            kind: found[0][-1]
            for kind, found in self._kinds.items()
            if kind not in (DEAL_ID, DEAL, LINE_ID, TIME, CHANGE, CREATION)
        }
        places |= self._deal_and_name(places.get("name"), places.get("customer"))
        if "field" in places:
            self._take_values(places)
        for meaning in self._misleading(places):
            del places[meaning]
        is_repeated = self._is_repeated(places.get("deal", places.get("name")))
        time, change, creation = (self._best(kind) for kind in (TIME, CHANGE, CREATION))
        layout = self._layout if self._layout in LAYOUTS else self._found_layout(places, is_repeated)
        if layout == BY_EVENT and time is None:
            # Reports of changes have the time of the change, exports of history lines that of their creation.
            time = (
                change
                if change is not None and not self._is_history()
                else creation
                if creation is not None
                else change
            )
        if layout == BY_EVENT and "stage" not in places and "status" in places:
            places["stage"] = places.pop("status")
        if time is not None:
            places["at"] = time
        if creation is not None and (layout != BY_EVENT or creation != time):
            places["created_at"] = creation
        if layout == BY_DEAL and creation is None and time is not None:
            places["created_at"] = places.pop("at")
        meanings = [""] * len(self._header)
        for meaning, index in places.items():
            if meaning not in UNUSED[layout]:
                meanings[index] = meaning
        if layout == BY_STAGE:
            for index in self._entered_columns(meanings):
                meanings[index] = "stage_entered"
        return layout, meanings

    def _found_layout(self, places, is_repeated):
        """Return the layout that the headings make."""
        has_time, has_change, has_creation = (self._best(kind) is not None for kind in (TIME, CHANGE, CREATION))
        if self._entered and not (has_time and is_repeated):
            return BY_STAGE
        if has_time or self._is_history() or "old_stage" in places or "event" in places:
            return BY_EVENT
        ends = {"won_at", "lost_at", "closed_at"} & places.keys()
        if is_repeated and (has_change or has_creation):
            return BY_EVENT
        if has_creation or ends:
            return BY_DEAL
        if not has_change and len(self._stage_columns([])) > 1:
            return BY_STAGE
        return BY_EVENT

    def _is_history(self):
        """Return whether the file is the history of Salesforce, in which lines have the time of their creation."""
        return {plain_heading(heading) for heading in self._header} >= SALESFORCE_FIELDS and all(
            " " not in heading for heading in self._header
        )

    def _deal_and_name(self, name, customer):
        """Return {"deal": index, "name": index} as far as the file has them.

        :param name: index of the column with the names of deals, None without one; customer likewise
        """
        certain, probable, line_id = (self._best(kind) for kind in (DEAL_ID, DEAL, LINE_ID))
        if certain is not None:
            beside = name if name is not None else probable
            return {"deal": certain} | ({"name": beside} if beside is not None else {})
        text = probable if probable is not None else name
        if line_id is not None and (text is None or self._identifies(line_id, text, customer)):
            return {"deal": line_id} | ({"name": text} if text is not None else {})
        if probable is not None:
            return {"deal": probable} | ({"name": name} if name is not None else {})
        return {"name": name} if name is not None else {}

    def _identifies(self, index, name, customer):
        """Return whether a column with the heading "Id" identifies deals, and not lines.

        It does if a value has several lines, or no name has: or if one name has lines of several customers.
        """
        if self._is_repeated(index) or not self._is_repeated(name):
            return True
        customers = defaultdict(set)
        for row in self._rows:
            if customer is not None and self._cell(row, customer):
                customers[self._cell(row, name)].add(name_key(self._cell(row, customer)))
        return any(len(found) > 1 for found in customers.values())

    def _has_events(self, index):
        """Return whether a column has kinds of events, and not texts about them."""
        values = {self._cell(row, index).casefold() for row in self._rows}
        return values <= {""} or not values.isdisjoint(KIND_OF_NAME)

    def _misleading(self, places):
        """Return the meanings that the headings say, and the cells do not."""
        has_events = "event" not in places or self._has_events(places["event"])
        has_ends = "closed_at" not in places or self._has_ends(places["closed_at"], "status" in places)
        return [meaning for meaning, is_right in (("event", has_events), ("closed_at", has_ends)) if not is_right]

    def _has_ends(self, index, has_status):
        """Return whether a column has the times of ends: one that is called *Left* may have anything."""
        return plain_heading(self._header[index]) not in LEFT or (has_status and self._has_dates(index))

    def _take_values(self, places):
        """Take "New Value" and "Old Value" beside a column of fields: "Stage" is the present stage then."""
        plain = {plain_heading(heading): index for index, heading in reversed(list(enumerate(self._header)))}
        for meaning, names in VALUES.items():
            index = next((plain[name] for name in names if name in plain), None)
            if index is not None:
                places[meaning] = index
                if places.get("amount") == index:
                    del places["amount"]

    def _best(self, kind):
        return self._kinds[kind][0][-1] if self._kinds.get(kind) else None

    def _entered_columns(self, meanings):
        """Return the indexes of the columns with the times at which deals came to a stage."""
        by_name = self._stage_columns(meanings)
        if not self._entered:
            return by_name
        # Beside columns that say "entered", only "Won" and "Lost" are clear: other dates may be anything.
        return self._entered + [index for index in by_name if end_of_name(self._header[index])[0] in (WON, LOST)]

    def _stage_columns(self, meanings):
        """Return the indexes of columns with an unknown heading, in which there are only dates."""
        return [
            index
            for index, heading in enumerate(self._header)
            if heading
            and not kind_of_heading(heading)[0]
            and not is_leaving(heading)
            and not (meanings and meanings[index])
            and self._has_dates(index)
        ]

    def _has_dates(self, index):
        return _has(is_date, self._rows, index, 1)

    def _is_repeated(self, index):
        """Return whether a value of a column has several lines."""
        if index is None:
            return False
        values = [cell for row in self._rows if (cell := self._cell(row, index))]
        return len(set(values)) < len(values)

    def _cell(self, row, index):
        return printable_text_of(self._value(row, index))

    @staticmethod
    def _value(row, index):
        return row.cells[index] if index < len(row.cells) else None

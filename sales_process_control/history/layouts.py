"""Lines of each layout to the steps of deals: what happened and when."""

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from . import faults
from .ends import PIPELINE, end_of_name, end_of_status, plain_name, reason_of_name
from .events import KIND_OF_NAME, LOST, STAGE, WON, Event, name_key
from .settings import BY_DEAL, BY_EVENT, BY_STAGE, LEFT_OUT

#: Fields of a history of all fields: the stage, and the line about the creation of the deal.
STAGE_FIELDS = frozenset(("stage", "stagename", "dealstage", "salesstage", "阶段", "销售阶段", "商机阶段"))
BIRTHS = frozenset(
    (
        *("created", "opportunitycreated", "recordcreated", "已创建", "创建"),
        # Salesforce writes these for deals that came from a lead.
        *("opportunitycreatedfromlead", "createdbyleadconvert"),
    )
)
DAY = timedelta(days=1)
#: Meanings of columns with the time at which a deal ended.
CLOSINGS = ("won_at", "lost_at", "closed_at")


class Step(NamedTuple):
    """An event of a deal before its order among the others is known.

    :param is_day: whether the event has a day without a time
    """

    event: Event
    is_day: bool


class Origin(NamedTuple):
    """What the line of an event says of the deal as a whole.

    :param at: when the event happened
    :param old_stage: the stage before
    :param created: when the deal was created: (instant, whether it is a day)
    :param status: WON or LOST, if the deal has ended
    :param closed: when, as ``created``
    :param is_birth: whether the line is about the creation of the deal alone
    """

    at: object
    old_stage: str = ""
    created: tuple | None = None
    status: str = ""
    closed: tuple | None = None
    reason: str = ""
    is_birth: bool = False


class Ends:
    """What the names of stages stand for: as a person has chosen, or as the name says.

    :param chosen: {name key: one of :data:`.settings.ENDS`}
    :param has_status: whether a column says which deals are won
    """

    def __init__(self, chosen, has_status=False):
        self._chosen = chosen
        self._has_status = has_status
        self._found = {}
        # {name key: first spelling} of all names, and the deals that came there
        self.names = {}
        self.deals = defaultdict(set)

    def __call__(self, name, deal):
        """Return the kind of a name, and note that a deal came there."""
        key = name_key(name)
        self.deals[key].add(deal)
        if key not in self._found:
            self.names[key] = name
            self._found[key] = (self._chosen[key], False) if key in self._chosen else end_of_name(name)
            if self._has_status and self._found[key] == (WON, True):
                # "Signed" is a stage before the win, of which the status tells.
                self._found[key] = (STAGE, True)
        return self._found[key][0]

    def note(self, name, deal, kind):
        """Note that a deal came to a stage of which the file says the kind."""
        key = name_key(name)
        if key:
            self.deals[key].add(deal)
            if key not in self._found:
                self.names[key] = name
                self._found[key] = (kind, False)

    def is_doubtful(self, key):
        """Return whether a person should look at the kind of a name."""
        return self._found[key][1]

    def is_chosen(self, key):
        """Return whether a person has chosen the kind of a name."""
        return key in self._chosen

    def kind(self, key):
        """Return the kind of a name that is known."""
        return self._found[key][0]


class StepReader:
    """Reads the steps of one line after another.

    :param LineReader lines: reads the cells
    :param Columns columns: the columns of the file
    :param Ends ends: what the names of stages stand for
    """

    def __init__(self, lines, columns, ends):
        self._lines = lines
        self._columns = columns
        self._ends = ends
        #: Lines about other fields than the stage.
        self.other_fields = {}
        #: Deals that are in a stage, although the last of their columns of stages is an end.
        self.reopened = []
        #: Deals that have a closing time, but are neither won nor lost.
        self.closed_open = []
        self._closed_at = None
        self._entered = sorted(columns.stages)
        self._keys = {name_key(name) for name in columns.stages.values()}
        # Whether the lines say how deals ended, beside their stage.
        self._has_status = any(map(lines.has, ("status", *CLOSINGS)))

    def steps_of(self, line):
        """Return the steps of the line, and what it says of the deal as a whole.

        :return: (list of :class:`Step`, :class:`Origin` or None)
        """
        lines = self._lines
        amount, code = lines.amount()
        event = Event(
            line, lines.deal, STAGE, "", None, amount,
            lines.currency() or code,
            lines.day("date_deadline"),
            lines.text("customer"), lines.text("salesperson"), lines.text("team"),
            lines.text("name") if lines.deal_meaning == "deal" else "",
        )  # fmt: skip
        if self._columns.layout == BY_STAGE:
            return self._read_stages(event), None
        if self._columns.layout == BY_DEAL:
            return self._read_deal(event), None
        return self._read_event(event)

    # ------------------------------------------------------------
    # A LINE AN EVENT
    # ------------------------------------------------------------

    def _read_event(self, event):
        lines = self._lines
        field = lines.text("field")
        if field and plain_name(field) in BIRTHS:
            created = lines.instant("at")
            return [], Origin(created[0], created=created, is_birth=True) if created else None
        if field is not None and lines.has("field") and plain_name(field) not in STAGE_FIELDS:
            self.other_fields[field] = self.other_fields.get(field, 0) + 1
            return [], None
        at = lines.event_instant()
        kind, stage = self._kind_and_stage()
        status, closed = self._status_and_close()
        origin = Origin(
            at and at[0],
            self._old_stage(),
            lines.instant("created_at") if lines.has("old_stage") else None,
            status,
            closed,
            lines.text("lost_reason") or "",
        )
        return [Step(event._replace(kind=kind, stage=stage, at=at and at[0]), bool(at and at[1]))], origin

    def _old_stage(self):
        """Return the open stage in which the deal was before; empty if the file does not say."""
        name = self._lines.text("old_stage") or ""
        return name if name and self._ends(name, self._lines.deal) == STAGE else ""

    def _kind_and_stage(self):
        """Return the kind of the event, and its stage or lost reason."""
        lines = self._lines
        stage, name = lines.text("stage"), (lines.text("event") or "").casefold()
        kind = KIND_OF_NAME.get(name)
        if name and not kind:
            lines.add_fault("event", faults.BAD_EVENT, lines.text("event"))
            return name, stage or ""
        if kind:
            if kind != LOST:
                self._ends.note(stage or "", lines.deal, kind)
            if kind == STAGE and stage == "":
                lines.add_fault("stage", faults.MISSING)
            return kind, stage or ""
        if not stage:
            if stage == "":
                lines.add_fault("stage", faults.MISSING)
            return STAGE, ""
        kind = self._ends(stage, lines.deal)
        return kind, (lines.text("lost_reason") or reason_of_name(stage)) if kind == LOST else stage

    # ------------------------------------------------------------
    # A LINE A DEAL
    # ------------------------------------------------------------

    def _read_stages(self, event):
        """Return the steps of a line with a column a stage."""
        lines, steps = self._lines, []
        for index in self._entered:
            at = lines.instant_at(index, "stage_entered")
            if at:
                name = self._columns.stages[index]
                kind = self._ends(name, lines.deal)
                stage = (lines.text("lost_reason") or reason_of_name(name)) if kind == LOST else name
                steps.append(Step(event._replace(kind=kind, stage=stage, at=at[0]), at[1]))
        steps = _by_time(steps)
        created = lines.instant("created_at")
        stage = self._present_stage()
        present = self._ends(stage, lines.deal) if stage else ""
        status, closed = self._status_and_close()
        end = status or (present if present in (WON, LOST, LEFT_OUT) else "")
        first_kind = steps[0].event.kind if steps else ""
        if created and first_kind != STAGE and (not steps or created[0] <= steps[0].event.at):
            # The deal was in a stage that has no column, or had none yet.
            begun = stage if not steps and present == STAGE else ""
            steps.insert(0, Step(event._replace(stage=begun, at=created[0]), created[1]))
        self._note_closing(end or (steps and steps[-1].event.kind != STAGE))
        if not steps and not created:
            lines.add_fault("created_at" if lines.has("created_at") else self._heading_of_stages(), faults.MISSING)
        elif end and (not steps or steps[-1].event.kind != end):
            steps += self._end_step(event, end, stage, closed or (steps[-1].event.at, steps[-1].is_day), steps)
        elif not end and present == STAGE and steps and steps[-1].event.kind in (WON, LOST):
            # It was opened again: the times of ends stay where they are, and the file does not say when.
            at, is_day = steps[-1].event.at + timedelta(microseconds=1), steps[-1].is_day
            steps.append(Step(event._replace(stage=stage, at=at), is_day))
            self.reopened.append(lines.deal)
        return steps

    def _present_stage(self):
        """Return the stage that a deal is in, under the name that the columns of stages have."""
        stage = self._lines.text("stage") or ""
        short = PIPELINE.sub("", stage)
        return short if name_key(short) in self._keys else stage

    def _heading_of_stages(self):
        return self._columns.header[self._entered[0]] if self._entered else "stage_entered"

    def _read_deal(self, event):
        """Return the steps of a line with the times at which the deal was created, won and lost."""
        lines = self._lines
        created = lines.instant("created_at", is_required=True)
        stage = lines.text("stage") or ""
        kind = self._ends(stage, lines.deal) if stage else STAGE
        status, closed = self._status_and_close()
        end = status or (kind if kind != STAGE else "")
        if not created:
            return []
        # What the deal ended in is not the stage in which it began.
        steps = [Step(event._replace(stage=stage if kind == STAGE else "", at=created[0]), created[1])]
        self._note_closing(end)
        if end:
            if not closed and end != LEFT_OUT:
                lines.add_fault(self._end_meaning(end), faults.MISSING)
                return []
            if closed and closed[0] + DAY <= created[0]:
                # It was entered after it had ended.
                steps = []
            steps += self._end_step(event, end, stage if kind != STAGE else "", closed or created, steps)
        return steps

    def _note_closing(self, end):
        """Note a deal that was closed, although nothing says how."""
        if self._closed_at and not end:
            self.closed_open.append(self._lines.deal)

    def _end_meaning(self, end):
        wanted = ("won_at" if end == WON else "lost_at", "closed_at", "date_deadline")
        return next((meaning for meaning in wanted if self._lines.has(meaning)), wanted[0])

    def _end_step(self, event, end, stage, closed, steps):
        """Return the step with which a deal ends: never before the steps that it has."""
        at, is_day = closed
        if steps:
            # A day without a time begins before what came before on this day.
            at = max(at, steps[-1].event.at)
        if end == LOST:
            stage = self._lines.text("lost_reason") or (reason_of_name(stage) if stage else "")
        elif end == WON and stage and self._ends(stage, self._lines.deal) != WON:
            stage = ""
        return [Step(event._replace(kind=end, stage=stage, at=at), is_day)]

    def _status_and_close(self):
        """Return (WON, LOST, LEFT_OUT or "", when the deal was closed or None), as the columns of the deal say."""
        lines = self._lines
        if not self._has_status:
            return "", None if self._columns.layout == BY_EVENT else self._deadline()
        status = end_of_status(lines.text("status") or "")
        won, lost, closed = (lines.instant(name) for name in CLOSINGS)
        self._closed_at = closed
        if not lines.has("status") and (won or lost):
            # Of a deal that was opened again in between, the later end counts.
            status = WON if won and (not lost or won[0] >= lost[0]) else LOST
        found = {WON: won, LOST: lost}.get(status) or closed
        if not found and self._columns.layout != BY_EVENT and not any(map(lines.has, CLOSINGS)):
            # Some programs have one date: when the deal is expected to close, or was closed.
            found = self._deadline()
        return status, found

    def _deadline(self):
        """Return the expected closing as an instant; None if it is none, or lies in the future."""
        lines = self._lines
        count = len(lines.faults)
        found = lines.instant("date_deadline")
        if len(lines.faults) > count:
            del lines.faults[count:]
            return None
        return found


def _by_time(steps):
    """Return steps in the order of time. A day without a time comes after a time of the same day before it."""
    ordered = []
    for step in steps:
        last = ordered[-1] if ordered else None
        is_same_day = last and step.is_day and not last.is_day and timedelta(0) <= last.event.at - step.event.at < DAY
        ordered.append(step._replace(event=step.event._replace(at=last.event.at)) if is_same_day else step)
    return sorted(ordered, key=lambda step: step.event.at)

"""Finds the states that a deal went through before the ledgers began (docs/definitions.md, Rebuilt history).

Instants are naive UTC.
"""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from .states import NO_STAGE, Stage
from .statuses import LOST, OPEN, OUTSIDE, WON


class Link(NamedTuple):
    """A tracked change of one field: a link in the chain of values that the field had.

    :param at: when the field changed
    :param mover_ref: id of the user who changed it
    :param old: value before; of a stage its id, 0 if there was none
    :param new: value afterwards, likewise
    :param old_name: name of the stage before, for a stage that is deleted by now
    :param new_name: name of the stage afterwards, likewise
    """

    at: datetime
    mover_ref: int | None
    old: int | str | None
    new: int | str | None
    old_name: str | None = None
    new_name: str | None = None


class PastLead(NamedTuple):
    """A lead as it is now, with the instants that Odoo stores on it.

    :param converted_at: when a lead became an opportunity
    :param stage_updated_at: Odoo's date of the last stage update
    """

    id: int
    type: str
    active: bool
    won_status: str
    stage_id: int | None
    team_id: int | None
    user_id: int | None
    company_id: int | None
    date_deadline: date | None
    amount: Decimal
    created_at: datetime
    converted_at: datetime | None
    closed_at: datetime | None
    stage_updated_at: datetime | None


class PastState(NamedTuple):
    """Status and stage of a deal from an instant on.

    :param mover_ref: id of the user who brought the deal into this state
    :param status: a constant of ``statuses.py``
    """

    at: datetime
    mover_ref: int | None
    status: str
    stage: Stage


def chain(links: list[Link], now: int | str) -> list[Link]:
    """Return the links that lead from the first known value of a field to its present value.

    A link is followed if its old value is the value before it. The links may include changes of another deal that was
    merged into this one. If the way forward does not end at the present value, but the way back from the present value
    reaches the first old value, the way back is returned. If neither does, a change was not tracked; the known links
    before and after it are joined.

    :param links: tracked changes of the field in order of time, at least one
    :param now: the present value
    """
    forward, value = [], links[0].old
    for link in links:
        if link.old == value != link.new:
            forward.append(link)
            value = link.new
    if value == now:
        return forward
    backward, value = [], now
    for link in reversed(links):
        if link.new == value != link.old:
            backward.append(link)
            value = link.old
    backward.reverse()
    if backward and value == links[0].old:
        return backward
    later = [link for link in backward if not forward or link.at > forward[-1].at]
    if later and forward and forward[-1].new != later[0].new:
        return [*forward, later[0]._replace(old=forward[-1].new), *later[1:]]
    return forward


class Past:
    """The known states of one deal from its creation until now.

    :param lead: the deal as it is now
    :param links: its tracked changes by name of the field, in order of time
    :param stages: all stages as they are now, by id
    """

    def __init__(self, lead: PastLead, links: dict[str, list[Link]], stages: dict[int, Stage]):
        self._lead = lead
        self._stages = stages
        self._names = {}
        now = {"stage_id": lead.stage_id or 0, "active": lead.active, "won_status": lead.won_status, "type": lead.type}
        chains = {name: chain(links[name], value) for name, value in now.items() if name in links}
        self._chains = {name: followed for name, followed in chains.items() if followed}
        self._reasoned = {link.at for link in links.get("lost_reason_id", ()) if link.new}
        for link in self._chains.get("stage_id", ()):
            self._names.update({link.old: link.old_name, link.new: link.new_name})
        self._lost_by_archiving_at = self._last_archiving() if lead.won_status == LOST else None

    def states(self) -> list[PastState]:
        """Return the states in order of time, of each instant the last one; none for a lead that never was a deal.

        An instant may be earlier than the instant before it, since clocks are set back and dates are edited.
        """
        lead = self._lead
        if lead.type != "opportunity" and "type" not in self._chains:
            return []
        values = self._first_values()
        states = [PastState(lead.created_at, None, self._status(values), self._stage(values["stage_id"]))]
        for at, links in sorted(self._changes_by_instant(values).items()):
            mover_ref = None
            changed = {}
            for name, link in links:
                mover_ref, changed[name] = link.mover_ref, link.new
            self._follow(values, changed, at)
            state = PastState(at, mover_ref, self._status(values), self._stage(values["stage_id"]))
            self._add(states, state)
        return self._ending_now(states)

    def _last_archiving(self) -> datetime | None:
        """Return when the deal was last archived, if no change of won or lost was tracked since."""
        archivings = [link.at for link in self._chains.get("active", ()) if not link.new]
        statuses = [link.at for link in self._chains.get("won_status", ())]
        return archivings[-1] if archivings and archivings[-1:] >= statuses[-1:] else None

    def _first_values(self) -> dict:
        """Return the values at creation. A field that was never tracked has always had its present value."""
        lead = self._lead
        first = {name: links[0].old for name, links in self._chains.items()}
        stage_id = first.get("stage_id", lead.stage_id or 0)
        first_type = lead.type
        if lead.converted_at and lead.converted_at > lead.created_at:
            first_type = "lead"
        active = first.get("active", True)
        is_created_lost = not active and first.get("won_status") == LOST
        return {
            "stage_id": stage_id,
            "active": active,
            "won_status": WON if self._stage(stage_id).is_won else LOST if is_created_lost else None,
            "type": first.get("type", first_type),
        }

    def _changes_by_instant(self, first: dict) -> dict[datetime, list[tuple[str, Link]]]:
        changes = defaultdict(list)
        converted_at = self._lead.converted_at
        for name, links in self._chains.items():
            for link in links:
                changes[max(link.at, self._lead.created_at)].append((name, link))
        if "type" not in self._chains and first["type"] != self._lead.type:
            changes[converted_at].append(("type", Link(converted_at, None, first["type"], self._lead.type)))
        return changes

    def _follow(self, values: dict, changed: dict, at: datetime) -> None:
        """Apply the changes of an instant; derive won or lost if only the stage or archiving was tracked.

        :param values: values before, updated in place
        :param changed: new values by name of the field
        """
        won_status = values["won_status"]
        values.update(changed)
        if "won_status" in changed:
            return
        if "stage_id" in changed:
            if self._stage(changed["stage_id"]).is_won:
                values["won_status"] = WON
            elif won_status != LOST:
                values["won_status"] = None
        if changed.get("active"):
            values["won_status"] = WON if values["won_status"] == WON else None
        elif "active" in changed and values["won_status"] != WON:
            values["won_status"] = LOST if at == self._lost_by_archiving_at or at in self._reasoned else None

    def _ending_now(self, states: list[PastState]) -> list[PastState]:
        """Return the states up to the present one. A closed deal ends at the time at which it was closed."""
        lead = self._lead
        values = {"active": lead.active, "won_status": lead.won_status, "type": lead.type}
        status, stage = self._status(values), self._stage(lead.stage_id or 0)
        last = states[-1]
        updated_at = max(last.at, lead.stage_updated_at or last.at)
        if status == OPEN:
            if last.status != OPEN or last.stage != stage:
                self._add(states, PastState(updated_at, None, status, stage))
            return states
        if last.status != status:
            self._add(states, PastState(lead.closed_at or updated_at, None, status, stage))
            return states
        first = len(states) - 1
        while first and states[first - 1].status == status:
            first -= 1
        # Archiving a closed deal again overwrites its time of closing. Then the tracked time is right.
        if lead.closed_at and lead.active:
            states[first] = states[first]._replace(at=lead.closed_at)
        return states[: first + 1]

    @staticmethod
    def _add(states: list[PastState], state: PastState) -> None:
        """Add a state. Only the last state of an instant counts."""
        if states[-1].at == state.at:
            states.pop()
        states.append(state)

    def _status(self, values: dict) -> str:
        if values["type"] != "opportunity":
            return OUTSIDE
        if values["won_status"] in (WON, LOST):
            return values["won_status"]
        return OPEN if values["active"] else OUTSIDE

    def _stage(self, stage_id: int) -> Stage:
        if not stage_id:
            return NO_STAGE
        stage = self._stages.get(stage_id)
        # A negative id distinguishes deleted stages while the past is read.
        return stage or Stage(-stage_id, self._names.get(stage_id) or "", 0)

"""What both ledgers must hold, told by someone who never saw them.

The oracle watches the deals as people see them after each transaction, and who made it and when. From that alone, and
from the definitions of the numbers, it says what the stays, the lines, the pushes and the times in stage must be. It
imports nothing of the module and reads none of its tables.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from oracle_lines import Line, lines_of_change, lines_of_entry, lines_of_exit, mark_slip
from oracle_words import OPEN, REMOVED, SLIP, WON, Seen, Stay, Turn


@dataclass
class DealStory:
    """All that happened to one deal."""

    stays: list[Stay] = field(default_factory=list)
    standing: str | None = None
    place: Seen | None = None
    places: list[tuple[datetime, Seen | None]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    dates_of_day: dict[date, list] = field(default_factory=dict)
    latest: datetime | None = None
    in_stage_since: datetime | None = None
    won_into: tuple[int, datetime] | None = None
    seen: Seen | None = None

    @property
    def current(self):
        return next((stay for stay in self.stays if stay.outcome == OPEN), None)

    @property
    def last_visit(self):
        stays = (stay for stay in reversed(self.stays) if stay.outcome not in ("skipped", "correction"))
        return next(stays, None)

    def watch(self, turn, seen):
        """Take in how the deal looks after a turn; `seen` is None once it is deleted."""
        if self.latest and turn.instant < self.latest:
            turn = turn._replace(instant=self.latest)
        status = seen.status if seen else None
        self._watch_won_stage(turn, seen)
        self.seen = seen
        if self.standing == OPEN:
            if status != OPEN:
                self._leave(turn, seen, status or REMOVED)
            elif seen != self.place:
                self._change(turn, seen)
        elif status and status != self.standing:
            self._come_in(turn, seen)

    def _watch_won_stage(self, turn, seen):
        """Follow a won deal into another won stage.

        It stays nowhere, but one sees since when it is there; back where it was won, that is since it was won.
        """
        if self.standing == WON and seen and seen.status == WON and seen.stage != self.seen.stage:
            stage, instant = self.won_into
            self.in_stage_since = instant if seen.stage == stage else turn.instant

    # Coming, moving, going

    def _come_in(self, turn, seen):
        posted = lines_of_entry(self.standing, seen)
        if seen.status == OPEN:
            self._enter(turn, seen)
            self.in_stage_since = turn.instant
        else:
            posted = self._flash(turn, seen)
        self._settle(turn, seen.status, seen if seen.status == OPEN else None, posted)

    def _flash(self, turn, seen):
        """It comes in and goes at one instant: a stay of no length, unless it never was anywhere but in a won stage."""
        in_won_stage = seen.stage in turn.steps and turn.steps[seen.stage].is_won
        last = self.last_visit
        place, rank = seen, None
        if (seen.status == WON or in_won_stage) and last:
            place, rank = seen._replace(stage=last.stage), last.last_rank
        if last or not in_won_stage:
            stay = self._enter(turn, place, rank)
            self._close(turn, stay, seen, seen.status)
            self.in_stage_since = stay.entered
        else:
            self.in_stage_since = turn.instant
        return lines_of_entry(self.standing, place) + lines_of_exit(seen.status, place)

    def _change(self, turn, seen):
        before, stay = self.place, self.current
        self._note_date(turn, before, seen)
        posted = lines_of_change(before, seen, turn.steps, stay.last_rank)
        if seen.stage == stay.stage:
            stay.seen = seen
        elif self._is_slip(turn, stay, seen):
            said = [line for line in self.lines if not line.correction]
            plain = said[-1].turn == stay.began and seen == before._replace(stage=seen.stage)
            self._take_back(turn, stay, seen)
            if plain:
                mark_slip(self.lines, stay.began, posted)
        else:
            self._close(turn, stay, seen, posted[-1].kind)
            self._enter(turn, seen).came_from = stay
        if seen.stage != before.stage:
            self.in_stage_since = self.current.entered
        self._settle(turn, OPEN, seen, posted)

    def _leave(self, turn, seen, outcome):
        before, stay, posted = self.place, self.current, []
        last = before
        if seen:
            # What the same save changed besides is posted first, in the stage that is left.
            last = seen._replace(stage=before.stage, status=OPEN)
            self._note_date(turn, before, last)
            posted = lines_of_change(before, last, turn.steps, stay.last_rank)
        self._close(turn, stay, seen, outcome)
        if outcome == WON:
            self.in_stage_since = turn.instant
        self._settle(turn, outcome, None, posted + lines_of_exit(outcome, last))

    def _settle(self, turn, standing, place, posted):
        if standing == WON:
            self.won_into = self.seen.stage, turn.instant
        self.standing, self.place = standing, place
        self.lines += [line._replace(turn=turn.number, instant=turn.instant) for line in posted]
        self.places.append((turn.instant, place))
        self.latest = turn.instant

    # Stays

    def _enter(self, turn, seen, old_rank=None):
        stay = self._row(turn, seen, seen.stage, old_rank)
        self.stays.append(stay)
        self._convert(turn, lambda rank: rank < stay.last_rank)
        return stay

    def _row(self, turn, seen, stage, old_rank=None):
        """A new row; the old rank is that of a stage that is gone."""
        again = any(stay.first and stay.stage == stage for stay in self.stays)
        rank = turn.steps[stage].rank if stage in turn.steps else old_rank or (0, 0)
        return Stay(stage, turn.instant, seen, turn.mover, turn.number, rank, first=not again)

    def _close(self, turn, stay, seen, outcome):
        left = stay.seen
        if seen and seen.currency == stay.seen.currency:
            stay.seen = stay.seen._replace(amount=seen.amount)
        stay.left, stay.outcome = turn.instant, outcome
        stay.next_stage = seen.stage if outcome in ("advanced", "moved_back", WON) else None
        if outcome in ("advanced", WON):
            self._pass(turn, stay, left, seen)
        if outcome == WON:
            self._convert(turn, lambda _rank: True)

    def _pass(self, turn, stay, left, seen):
        """Write the stages that a jump forward went over."""
        old, new = turn.steps.get(stay.stage), turn.steps[seen.stage]
        fits = (not old or old.serves(seen.team)) and new.serves(left.team)
        if left.team != seen.team and not fits:
            return
        lower = old.rank if old else stay.last_rank
        for step in sorted(turn.steps.values(), key=lambda step: step.rank):
            if lower < step.rank < new.rank and step.serves(seen.team) and not step.is_won:
                row = self._row(turn, seen, step.id)
                row.outcome, row.left, row.next_stage = "skipped", turn.instant, seen.stage
                self.stays.append(row)

    def _convert(self, turn, is_earlier):
        for stay in self.stays:
            step = turn.steps.get(stay.stage)
            # Of a stage that is gone only the sequence is known, unless this very turn deleted it.
            rank = step.rank if step else stay.last_rank if stay.stage else (stay.last_rank[0], 0)
            if stay.first and stay.converted is None and is_earlier(rank):
                stay.converted, stay.converted_by = turn.instant, turn.number

    @staticmethod
    def _is_slip(turn, stay, seen):
        back = stay.came_from is not None and stay.came_from.stage == seen.stage
        return back and stay.mover == turn.mover and turn.instant - stay.entered <= SLIP

    def _take_back(self, turn, short, seen):
        """The stay before it runs on, as if the short one had never been."""
        for stay in self.stays:
            if stay is short or (stay.outcome == "skipped" and stay.began == short.began):
                stay.outcome, stay.first = "correction", False
            if stay.converted_by == short.began:
                stay.converted = stay.converted_by = None
        short.left, short.next_stage = turn.instant, seen.stage
        earlier = short.came_from
        earlier.outcome, earlier.left, earlier.next_stage, earlier.seen = OPEN, None, None, seen

    # Numbers

    def _note_date(self, turn, before, after):
        if before.deadline != after.deadline:
            zone = ZoneInfo(turn.zones[before.company])
            day = turn.instant.replace(tzinfo=timezone.utc).astimezone(zone).date()
            self.dates_of_day.setdefault(day, [before.deadline, None])[1] = after.deadline

    def pushes(self):
        """(how often, by how many days) the expected closing was moved to later, a day counting by its net effect."""
        days = [(new - old).days for old, new in self.dates_of_day.values() if old and new and new > old]
        return len(days), sum(days)

    def place_at(self, moment):
        """Where the deal was in the pipeline at the end of a moment, None if it was not."""
        return next((place for instant, place in reversed(self.places) if instant <= moment), None)

    def days_by_stage(self, now):
        """Calendar days in all, by stage: skips and slips are none."""
        days = defaultdict(float)
        for stay in self.stays:
            if stay.outcome not in ("skipped", "correction"):
                length = (stay.left or max(now, stay.entered)) - stay.entered
                days[stay.stage] += length.total_seconds() / 86400
        return days


class Oracle:
    """All deals of one story."""

    def __init__(self):
        self.deals = {}
        self.instants = []
        self.turns = 0

    def watch(self, instant, mover, deals, steps, zones):
        """Take in a committed transaction.

        :param dict deals: how each deal that exists looks now, by number
        :param dict steps: the stages as they are now
        :param dict zones: time zone of each company's calendar; None is no company
        """
        self.turns += 1
        turn = Turn(self.turns, instant, mover, steps, zones)
        self.instants.append(instant)
        for number in sorted(deals.keys() | self.deals.keys()):
            self.deals.setdefault(number, DealStory()).watch(turn, deals.get(number))

    def forget(self, name, gone):
        """A stage, team or salesperson was deleted: all that pointed at it points at nothing."""
        for deal in self.deals.values():
            deal.seen, deal.place = _without(deal.seen, name, gone), _without(deal.place, name, gone)
            deal.places = [(instant, _without(place, name, gone)) for instant, place in deal.places]
            deal.lines = [_without(line, name, gone) for line in deal.lines]
            for stay in deal.stays:
                stay.seen = _without(stay.seen, name, gone)
                if name == "stage":
                    stay.stage = None if stay.stage == gone else stay.stage
                    stay.next_stage = None if stay.next_stage == gone else stay.next_stage

    def balances(self, moment, columns):
        """{group: (deals, amount)} of the pipeline at a moment."""
        found = defaultdict(lambda: (0, Decimal(0)))
        for deal in self.deals.values():
            if place := deal.place_at(moment):
                group = tuple(getattr(place, name) for name in columns)
                count, amount = found[group]
                found[group] = count + 1, amount + place.amount
        return found


def _without(row, name, gone):
    return row._replace(**{name: None}) if row and getattr(row, name) == gone else row

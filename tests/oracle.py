"""Compute from the visible deals alone what both ledgers must contain.

The oracle observes the deals after each commit, with its instant and user. From this and from docs/definitions.md it
computes the visits, the movement lines, the pushes and the time in stage of each deal. It imports nothing of the module
and reads none of its tables. Start reading at :meth:`Oracle.observe`.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from oracle_lines import Line, lines_of_change, lines_of_entry, lines_of_exit, mark_correction
from oracle_types import LOST, OPEN, REMOVED, UNDO_WINDOW, WON, Commit, DealState, Visit


@dataclass
class DealHistory:
    """Everything that has happened to one deal.

    :ivar recorded_status: the status after the last recorded change: open, won, lost or removed
    :ivar pipeline_state: the deal as it is in the pipeline, None if it is not
    :ivar pipeline_states: (instant, pipeline state) after each recorded change
    :ivar deadlines_by_day: [deadline before, deadline after] of each day on which it changed
    :ivar won_into: (stage, instant) of the last win
    :ivar state: the deal as it was last observed, None if it is deleted
    """

    visits: list[Visit] = field(default_factory=list)
    recorded_status: str | None = None
    pipeline_state: DealState | None = None
    pipeline_states: list[tuple[datetime, DealState | None]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    deadlines_by_day: dict[date, list] = field(default_factory=dict)
    latest_instant: datetime | None = None
    in_stage_since: datetime | None = None
    won_into: tuple[int, datetime] | None = None
    state: DealState | None = None

    @property
    def open_visit(self):
        return next((visit for visit in self.visits if visit.outcome == OPEN), None)

    @property
    def last_visit(self):
        visits = (visit for visit in reversed(self.visits) if visit.outcome not in ("skipped", "correction"))
        return next(visits, None)

    def observe(self, commit, state):
        """Record the deal's state after a commit.

        :param DealState state: None if the deal is deleted
        """
        if self.latest_instant and commit.instant < self.latest_instant:
            commit = commit._replace(instant=self.latest_instant)
        status = state.status if state else None
        self._follow_won_stage(commit, state)
        self.state = state
        if self.recorded_status == OPEN:
            if status != OPEN:
                self._leave_pipeline(commit, state, status or REMOVED)
            elif state != self.pipeline_state:
                self._change(commit, state)
        elif status and status != self.recorded_status:
            self._enter_pipeline(commit, state)

    def _follow_won_stage(self, commit, state):
        """Update the time in stage of a won deal that moves to another won stage.

        A won deal has no open visit. In the stage in which it was won, it counts as being there since it was won.
        """
        if self.recorded_status == WON and state and state.status == WON and state.stage != self.state.stage:
            stage, instant = self.won_into
            self.in_stage_since = instant if state.stage == stage else commit.instant

    # Entering the pipeline, changes, leaving it

    def _enter_pipeline(self, commit, state):
        in_won_stage = state.stage in commit.stages and commit.stages[state.stage].is_won
        last, ends = self.last_visit, state.status != OPEN
        pipeline_state, rank = state, None
        if ends and last and (state.status == WON or in_won_stage):
            pipeline_state, rank = state._replace(stage=last.stage), last.last_rank
        posted = lines_of_entry(self.recorded_status, pipeline_state)
        visit = last if self._is_end_undone(commit, pipeline_state) else None
        if visit:
            ended = self._state_at_end(pipeline_state)
            self._record_deadline(commit, ended, pipeline_state)
            [entry] = lines_of_entry(self.recorded_status, ended)
            changes = lines_of_change(ended, pipeline_state, commit.stages, last.last_rank)
            posted = [entry._replace(correction=True), *changes]
            self._mark_last_line()
        if self.recorded_status == WON and last:
            self._take_back_win(last)
        if visit:
            visit.outcome, visit.left, visit.next_stage, visit.ended_by, visit.ended_in = OPEN, None, None, None, None
            visit.state = pipeline_state
        elif last or not ends:
            visit = self._open_visit(commit, pipeline_state, rank)
        if ends:
            posted += lines_of_exit(state.status, pipeline_state)
            if visit:
                self._close_visit(commit, visit, state, state.status)
        self.in_stage_since = visit.entered if visit and state.status != WON else commit.instant
        self._post(commit, state.status, None if ends else state, posted)

    def _is_end_undone(self, commit, pipeline_state):
        """Return whether the person who ended the deal brings it back into the same stage within five minutes."""
        last = self.last_visit
        return (
            last is not None
            and last.stage == pipeline_state.stage
            and last.ended_by == commit.mover
            and last.outcome in (WON, LOST, REMOVED)
            and commit.instant - last.left <= UNDO_WINDOW
        )

    def _state_at_end(self, state):
        """Return a closed deal as the line of its end says."""
        end = next(line for line in reversed(self.lines) if not line.correction)
        place = {name: getattr(end, name) for name in ("team", "user", "company", "currency", "deadline")}
        return state._replace(**place, amount=-end.amount)

    def _mark_last_line(self):
        index = max(index for index, line in enumerate(self.lines) if not line.correction)
        self.lines[index] = self.lines[index]._replace(correction=True)

    def _take_back_win(self, won):
        """Clear the conversions of a win, and make its skips corrections."""
        for visit in self.visits:
            if visit.outcome == "skipped" and visit.opened_by == won.ended_in:
                visit.outcome, visit.is_first = "correction", False
            if visit.converted_by == (won.ended_in, True):
                visit.converted = visit.converted_by = None

    def _change(self, commit, state):
        before, visit = self.pipeline_state, self.open_visit
        self._record_deadline(commit, before, state)
        posted = lines_of_change(before, state, commit.stages, visit.last_rank)
        if state.stage == visit.stage:
            visit.state = state
        elif self._is_undo(commit, visit, state):
            uncorrected = [line for line in self.lines if not line.correction]
            nothing_else = uncorrected[-1].commit == visit.opened_by and state == before._replace(stage=state.stage)
            self._undo(commit, visit, state)
            if nothing_else:
                mark_correction(self.lines, visit.opened_by, posted)
        else:
            self._close_visit(commit, visit, state, posted[-1].kind)
            self._open_visit(commit, state).previous = visit
        if state.stage != before.stage:
            self.in_stage_since = self.open_visit.entered
        self._post(commit, OPEN, state, posted)

    def _leave_pipeline(self, commit, state, outcome):
        before, visit, posted = self.pipeline_state, self.open_visit, []
        last = before
        if state:
            # Other changes of the same commit are posted before the exit, in the stage that the deal leaves.
            last = state._replace(stage=before.stage, status=OPEN)
            self._record_deadline(commit, before, last)
            posted = lines_of_change(before, last, commit.stages, visit.last_rank)
        self._close_visit(commit, visit, state, outcome)
        if outcome == WON:
            self.in_stage_since = commit.instant
        self._post(commit, outcome, None, posted + lines_of_exit(outcome, last))

    def _post(self, commit, recorded_status, pipeline_state, posted):
        if recorded_status == WON:
            self.won_into = self.state.stage, commit.instant
        self.recorded_status, self.pipeline_state = recorded_status, pipeline_state
        if posted:
            day = self._day(commit, posted[0].company)
            self.lines += [line._replace(commit=commit.number, instant=commit.instant, day=day) for line in posted]
        self.pipeline_states.append((commit.instant, pipeline_state))
        self.latest_instant = commit.instant

    # Visits

    def _open_visit(self, commit, state, old_rank=None):
        visit = self._new_visit(commit, state, state.stage, old_rank)
        self.visits.append(visit)
        self._convert(commit, lambda rank: rank < visit.last_rank)
        return visit

    def _new_visit(self, commit, state, stage, old_rank=None):
        """Return a new visit.

        :param tuple old_rank: rank of the stage if it is deleted
        """
        was_there = any(visit.is_first and visit.stage == stage for visit in self.visits)
        rank = commit.stages[stage].rank if stage in commit.stages else old_rank or (0, 0)
        return Visit(stage, commit.instant, state, commit.mover, commit.number, rank, is_first=not was_there)

    def _close_visit(self, commit, visit, state, outcome):
        left = visit.state
        if state and state.currency == visit.state.currency:
            visit.state = visit.state._replace(amount=state.amount)
        visit.left, visit.outcome = commit.instant, outcome
        visit.ended_by, visit.ended_in = commit.mover, commit.number
        visit.next_stage = state.stage if outcome in ("advanced", "moved_back", WON) else None
        if outcome in ("advanced", WON):
            self._add_skips(commit, visit, left, state)
        if outcome == WON:
            self._convert(commit, lambda _rank: True, is_win=True)

    def _add_skips(self, commit, visit, left, state):
        """Add the stages that a forward move has skipped."""
        old, new = commit.stages.get(visit.stage), commit.stages[state.stage]
        fits = (not old or old.is_for_team(state.team)) and new.is_for_team(left.team)
        if left.team != state.team and not fits:
            return
        lower = old.rank if old else visit.last_rank
        for stage_state in sorted(commit.stages.values(), key=lambda stage_state: stage_state.rank):
            if lower < stage_state.rank < new.rank and stage_state.is_for_team(state.team) and not stage_state.is_won:
                row = self._new_visit(commit, state, stage_state.id)
                row.outcome, row.left, row.next_stage = "skipped", commit.instant, state.stage
                self.visits.append(row)

    def _convert(self, commit, is_earlier, is_win=False):
        for visit in self.visits:
            stage_state = commit.stages.get(visit.stage)
            rank = stage_state.rank if stage_state else visit.last_rank
            if visit.is_first and visit.converted is None and is_earlier(rank):
                visit.converted, visit.converted_by = commit.instant, (commit.number, is_win)

    @staticmethod
    def _is_undo(commit, visit, state):
        back = visit.previous is not None and visit.previous.stage == state.stage
        return back and visit.mover == commit.mover and commit.instant - visit.entered <= UNDO_WINDOW

    def _undo(self, commit, undone, state):
        """Mark a visit and its skips as corrections and reopen the visit before it."""
        for visit in self.visits:
            if visit is undone or (visit.outcome == "skipped" and visit.opened_by == undone.opened_by):
                visit.outcome, visit.is_first = "correction", False
            if visit.converted_by == (undone.opened_by, False):
                visit.converted = visit.converted_by = None
        undone.left, undone.next_stage, undone.ended_by = commit.instant, state.stage, commit.mover
        earlier = undone.previous
        earlier.outcome, earlier.left, earlier.next_stage, earlier.state = OPEN, None, None, state
        earlier.ended_by = None

    # Pushes and time in stage

    def _day(self, commit, company):
        """Return the day of a change of a deal that is in a company before it. The days of a deal never go back."""
        zone = ZoneInfo(commit.zones[company])
        day = commit.instant.replace(tzinfo=timezone.utc).astimezone(zone).date()
        return max(day, self.lines[-1].day) if self.lines else day

    def _record_deadline(self, commit, before, after):
        if before.deadline != after.deadline:
            day = self._day(commit, before.company)
            self.deadlines_by_day.setdefault(day, [before.deadline, None])[1] = after.deadline

    def pushes(self):
        """Return (number of pushes, days pushed). A day counts by the net change of the deadline."""
        days = [(new - old).days for old, new in self.deadlines_by_day.values() if old and new and new > old]
        return len(days), sum(days)

    def pipeline_state_at(self, moment):
        """Return the deal's state in the pipeline at an instant, None if it was not in it."""
        return next(
            (pipeline_state for instant, pipeline_state in reversed(self.pipeline_states) if instant <= moment), None
        )

    def days_by_stage(self, now):
        """Return the calendar days in each stage. Skips and corrections do not count."""
        days = defaultdict(float)
        for visit in self.visits:
            if visit.outcome not in ("skipped", "correction"):
                length = (visit.left or max(now, visit.entered)) - visit.entered
                days[visit.stage] += length.total_seconds() / 86400
        return days


class Oracle:
    """The histories of all deals of one story."""

    def __init__(self):
        self.deals = {}
        self.instants = []
        self.commits = 0

    def observe(self, instant, mover, deals, stages, zones):
        """Record a commit.

        :param int mover: id of the user
        :param dict deals: :class:`DealState` of each existing deal by lead id
        :param dict stages: :class:`StageState` of each existing stage by id
        :param dict zones: time zone of each company's calendar by company id; None stands for no company
        """
        self.commits += 1
        commit = Commit(self.commits, instant, mover, stages, zones)
        self.instants.append(instant)
        for number in sorted(deals.keys() | self.deals.keys()):
            self.deals.setdefault(number, DealHistory()).observe(commit, deals.get(number))

    def clear_references(self, name, deleted_id):
        """Set all references to a deleted stage, team or salesperson to None.

        :param str name: `stage`, `team` or `user`
        """
        for deal in self.deals.values():
            deal.state, deal.pipeline_state = (
                _without(deal.state, name, deleted_id),
                _without(deal.pipeline_state, name, deleted_id),
            )
            deal.pipeline_states = [
                (instant, _without(pipeline_state, name, deleted_id))
                for instant, pipeline_state in deal.pipeline_states
            ]
            deal.lines = [_without(line, name, deleted_id) for line in deal.lines]
            for visit in deal.visits:
                visit.state = _without(visit.state, name, deleted_id)
                if name == "stage":
                    visit.stage = None if visit.stage == deleted_id else visit.stage
                    visit.next_stage = None if visit.next_stage == deleted_id else visit.next_stage

    def balances(self, moment, columns):
        """Return {group: (deals, amount)} of the pipeline at an instant.

        :param columns: the names of the columns to group by
        """
        found = defaultdict(lambda: (0, Decimal(0)))
        for deal in self.deals.values():
            if pipeline_state := deal.pipeline_state_at(moment):
                group = tuple(getattr(pipeline_state, name) for name in columns)
                count, amount = found[group]
                found[group] = count + 1, amount + pipeline_state.amount
        return found


def _without(row, name, deleted_id):
    return row._replace(**{name: None}) if row and getattr(row, name) == deleted_id else row

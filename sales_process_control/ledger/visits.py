"""Makes the rows of the visit ledger (docs/definitions.md, Stage visits)."""

from collections.abc import Iterable
from datetime import datetime

from . import outcomes
from .postings import is_forward, ranked
from .states import Deal, History, Moment, Stage, Visit


def last_advance(visits: Iterable[Visit]) -> datetime | None:
    """Return when a deal last moved forward (docs/definitions.md, Progress); an undone move does not count."""
    return max((visit.left_at for visit in visits if visit.outcome == outcomes.ADVANCED), default=None)


class VisitBook:
    """The visits of one deal while one change is applied to them.

    :param before: what the ledgers hold about the deal
    :param stages: all stages as they are now, by id
    :param moment: when and by whom the change is made
    """

    def __init__(self, before: History, stages: dict[int, Stage], moment: Moment):
        self._before = before
        self._visits = list(before.visits)
        self._stages = stages
        self._moment = moment

    def rows(self) -> tuple[Visit, ...]:
        """Return the rows that are new or have changed; those that end come first, since one may be open at a time."""
        changed = [visit for visit in self._visits if visit not in self._before.visits]
        changed.sort(key=lambda visit: visit.left_at is None)
        return tuple(changed)

    def enter(self, deal: Deal) -> None:
        """Open a visit in the deal's stage."""
        self._visits.append(self._row(deal.stage, deal, outcomes.OPEN))
        self._convert_earlier_than(deal.stage)

    def end(self, outcome: str, after: Deal) -> None:
        """Close the open visit by the end of the deal.

        :param outcome: WON, LOST or REMOVED
        """
        index = self._open_index()
        left = self._visits[index]
        # Only winning leads to another stage: the won stage.
        next_stage = after.stage if outcome == outcomes.WON else None
        self._close(index, outcome, after, next_stage)
        if outcome == outcomes.WON:
            self._skip_between(left, after)
            self._convert_earlier_than(None)

    def move(self, after: Deal) -> None:
        """Apply a change of a deal that stays open: of its stage, or only of its owner, date or amount."""
        index = self._open_index()
        left = self._visits[index]
        if left.stage.id == after.stage.id:
            self._visits[index] = self._updated(left, after)
            return
        is_advance = is_forward(left.stage, after.stage, self._stages)
        self._close(index, outcomes.ADVANCED if is_advance else outcomes.MOVED_BACK, after, after.stage)
        self._skip_between(left, after)
        self.enter(after)

    def visit_resumed_by(self, after: Deal) -> Visit | None:
        """Return the earlier visit that continues if this change undoes a move.

        It does if the same person moves the deal back in time (docs/definitions.md, Undo within five minutes).
        """
        short = self._visits[self._open_index()]
        if short.stage.id == after.stage.id or not self._moment.may_take_back(short.entered_at, short.mover_ref):
            return None
        visits = [visit for visit in self._visits if visit.id != short.id and visit.outcome not in outcomes.NO_STAY]
        return visits[-1] if visits and self._was_left_for(visits[-1], short, after) else None

    def undo_move(self, earlier: Visit, after: Deal) -> None:
        """Continue the earlier visit; turn the short one, and the skips of the undone move, into corrections."""
        short = self._visits[self._open_index()]
        before_short = self._visits[: self._visits.index(short)]
        self._take_back(short.entered_at, before_short, self._skips_before(short))
        self._visits[self._index_of(short)] = short._replace(
            left_at=self._moment.instant,
            outcome=outcomes.CORRECTION,
            next_stage_id=after.stage.id,
            is_first=False,
            ender_ref=self._moment.mover_ref,
        )
        self._resume(earlier, after)

    def visit_resumed_after_end(self, after: Deal) -> Visit | None:
        """Return the last visit, which continues if this change takes back the end of the deal.

        It does if the person who ended the deal brings it back into the same stage in time (docs/definitions.md, Undo
        within five minutes).

        :param after: the deal as it comes back
        """
        last = self._before.last_visit
        if last is None or last.outcome not in outcomes.ENDS or last.stage.id != after.stage.id:
            return None
        is_last = last.left_at == self._before.last_date
        return last if is_last and self._moment.may_take_back(last.left_at, last.ender_ref) else None

    def take_back_win(self) -> None:
        """Undo what rests on the last win alone: its skips become corrections, its conversions are cleared."""
        won = self._before.last_visit
        if won is None or won.outcome != outcomes.WON:
            return
        position = self._visits.index(won)
        skips = {visit for visit in self._visits[position + 1 :] if visit.outcome == outcomes.SKIPPED}
        self._take_back(won.left_at, self._visits, skips)

    def undo_end(self, last: Visit, after: Deal) -> None:
        """Continue the last visit, which the end of the deal had closed.

        :param last: the visit as it is in the ledger
        """
        index = self._resume(last, after)
        # The ledger knows nothing else of the instant at which the deal came back.
        self._visits[index] = self._visits[index]._replace(changed_at=self._moment.instant)

    def _take_back(self, instant: datetime, visits: list[Visit], skips: set[Visit]) -> None:
        """Turn the skips of a move or a win into corrections, and clear the conversions that rest on it.

        :param instant: when the deal was moved or won; the other arguments as in :meth:`_converted_at`
        """
        unconverted = self._converted_at(instant, visits, skips)
        for index, before in enumerate(self._visits):
            visit = before
            if before in skips:
                visit = before._replace(outcome=outcomes.CORRECTION, is_first=False)
            self._visits[index] = visit._replace(converted_at=None) if before in unconverted else visit

    def _resume(self, visit: Visit, after: Deal) -> int:
        """Let a visit that was closed last, with the present values of its deal.

        :return: its index
        """
        index = self._index_of(visit)
        self._visits[index] = self._updated(self._visits[index], after)._replace(
            outcome=outcomes.OPEN, left_at=None, next_stage_id=None, ender_ref=None
        )
        return index

    def _index_of(self, stored: Visit) -> int:
        """Return the index of a visit of the ledger, which may have changed meanwhile."""
        return next(index for index, visit in enumerate(self._visits) if visit.id == stored.id)

    def _skips_before(self, short: Visit) -> set[Visit]:
        """Return the skips of the move into a visit: the rows between it and the row before that is no skip."""
        earlier_ids = [visit.id for visit in self._visits if visit.outcome != outcomes.SKIPPED and visit.id < short.id]
        last_id = max(earlier_ids, default=0)
        return {visit for visit in self._visits if visit.outcome == outcomes.SKIPPED and last_id < visit.id < short.id}

    def _converted_at(self, instant: datetime, visits: list[Visit], skips: set[Visit]) -> set[Visit]:
        """Return the rows that a move or a win at an instant has converted.

        Moves share an instant where a clock was set back. Then an earlier move of the same instant may have converted a
        row.

        :param visits: the rows up to the move or the win, its skips included
        :param skips: the skips of the move or the win
        """
        return {
            visit
            for position, visit in enumerate(visits)
            if visit.converted_at == instant
            and not any(
                other.entered_at == instant
                and other not in skips
                and other.outcome != outcomes.CORRECTION
                and ranked(other.stage, self._stages) > ranked(visit.stage, self._stages)
                for other in visits[position:]
            )
        }

    @staticmethod
    def _was_left_for(visit: Visit, short: Visit, after: Deal) -> bool:
        return (
            visit.stage.id == after.stage.id
            and visit.outcome in (outcomes.ADVANCED, outcomes.MOVED_BACK)
            and visit.left_at == short.entered_at
            and visit.next_stage_id == short.stage.id
        )

    def _open_index(self) -> int:
        return max(index for index, visit in enumerate(self._visits) if visit.outcome == outcomes.OPEN)

    def _row(self, stage: Stage, deal: Deal, outcome: str) -> Visit:
        return Visit(
            id=None,
            stage=stage,
            entered_at=self._moment.instant,
            left_at=None if outcome == outcomes.OPEN else self._moment.instant,
            outcome=outcome,
            owner=deal.owner,
            date_deadline=deal.date_deadline,
            amount=deal.amount,
            is_first=not any(visit.is_first and visit.stage.id == stage.id for visit in self._visits),
            mover_ref=self._moment.mover_ref,
            origin=self._moment.origin,
        )

    def _updated(self, visit: Visit, after: Deal) -> Visit:
        """Return an open visit with the present owner, expected closing and amount of its deal."""
        updated = visit._replace(owner=after.owner, date_deadline=after.date_deadline, amount=after.amount)
        return visit if updated == visit else updated._replace(changed_at=self._moment.instant)

    def _close(self, index: int, outcome: str, after: Deal, next_stage: Stage | None) -> None:
        """End a visit. It keeps its owner and takes the amount of this last save, unless the currency differs."""
        visit = self._visits[index]
        same_money = after.exists and after.owner.currency_id == visit.owner.currency_id
        self._visits[index] = visit._replace(
            left_at=self._moment.instant,
            outcome=outcome,
            ender_ref=self._moment.mover_ref,
            next_stage_id=next_stage.id if next_stage else None,
            amount=after.amount if same_money else visit.amount,
        )

    def _skip_between(self, left: Visit, after: Deal) -> None:
        """Add a skip for each stage that a jump forward passed."""
        if self._is_carried(left, after) or left.stage.is_forgotten or after.stage.is_forgotten:
            return
        lower, upper = ranked(left.stage, self._stages), after.stage.rank
        passed = [stage for stage in self._stages.values() if lower < stage.rank < upper and not stage.is_won]
        for stage in sorted(passed, key=lambda stage: stage.rank):
            if stage.is_available_to(after.owner.team_id):
                row = self._row(stage, after, outcomes.SKIPPED)
                self._visits.append(row._replace(next_stage_id=after.stage.id))

    def _is_carried(self, left: Visit, after: Deal) -> bool:
        """Return whether a change of team brought the deal from or into a stage that the other team does not use."""
        if left.owner.team_id == after.owner.team_id:
            return False
        old = self._stages.get(left.stage.id, left.stage)
        return not old.is_available_to(after.owner.team_id) or not after.stage.is_available_to(left.owner.team_id)

    def _convert_earlier_than(self, reached: Stage | None) -> None:
        """Mark the first rows of all stages before a stage as converted.

        :param reached: the stage that the deal has reached; None if it was won, which converts all rows
        """
        for index, visit in enumerate(self._visits):
            is_earlier = reached is None or ranked(visit.stage, self._stages) < reached.rank
            if visit.is_first and visit.converted_at is None and is_earlier:
                self._visits[index] = visit._replace(converted_at=self._moment.instant)

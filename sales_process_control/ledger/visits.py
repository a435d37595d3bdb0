"""The rows of the visit ledger (D1)."""

from collections.abc import Iterable
from datetime import datetime

from .postings import direction, ranked
from .states import UNDO_SECONDS, WON, Deal, History, Moment, Stage, Visit


def last_advance(visits: Iterable[Visit]) -> datetime | None:
    """When a deal last moved forward (D10); a slip that was taken back is no move."""
    return max((visit.left_at for visit in visits if visit.outcome == "advanced"), default=None)


class VisitBook:
    """The visits of one deal while one change is written into them.

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
        """The rows that are new or have changed; those that end come first, as only one may be open at a time."""
        changed = [visit for visit in self._visits if visit not in self._before.visits]
        changed.sort(key=lambda visit: visit.left_at is None)
        return tuple(changed)

    def enter(self, deal: Deal) -> None:
        """Open a visit in the deal's stage."""
        self._visits.append(self._row(deal.stage, deal, "open"))
        self._convert_earlier_than(deal.stage)

    def end(self, outcome: str, after: Deal) -> None:
        """Close the open visit as won, lost or removed."""
        index = self._open_index()
        left = self._visits[index]
        # Winning leads into the won stage; a lost deal stays where it was, and a deleted one is nowhere.
        reached = after.stage if outcome == WON else None
        self._close(index, outcome, after, reached)
        if outcome == WON:
            self._skip_between(left, after)
            self._convert_earlier_than(None)

    def move(self, after: Deal) -> None:
        """Follow a deal that stays open: into another stage, or only under another owner, date or amount."""
        index = self._open_index()
        left = self._visits[index]
        if left.stage.id == after.stage.id:
            self._visits[index] = self._follow(left, after)
            return
        self._close(index, direction(left.stage, after.stage, self._stages), after, after.stage)
        self._skip_between(left, after)
        self.enter(after)

    def visit_resumed_by(self, after: Deal) -> Visit | None:
        """The earlier visit that runs on, if this change takes back a move of the same person minutes ago (D0)."""
        short = self._visits[self._open_index()]
        if short.stage.id == after.stage.id or short.mover_ref != self._moment.mover_ref or not short.mover_ref:
            return None
        if (self._moment.instant - short.entered_at).total_seconds() > UNDO_SECONDS:
            return None
        stays = [
            visit for visit in self._visits if visit.id != short.id and visit.outcome not in ("skipped", "correction")
        ]
        return stays[-1] if stays and self._was_left_for(stays[-1], short, after) else None

    def take_back(self, earlier: Visit, after: Deal) -> None:
        """Let the earlier visit run on; keep the short one, and what it skipped, as corrections."""
        short = self._visits[self._open_index()]
        skips = self._skips_of(short)
        undone = {visit for visit in self._visits if self._is_converted_by(short, skips, visit)}
        for index, known in enumerate(self._visits):
            visit = known
            if known == earlier:
                visit = self._follow(known, after)._replace(outcome="open", left_at=None, next_stage_id=None)
            elif known == short:
                left = {"left_at": self._moment.instant, "next_stage_id": after.stage.id}
                visit = known._replace(outcome="correction", is_first=False, **left)
            elif known in skips:
                visit = known._replace(outcome="correction", is_first=False)
            self._visits[index] = visit._replace(converted_at=None) if known in undone else visit

    def _skips_of(self, short: Visit) -> set[Visit]:
        """The skips that were written with a visit: just before it, and after the stay before it."""
        stay_ids = [visit.id for visit in self._visits if visit.outcome != "skipped" and visit.id < short.id]
        since = max(stay_ids, default=0)
        return {visit for visit in self._visits if visit.outcome == "skipped" and since < visit.id < short.id}

    def _is_converted_by(self, short: Visit, skips: set[Visit], visit: Visit) -> bool:
        """Whether the move into the short visit is what converted a row.

        Where a clock was set back, moves share an instant, and another one may have converted it.
        """
        if visit.converted_at != short.entered_at:
            return False
        since = self._visits[self._visits.index(visit) : self._visits.index(short)]
        others = [other for other in since if other not in skips and other.outcome != "correction"]
        rank = ranked(visit.stage, self._stages)
        return not self._was_won_at(visit, short.entered_at) and not any(
            other.entered_at == short.entered_at and ranked(other.stage, self._stages) > rank for other in others
        )

    def _was_won_at(self, visit: Visit, instant: datetime) -> bool:
        """Whether winning at that instant converted a row: one that was there, or a skip that came with it."""
        for won in self._visits:
            if won.outcome == WON and won.left_at == instant:
                later_ids = [stay.id for stay in self._visits if stay.outcome != "skipped" and stay.id > won.id]
                if visit.id < min(later_ids):
                    return True
        return False

    @staticmethod
    def _was_left_for(visit: Visit, short: Visit, after: Deal) -> bool:
        return (
            visit.stage.id == after.stage.id
            and visit.outcome in ("advanced", "moved_back")
            and visit.left_at == short.entered_at
            and visit.next_stage_id == short.stage.id
        )

    def _open_index(self) -> int:
        return max(index for index, visit in enumerate(self._visits) if visit.outcome == "open")

    def _row(self, stage: Stage, deal: Deal, outcome: str) -> Visit:
        return Visit(
            id=None,
            stage=stage,
            entered_at=self._moment.instant,
            left_at=None if outcome == "open" else self._moment.instant,
            outcome=outcome,
            owner=deal.owner,
            date_deadline=deal.date_deadline,
            amount=deal.amount,
            is_first=not any(visit.is_first and visit.stage.id == stage.id for visit in self._visits),
            mover_ref=self._moment.mover_ref,
            origin=self._moment.origin,
        )

    def _follow(self, visit: Visit, after: Deal) -> Visit:
        followed = visit._replace(owner=after.owner, date_deadline=after.date_deadline, amount=after.amount)
        return visit if followed == visit else followed._replace(changed_at=self._moment.instant)

    def _close(self, index: int, outcome: str, after: Deal, reached: Stage | None) -> None:
        """End the visit under the owner whose it was, with the amount that this last save gave it."""
        visit = self._visits[index]
        same_money = after.exists and after.owner.currency_id == visit.owner.currency_id
        self._visits[index] = visit._replace(
            left_at=self._moment.instant,
            outcome=outcome,
            next_stage_id=reached.id if reached else None,
            amount=after.amount if same_money else visit.amount,
        )

    def _skip_between(self, left: Visit, after: Deal) -> None:
        """Write a skip for each stage that a jump forward passed over."""
        if self._is_carried(left, after) or left.stage.is_forgotten or after.stage.is_forgotten:
            return
        lower, upper = ranked(left.stage, self._stages), after.stage.rank
        passed = [stage for stage in self._stages.values() if lower < stage.rank < upper and not stage.is_won]
        for stage in sorted(passed, key=lambda stage: stage.rank):
            if stage.is_available_to(after.owner.team_id):
                row = self._row(stage, after, "skipped")
                self._visits.append(row._replace(next_stage_id=after.stage.id))

    def _is_carried(self, left: Visit, after: Deal) -> bool:
        """Whether another team brought the deal into stages that are not those of the team before."""
        if left.owner.team_id == after.owner.team_id:
            return False
        old = self._stages.get(left.stage.id, left.stage)
        return not old.is_available_to(after.owner.team_id) or not after.stage.is_available_to(left.owner.team_id)

    def _convert_earlier_than(self, reached: Stage | None) -> None:
        """Mark the first rows of all stages that come before the one reached; of all stages when it is won."""
        for index, visit in enumerate(self._visits):
            earlier = reached is None or ranked(visit.stage, self._stages) < reached.rank
            if visit.is_first and visit.converted_at is None and earlier:
                self._visits[index] = visit._replace(converted_at=self._moment.instant)

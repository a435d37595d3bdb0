"""Both ledgers of one deal, while change after change is written into them."""

from datetime import datetime

from .change import Change, change
from .states import OPEN, Deal, History, Moment, Posting, Stage, Visit


class Book:
    """What the ledgers hold about one deal, and what a past adds to that.

    The way in for whoever knows more than one change of a deal at once: the past of a database, the history of another
    program. What each change means is decided by :func:`change`.

    :param history: what the ledgers hold already; its rows have numbers, those to come get higher ones for the time
        being, as the order of rows decides what a slip takes back
    :param stage_entered_at: what the deal itself says
    """

    def __init__(self, history: History | None = None, stage_entered_at: datetime | None = None):
        self.history = history or History()
        self.stage_entered_at = stage_entered_at
        self.lines: list[tuple[Moment, Posting]] = []
        self._known = set(self.history.visits)
        self._known_number = self._number = max((visit.id for visit in self.history.visits), default=0)

    def record(self, deal: Deal, moment: Moment, stages: dict[int, Stage]) -> Change:
        """Make the deal so, at a moment that is not before the one recorded last.

        :param stages: all stages, by id; they decide direction and skips
        :return: what this means for the ledgers
        """
        found = change(self.history, deal, moment, stages)
        self.stage_entered_at = self._stage_entered_at(found, deal)
        if found.undone_at:
            self._mark_slip(found.undone_at)
        if found.is_empty:
            return found
        visits = [visit if visit.id else self._numbered(visit) for visit in found.resulting_visits(self.history)]
        visits.sort(key=lambda visit: (visit.entered_at, visit.id))
        self.history = self.history._replace(visits=tuple(visits))
        if found.postings:
            self._post(found)
        return found

    def new_visits(self) -> list[Visit]:
        """The rows that the ledger does not hold yet, in the order in which they came to be."""
        rows = [visit for visit in self.history.visits if visit.id > self._known_number]
        return [visit._replace(id=None) for visit in sorted(rows, key=lambda visit: visit.id)]

    def changed_visits(self) -> list[Visit]:
        """The rows that the ledger holds otherwise."""
        return [visit for visit in self.history.visits if visit.id <= self._known_number and visit not in self._known]

    def forget_stages(self) -> None:
        """Let stages that were deleted before the ledgers began keep their names only: no row can refer to them."""
        visits = [
            visit._replace(
                stage=_without_number(visit.stage),
                next_stage_id=None if (visit.next_stage_id or 0) < 0 else visit.next_stage_id,
            )
            for visit in self.history.visits
        ]
        self.history = self.history._replace(visits=tuple(visits))
        self.lines = [(moment, line._replace(stage=_without_number(line.stage))) for moment, line in self.lines]

    def _stage_entered_at(self, found: Change, deal: Deal) -> datetime | None:
        if found.visits and found.visits[-1].outcome == OPEN:
            return found.visits[-1].entered_at
        return found.stage_entered_at(self.history, deal._replace(stage_entered_at=self.stage_entered_at))

    def _numbered(self, visit: Visit) -> Visit:
        self._number += 1
        return visit._replace(id=self._number)

    def _mark_slip(self, instant: datetime) -> None:
        """Mark the stage lines of the move that was a slip: the last two of that instant."""
        marked = 0
        for index in range(len(self.lines) - 1, -1, -1):
            moment, posting = self.lines[index]
            if moment.instant == instant and posting.kind in ("advanced", "moved_back") and not posting.is_correction:
                self.lines[index] = moment, posting._replace(is_correction=True)
                marked += 1
            if marked == 2:
                return

    def _post(self, found: Change) -> None:
        self.lines += [(found.moment, posting) for posting in found.postings]
        last = found.postings[-1]
        if not last.is_correction:
            self.history = self.history._replace(
                last_kind=last.kind, last_date=found.moment.instant, last_stage_id=last.stage.id
            )
            return
        # Corrections are left out: what stands last is what was posted before the slip.
        standing = next(((m, p) for m, p in reversed(self.lines) if not p.is_correction), None)
        if standing:
            moment, posting = standing
            self.history = self.history._replace(
                last_kind=posting.kind, last_date=moment.instant, last_stage_id=posting.stage.id
            )


def _without_number(stage: Stage) -> Stage:
    return stage._replace(id=None, former_id=-stage.id) if stage.is_forgotten else stage

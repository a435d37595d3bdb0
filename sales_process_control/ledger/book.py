from datetime import datetime

from . import outcomes
from .change import Change, change
from .states import Deal, History, Moment, Posting, Stage, Visit


class Book:
    """Both ledgers of one deal while several changes are recorded, one after the other.

    For a past that is rebuilt or imported. :func:`change` decides what each change means.

    :param history: what the ledgers hold already. Its visits have ids. New visits get higher ids until they are
        written, since an undo depends on the order of rows
    :param stage_entered_at: the stored field of the deal
    """

    def __init__(self, history: History | None = None, stage_entered_at: datetime | None = None):
        self.history = history or History()
        self.stage_entered_at = stage_entered_at
        #: Whether the ledgers hold rows of the deal already.
        self.is_continued = bool(self.history.visits or self.history.last_kind)
        self.lines: list[tuple[Moment, Posting]] = []
        self._stored_visits = set(self.history.visits)
        self._last_stored_id = self._last_id = max((visit.id for visit in self.history.visits), default=0)

    def record(self, deal: Deal, moment: Moment, stages: dict[int, Stage]) -> Change:
        """Record the state that a deal has from a moment on.

        :param moment: not before the one recorded last
        :param stages: all stages, by id; they decide direction and skips
        :return: the change of both ledgers
        """
        found = change(self.history, deal, moment, stages)
        self.stage_entered_at = self._stage_entered_at(found, deal)
        if found.undone_lines:
            self._mark_corrections(found.undone_lines)
        if found.is_empty:
            return found
        visits = [visit if visit.id else self._with_id(visit) for visit in found.resulting_visits(self.history)]
        visits.sort(key=lambda visit: (visit.entered_at, visit.id))
        self.history = self.history._replace(visits=tuple(visits))
        if found.postings:
            self._post(found)
        return found

    def new_visits(self) -> list[Visit]:
        """Return the rows that the ledger does not hold yet, without ids, in the order of their creation."""
        rows = [visit for visit in self.history.visits if visit.id > self._last_stored_id]
        return [visit._replace(id=None) for visit in sorted(rows, key=lambda visit: visit.id)]

    def changed_visits(self) -> list[Visit]:
        """Return the stored rows that have changed."""
        return [
            visit
            for visit in self.history.visits
            if visit.id <= self._last_stored_id and visit not in self._stored_visits
        ]

    def forget_stages(self) -> None:
        """Remove the ids of stages that were deleted before the ledgers began: no row can refer to them."""
        visits = [
            visit._replace(
                stage=_without_forgotten_id(visit.stage),
                next_stage_id=None if (visit.next_stage_id or 0) < 0 else visit.next_stage_id,
            )
            for visit in self.history.visits
        ]
        self.history = self.history._replace(visits=tuple(visits))
        self.lines = [(moment, line._replace(stage=_without_forgotten_id(line.stage))) for moment, line in self.lines]

    def _stage_entered_at(self, found: Change, deal: Deal) -> datetime | None:
        if found.visits and found.visits[-1].outcome == outcomes.OPEN:
            return found.visits[-1].entered_at
        return found.stage_entered_at(self.history, deal._replace(stage_entered_at=self.stage_entered_at))

    def _with_id(self, visit: Visit) -> Visit:
        self._last_id += 1
        return visit._replace(id=self._last_id)

    def _mark_corrections(self, count: int) -> None:
        """Mark the last lines, corrections left out: those of the undone move or end."""
        unmarked = [index for index, (_moment, posting) in enumerate(self.lines) if not posting.is_correction]
        for index in unmarked[-count:]:
            moment, posting = self.lines[index]
            self.lines[index] = moment, posting._replace(is_correction=True)

    def _post(self, found: Change) -> None:
        self.lines += [(found.moment, posting) for posting in found.postings]
        # The last posting of a history leaves out corrections.
        last = next(((moment, line) for moment, line in reversed(self.lines) if not line.is_correction), None)
        if last:
            moment, posting = last
            self.history = self.history.with_last_posting(posting, moment.instant)


def _without_forgotten_id(stage: Stage) -> Stage:
    return stage._replace(id=None, former_id=-stage.id) if stage.is_forgotten else stage

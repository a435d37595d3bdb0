"""Decides what a change of a deal is: from the state before and the state after to the rows of both ledgers.

No other code decides this (docs/definitions.md, Changes and instants).
"""

from datetime import datetime
from typing import NamedTuple

from . import kinds, outcomes
from .postings import end_posting, enter_posting, moved_postings
from .promises import End
from .states import Deal, History, Moment, Posting, Stage, Visit
from .statuses import LOST, OPEN, OUTSIDE, WON
from .visits import VisitBook, last_advance

#: Kind of the line by which a deal enters the pipeline, by its status in the ledgers before.
ENTRY_KINDS = {None: kinds.CREATED, OUTSIDE: kinds.RESTORED, WON: kinds.REOPENED, LOST: kinds.REOPENED}
#: Kind of the line by which a deal leaves the pipeline, by its status afterwards.
END_KINDS = {WON: kinds.WON, LOST: kinds.LOST, OUTSIDE: kinds.REMOVED}
#: Outcome of the visit that ends with it.
END_OUTCOMES = {WON: outcomes.WON, LOST: outcomes.LOST, OUTSIDE: outcomes.REMOVED}


class Change(NamedTuple):
    """Rows to write for one deal.

    :param moment: when the change counts as made: never before the latest instant that the ledgers hold
    :param visits: rows that are new or changed
    :param postings: new lines, in the order in which they are posted
    :param undone_at: instant of the end, or of the move whose lines cancel, that this change undoes
    :param undone_lines: number of lines of the undone move or end, which become corrections: the last ones of the deal
    """

    moment: Moment
    visits: tuple[Visit, ...] = ()
    postings: tuple[Posting, ...] = ()
    undone_at: datetime | None = None
    undone_lines: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.visits and not self.postings

    @property
    def end(self) -> str | None:
        """Return the kind of the end by which the deal left the pipeline with this change; None if it did not."""
        last_kind = self.postings[-1].kind if self.postings else None
        return last_kind if last_kind in kinds.ENDS else None

    def end_of(self, history: History) -> End:
        """Return what the change says about the end of the deal. An empty change leaves the end as it was.

        :param history: what the ledgers held before the change, last posting included
        """
        instant, mover_ref, _origin = self.moment
        if self.is_empty and history.last_kind in kinds.ENDS:
            return End(history.last_kind, history.last_date, mover_ref)
        comes_back = bool(self.postings) and self.postings[0].kind in (kinds.REOPENED, kinds.RESTORED)
        ender_ref = history.last_visit.ender_ref if history.last_visit else None
        is_undone = comes_back and self.moment.may_take_back(history.last_date, ender_ref)
        return End(self.end, instant, mover_ref, history.last_date if is_undone else None)

    def resulting_visits(self, history: History) -> tuple[Visit, ...]:
        """Return all rows of the deal after the change, unchanged ones included."""
        written = {visit.id for visit in self.visits if visit.id}
        return (*(visit for visit in history.visits if visit.id not in written), *self.visits)

    def stage_entered_at(
        self, history: History, deal: Deal, found_in: tuple[int, datetime] | None = None
    ) -> datetime | None:
        """Return since when a deal is in its present stage.

        :param found_in: (id of the stage, since when) if the transaction found the deal in a won stage
        :return: naive UTC; None for a lead, and for a deal that never was in a stage
        """
        if not deal.is_opportunity:
            return None
        after = History(self.resulting_visits(history))
        visit = after.open_visit or after.last_visit
        if history.status is None and self.is_empty:
            # The deal was closed before the ledgers began.
            return deal.stage_entered_at
        if deal.status == WON:
            return self._won_stage_entered_at(history, deal, visit, found_in)
        if visit is None and deal.status == LOST:
            # The deal was created as lost.
            return history.last_date or self.moment.instant
        return visit.entered_at if visit else None

    def last_advance(self, history: History) -> datetime | None:
        """Return when the deal last moved forward, this change included (docs/definitions.md, Progress)."""
        return last_advance(self.resulting_visits(history))

    def is_progress_wrong(self, history: History, stamped: datetime | None) -> bool:
        """Return whether the last progress stored on the deal has to be computed again.

        It is wrong if it lacks a move forward, or if it is a move that this change undoes.

        :param stamped: the last progress stored on the deal, naive UTC
        """
        advanced = self.last_advance(history)
        if stamped is None or (advanced and stamped < advanced):
            return advanced is not None
        moves = {visit.left_at for visit in history.visits if visit.outcome == outcomes.ADVANCED}
        return stamped in moves | {self.moment.instant} and stamped != advanced

    def _won_stage_entered_at(self, history, deal, visit: Visit | None, found_in) -> datetime | None:
        """Return since when a deal is in its won stage. A won stage has no visit.

        The deal entered it when its last visit ended, or later from another won stage.
        """
        if history.status != WON:
            return visit.left_at if visit else self.moment.instant
        if visit:
            won_at, won_stage_id = visit.left_at, visit.next_stage_id
        else:
            won_at, won_stage_id = history.last_date, history.last_stage_id
        stamped = deal.stage_entered_at or won_at
        if stamped > won_at and stamped != self.moment.instant:
            return stamped
        # This transaction has written the stored time. Reopened and won again is no change; another won stage is one.
        if won_stage_id == deal.stage.id:
            return won_at
        return found_in[1] if found_in and found_in[0] == deal.stage.id else max(stamped, won_at)


def change(before: History, after: Deal, moment: Moment, stages: dict[int, Stage]) -> Change:
    """Return what happened to one deal at one instant.

    :param before: what the ledgers hold about the deal
    :param after: the deal as it is now
    :param moment: when and by whom the change was made, and its origin
    :param stages: all stages as they are at that moment, by id; they decide direction and skips
    :return: the rows of both ledgers; empty if nothing has changed
    """
    moment = moment._replace(instant=before.not_before(moment.instant))
    if before.status == OPEN:
        return _change_of_open(before, after, moment, stages)
    if after.status in (before.status, OUTSIDE):
        return Change(moment)
    return _enter(before, after, moment, stages)


def needs_last_posting(before: History, after: Deal, moment: Moment, stages: dict[int, Stage]) -> bool:
    """Return whether :func:`change` needs the last posting of a deal, besides its visits.

    It does if the deal is not open, if the change may undo a move, and if the clock was set back, since new postings
    then have the same instant as old ones.

    :param before: what the ledgers hold about the deal, its last posting left out
    """
    if not before.open_visit or before.latest >= moment.instant:
        return True
    return after.status == OPEN and VisitBook(before, stages, moment).visit_resumed_by(after) is not None


def _enter(before: History, after: Deal, moment: Moment, stages: dict[int, Stage]) -> Change:
    """Return the change by which a deal enters the pipeline.

    It may leave at the same instant: created as won, or lost and then won directly.
    """
    ends = after.status != OPEN
    book = VisitBook(before, stages, moment)
    stage = after.stage
    if ends and before.last_visit and (after.status == WON or stage.is_won):
        # The deal ends in the stage in which it last was. A won stage has no visit.
        stage = before.last_visit.stage
    deal = after._replace(stage=stage)
    # A deal that is created as won or lost never was in a stage.
    has_visit = not ends or before.last_visit is not None
    kind = ENTRY_KINDS[before.status]
    undone = book.visit_resumed_after_end(deal)
    if before.status == WON:
        book.take_back_win()
    if undone:
        postings = _undone_end_postings(kind, before, undone, deal, stages)
        book.undo_end(undone, deal)
    else:
        postings = [enter_posting(kind, deal)]
        if has_visit:
            book.enter(deal)
    if ends:
        postings.append(end_posting(END_KINDS[after.status], deal))
        if has_visit:
            book.end(END_OUTCOMES[after.status], after)
    undone_at, undone_lines = (before.last_date, 1) if undone else (None, 0)
    return Change(moment, book.rows(), tuple(postings), undone_at, undone_lines)


def _change_of_open(before: History, after: Deal, moment: Moment, stages: dict[int, Stage]) -> Change:
    """Return the change by which an open deal moves, changes otherwise, or leaves the pipeline."""
    visit = before.open_visit
    book = VisitBook(before, stages, moment)
    if after.status != OPEN:
        last_state = after if after.exists else _last_state(visit)
        postings, deal = moved_postings(visit, last_state._replace(stage=visit.stage), stages)
        book.end(END_OUTCOMES[after.status], after)
        return Change(moment, book.rows(), (*postings, end_posting(END_KINDS[after.status], deal)))
    postings, _deal = moved_postings(visit, after, stages)
    earlier = book.visit_resumed_by(after)
    if not earlier:
        book.move(after)
        return Change(moment, book.rows(), tuple(postings))
    book.undo_move(earlier, after)
    cancels = _cancels_exactly(before, visit, after)
    if cancels:
        postings = [posting._replace(is_correction=True) for posting in postings]
    undone_at, undone_lines = (visit.entered_at, 2) if cancels else (None, 0)
    return Change(moment, book.rows(), tuple(postings), undone_at, undone_lines)


def _last_state(visit: Visit) -> Deal:
    """Return a deleted deal as it was in the ledgers."""
    return Deal(OUTSIDE, visit.stage, visit.owner, visit.date_deadline, visit.amount)


def _undone_end_postings(kind: str, before: History, visit: Visit, deal: Deal, stages: dict[int, Stage]):
    """Return the line of the end with opposite signs, a correction, and lines of what changed since then.

    :param kind: kind of the line by which the deal comes back
    :param visit: the visit that goes on
    """
    owner, date_deadline, amount = before.last_place
    ended = visit._replace(owner=owner, date_deadline=date_deadline, amount=-amount)
    entry = Posting(kind, ended.stage, owner, date_deadline, 1, -amount, is_correction=True)
    return [entry, *moved_postings(ended, deal, stages)[0]]


def _cancels_exactly(before: History, visit: Visit, after: Deal) -> bool:
    """Return whether the lines of an undone move and of the way back are equal with opposite signs.

    They are if no other line was posted in between, corrections left out, and only the stage changes now. Otherwise
    marking them as corrections would leave out a part of an amount.
    """
    was_last = before.last_kind in kinds.STAGE_MOVES and before.last_date == visit.entered_at
    is_same = (visit.owner, visit.date_deadline, visit.amount) == (after.owner, after.date_deadline, after.amount)
    return was_last and is_same

"""The one place that knows what a move is: from (before, after) to the rows of both ledgers."""

from datetime import datetime
from typing import NamedTuple

from .postings import end_posting, enter_posting, moved_postings
from .promises import End
from .states import ENDS, OPEN, OUTSIDE, UNDO_SECONDS, WON, Deal, History, Moment, Posting, Stage, Visit
from .visits import VisitBook, last_advance

#: How a deal comes into the pipeline, by what the ledgers knew of it.
ENTERS = {None: "created", "removed": "restored", "won": "reopened", "lost": "reopened"}


class Change(NamedTuple):
    """What is to be written for one deal.

    :param moment: when the change counts as made: never before what the ledgers know already
    :param visits: rows that are new or changed
    :param postings: new lines, in the order in which they are posted
    :param undone_at: the move that was a slip: the stage lines of that instant become corrections
    """

    moment: Moment
    visits: tuple[Visit, ...] = ()
    postings: tuple[Posting, ...] = ()
    undone_at: datetime | None = None

    @property
    def is_empty(self) -> bool:
        return not self.visits and not self.postings

    @property
    def end(self) -> str | None:
        """How the deal left the pipeline by this change: won, lost or removed; None if it did not."""
        last_kind = self.postings[-1].kind if self.postings else None
        return last_kind if last_kind in ENDS else None

    def end_of(self, history: History) -> End:
        """What the change says about the end of the deal: a change that is empty after all leaves it as it was."""
        instant, mover_ref, _origin = self.moment
        if self.is_empty and history.last_kind in ENDS:
            return End(history.last_kind, history.last_date, mover_ref)
        comes_back = bool(self.postings) and self.postings[0].kind in ("reopened", "restored")
        soon = comes_back and (instant - history.last_date).total_seconds() <= UNDO_SECONDS
        return End(self.end, instant, mover_ref, history.last_date if soon else None)

    def resulting_visits(self, history: History) -> tuple[Visit, ...]:
        """All rows of the deal after the change, those that it leaves as they were included."""
        written = {visit.id for visit in self.visits if visit.id}
        return (*(visit for visit in history.visits if visit.id not in written), *self.visits)

    def stage_entered_at(
        self, history: History, deal: Deal, found_in: tuple[int, datetime] | None = None
    ) -> datetime | None:
        """Since when a deal is in the stage that it has now; None for a lead, and if it never stayed in one.

        :param found_in: the won stage in which the transaction has found it, and since when it was there, if it was
        """
        if not deal.is_opportunity:
            return None
        stays = History(self.resulting_visits(history))
        stay = stays.open_visit or stays.last_visit
        if history.status is None and self.is_empty:
            # The ledgers know nothing of it: it was closed before they began.
            return deal.stage_entered_at
        if deal.status == WON:
            return self._won_stage_entered_at(history, deal, stay, found_in)
        return stay.entered_at if stay else None

    def last_advance(self, history: History) -> datetime | None:
        """When the deal has last moved forward, this change included (D10)."""
        return last_advance(self.resulting_visits(history))

    def is_progress_wrong(self, history: History, stamped: datetime | None) -> bool:
        """Whether the last progress stored on the deal has to be computed again.

        It is wrong when it lacks a move forward, or when it is a move that this change undoes.

        :param stamped: the last progress stored on the deal, naive UTC
        """
        advanced = self.last_advance(history)
        if stamped is None or (advanced and stamped < advanced):
            return advanced is not None
        moves = {visit.left_at for visit in history.visits if visit.outcome == "advanced"} | {self.moment.instant}
        return stamped in moves and stamped != advanced

    def _won_stage_entered_at(self, history, deal, stay: Visit | None, found_in) -> datetime | None:
        """The won stage has no visit: it was entered when the last stay ended, or later from another won stage."""
        if history.status != WON:
            return stay.left_at if stay else self.moment.instant
        won_at, reached = (stay.left_at, stay.next_stage_id) if stay else (history.last_date, history.last_stage_id)
        stamped = deal.stage_entered_at or won_at
        if stamped > won_at and stamped != self.moment.instant:
            return stamped
        # This transaction has stamped it anew. Taken back and won again is no change; another won stage is one.
        if reached == deal.stage.id:
            return won_at
        return found_in[1] if found_in and found_in[0] == deal.stage.id else max(stamped, won_at)


def change(before: History, after: Deal, moment: Moment, stages: dict[int, Stage]) -> Change:
    """Tell what happened to one deal at one instant.

    :param before: what the ledgers hold about the deal
    :param after: the deal as it is now
    :param moment: when, by whom, and by which way the change is known
    :param stages: all stages as they are at that moment, by id; they decide direction and skips
    :return: the rows of both ledgers; empty when nothing moved
    """
    moment = moment._replace(instant=before.not_before(moment.instant))
    if before.status == OPEN:
        return _change_of_open(before, after, moment, stages)
    if after.status in (before.status, OUTSIDE):
        return Change(moment)
    return _enter(before, after, moment, stages)


def needs_last_posting(before: History, after: Deal, moment: Moment, stages: dict[int, Stage]) -> bool:
    """Whether what was posted last about a deal has to be known, besides its visits, to tell what a change means.

    It has where the deal is not open, where the change may take back a slip, and where the clock was set back, so that
    new postings cannot be told from old ones by their instant.

    :param before: what the ledgers hold about the deal, its last posting left out
    """
    if not before.open_visit or before.latest >= moment.instant:
        return True
    return after.status == OPEN and VisitBook(before, stages, moment).visit_resumed_by(after) is not None


def _enter(before: History, after: Deal, moment: Moment, stages: dict[int, Stage]) -> Change:
    """A deal comes in; it may leave at the same instant (made as won, from lost to won at once)."""
    ends = after.status != OPEN
    book = VisitBook(before, stages, moment)
    stage = after.stage
    stays = not (ends and stage.is_won)
    if ends and before.last_visit and (after.status == WON or stage.is_won):
        # It ends where it was left, not in the won stage that nobody stays in.
        stage, stays = before.last_visit.stage, True
    deal = after._replace(stage=stage)
    postings = [enter_posting(ENTERS[before.status], deal)]
    if stays:
        book.enter(deal)
    if ends:
        postings.append(end_posting(after.status, deal))
        if stays:
            book.end(after.status, after)
    return Change(moment, book.rows(), tuple(postings))


def _change_of_open(before: History, after: Deal, moment: Moment, stages: dict[int, Stage]) -> Change:
    """A deal that was open moves, changes, or leaves."""
    visit = before.open_visit
    book = VisitBook(before, stages, moment)
    if after.status != OPEN:
        end = "removed" if after.status == OUTSIDE else after.status
        known = after if after.exists else _as_left(visit)
        postings, deal = moved_postings(visit, known._replace(stage=visit.stage), stages)
        book.end(end, after)
        return Change(moment, book.rows(), (*postings, end_posting(end, deal)))
    postings, _deal = moved_postings(visit, after, stages)
    earlier = book.visit_resumed_by(after)
    if not earlier:
        book.move(after)
        return Change(moment, book.rows(), tuple(postings))
    book.take_back(earlier, after)
    cancels = _cancels_exactly(before, visit, after)
    if cancels:
        postings = [posting._replace(is_correction=True) for posting in postings]
    return Change(moment, book.rows(), tuple(postings), visit.entered_at if cancels else None)


def _as_left(visit: Visit) -> Deal:
    """A deleted deal, as the ledgers knew it last."""
    return Deal(OUTSIDE, visit.stage, visit.owner, visit.date_deadline, visit.amount)


def _cancels_exactly(before: History, visit: Visit, after: Deal) -> bool:
    """Whether the lines of a slip and of its way back are the same with opposite signs.

    They are if nothing was posted since, other slips left out, and nothing but the stage changes now. Otherwise leaving
    them out would leave out a part of an amount.
    """
    was_last = before.last_kind in ("advanced", "moved_back") and before.last_date == visit.entered_at
    same = (visit.owner, visit.date_deadline, visit.amount) == (after.owner, after.date_deadline, after.amount)
    return was_last and same

"""The lines of the movement ledger (D8): a deal that changes place is taken out of the old and put into the new."""

from collections.abc import Iterable
from datetime import date

from .states import Deal, Posting, Stage, Visit


def enter_posting(kind: str, deal: Deal) -> Posting:
    """The line by which a deal comes into its place: created, reopened or restored."""
    return Posting(kind, deal.stage, deal.owner, deal.date_deadline, 1, deal.amount)


def end_posting(kind: str, deal: Deal) -> Posting:
    """The line by which a deal leaves its place for good: won, lost or removed."""
    return Posting(kind, deal.stage, deal.owner, deal.date_deadline, -1, -deal.amount)


def moved_postings(visit: Visit, after: Deal, stages: dict[int, Stage]) -> tuple[list[Posting], Deal]:
    """What changed while the deal stayed open, in the order of D8: amount, date, owner, stage.

    :param visit: the open visit, that is the place and amount that the deal has in the ledger
    :param after: the deal as it is now
    :return: the lines, and the deal as it then stands in the ledger
    """
    place = Deal(after.status, visit.stage, visit.owner, visit.date_deadline, visit.amount)
    postings = []
    difference = after.amount - place.amount
    # Another company brings another amount and currency: old out, new in, and no amount line.
    same_money = (place.owner.company_id, place.owner.currency_id) == (after.owner.company_id, after.owner.currency_id)
    if same_money and difference:
        kind = "amount_up" if difference > 0 else "amount_down"
        postings.append(Posting(kind, place.stage, place.owner, place.date_deadline, 0, difference))
        place = place._replace(amount=after.amount)
    for kind, target in (
        (_date_kind(place.date_deadline, after.date_deadline), {"date_deadline": after.date_deadline}),
        ("transferred" if place.owner != after.owner else None, {"owner": after.owner, "amount": after.amount}),
        (_stage_kind(place.stage, after.stage, stages), {"stage": after.stage}),
    ):
        if kind:
            moved = place._replace(**target)
            postings += [end_posting(kind, place), enter_posting(kind, moved)]
            place = moved
    return postings, place


def direction(old: Stage, new: Stage, stages: dict[int, Stage]) -> str:
    """Advanced or moved_back, by the order that the stages have now."""
    return "advanced" if ranked(new, stages) > ranked(old, stages) else "moved_back"


def goes_on(old: Stage, new: Stage, stages: dict[int, Stage]) -> bool:
    """Whether a deal that is put into another stage goes on: into a later one, or a won one wherever that stands.

    It is what a rule for leaving the old stage asks.
    """
    return old.id != new.id and (new.is_won or direction(old, new, stages) == "advanced")


def left_behind(old: Stage, new: Stage, team_id: int | None, stages: Iterable[Stage]) -> list[Stage]:
    """The stages that a deal leaves behind by going on: the one that it is in, and those that it comes past.

    A deal without a stage stands before all of them, a won stage behind all of them.

    :param old: where it is; NO_STAGE if nowhere
    :param new: where it goes; NO_STAGE if it is taken out of its stage, which is a way on, too
    :param team_id: its team: of other teams' stages it comes past none
    :param stages: those that matter, as they are now
    """
    if old.is_won or old.id == new.id:
        return []
    if old.id and new.id and not goes_on(old, new, {}):
        return []
    passed = [
        stage
        for stage in stages
        if new.id
        and not stage.is_won
        and stage.is_available_to(team_id)
        and (not old.id or stage.rank > old.rank)
        and (new.is_won or stage.rank < new.rank)
    ]
    own = [stage for stage in stages if stage.id == old.id]
    return own + sorted(passed, key=lambda stage: stage.rank)


def ranked(stage: Stage, stages: dict[int, Stage]) -> tuple[int, int]:
    """The rank of a stage now; of a deleted one the rank that it had."""
    return stages.get(stage.id, stage).rank


def _stage_kind(old: Stage, new: Stage, stages: dict[int, Stage]) -> str | None:
    return None if old.id == new.id else direction(old, new, stages)


def _date_kind(old: date | None, new: date | None) -> str | None:
    """pulled_in or pushed_out; no date counts as infinitely late."""
    if old == new:
        return None
    return "pushed_out" if (new or date.max) > (old or date.max) else "pulled_in"

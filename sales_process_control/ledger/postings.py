"""Makes the lines of the movement ledger (docs/definitions.md, Pipeline movements).

A deal that changes place has two lines: one takes it out of the old place, one puts it into the new one.
"""

from collections.abc import Iterable
from datetime import date

from . import kinds
from .states import Deal, Posting, Stage, Visit


def enter_posting(kind: str, deal: Deal) -> Posting:
    """Return the line that puts a deal into its place."""
    return Posting(kind, deal.stage, deal.owner, deal.date_deadline, 1, deal.amount)


def end_posting(kind: str, deal: Deal) -> Posting:
    """Return the line that takes a deal out of its place."""
    return Posting(kind, deal.stage, deal.owner, deal.date_deadline, -1, -deal.amount)


def moved_postings(visit: Visit, after: Deal, stages: dict[int, Stage]) -> tuple[list[Posting], Deal]:
    """Return what changed while a deal stayed open, in the order amount, date, owner, stage.

    :param visit: the open visit: the place and amount that the deal has in the ledger
    :param after: the deal as it is now
    :return: the lines; the deal as it is in the ledger after them
    """
    place = Deal(after.status, visit.stage, visit.owner, visit.date_deadline, visit.amount)
    postings = []
    difference = after.amount - place.amount
    # Another company or currency has no amount line: the old amount goes out, the new one comes in.
    same_money = (place.owner.company_id, place.owner.currency_id) == (after.owner.company_id, after.owner.currency_id)
    if same_money and difference:
        kind = kinds.AMOUNT_UP if difference > 0 else kinds.AMOUNT_DOWN
        postings.append(Posting(kind, place.stage, place.owner, place.date_deadline, 0, difference))
        place = place._replace(amount=after.amount)
    for kind, target in (
        (_date_kind(place.date_deadline, after.date_deadline), {"date_deadline": after.date_deadline}),
        (kinds.TRANSFERRED if place.owner != after.owner else None, {"owner": after.owner, "amount": after.amount}),
        (_stage_kind(place.stage, after.stage, stages), {"stage": after.stage}),
    ):
        if kind:
            moved = place._replace(**target)
            postings += [end_posting(kind, place), enter_posting(kind, moved)]
            place = moved
    return postings, place


def is_forward(old: Stage, new: Stage, stages: dict[int, Stage]) -> bool:
    """Return whether a stage comes after another one in the present order of stages."""
    return ranked(new, stages) > ranked(old, stages)


def goes_on(old: Stage, new: Stage, stages: dict[int, Stage]) -> bool:
    """Return whether a move leads to a later stage, or to a won stage wherever it stands in the order.

    Stage gates check such moves only (docs/definitions.md, Stage gate).
    """
    return old.id != new.id and (new.is_won or is_forward(old, new, stages))


def left_behind(old: Stage, new: Stage, team_id: int | None, stages: Iterable[Stage]) -> list[Stage]:
    """Return the stages that a deal leaves or passes by a move forward, in their order.

    A deal without a stage stands before all stages. A won stage stands behind all stages.

    :param old: the stage before the move, NO_STAGE if none
    :param new: the stage after the move. NO_STAGE if the stage is cleared, which leaves the old stage too
    :param team_id: the team of the deal: stages of other teams are not passed
    :param stages: the stages that may be returned, as they are now
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


def next_stage(stage: Stage, team_id: int | None, stages: Iterable[Stage]) -> Stage | None:
    """Return the stage to which a deal goes on from its stage; None if only won stages follow.

    :param stage: the stage of the deal, NO_STAGE if none: the first stage follows
    :param team_id: the team of the deal: stages of other teams are passed over
    :param stages: all stages, as they are now
    """
    following = [
        other
        for other in stages
        if not other.is_won and other.is_available_to(team_id) and (not stage.id or other.rank > stage.rank)
    ]
    return min(following, key=lambda other: other.rank, default=None) if not stage.is_won else None


def ranked(stage: Stage, stages: dict[int, Stage]) -> tuple[int, int]:
    """Return the present rank of a stage; the former rank of a deleted one."""
    return stages.get(stage.id, stage).rank


def _stage_kind(old: Stage, new: Stage, stages: dict[int, Stage]) -> str | None:
    if old.id == new.id:
        return None
    return kinds.ADVANCED if is_forward(old, new, stages) else kinds.MOVED_BACK


def _date_kind(old: date | None, new: date | None) -> str | None:
    """Return PULLED_IN or PUSHED_OUT, None for equal dates. No date counts as infinitely late."""
    if old == new:
        return None
    return kinds.PUSHED_OUT if (new or date.max) > (old or date.max) else kinds.PULLED_IN

"""The first deals of a file as the import will make them, and how all of them end."""

from decimal import Decimal
from typing import NamedTuple

from odoo.tools.misc import format_date, formatLang

from ...history import State, course_of
from ...ledger import LOST, OPEN, WON, Owner, Stage
from .crm_history_maker import HistoryMaker, name_of
from .history_plan import Preparation

#: Deals that a preview shows.
MOST_DEALS = 10
#: Steps of a course that are shown; more are shortened in the middle.
MOST_STEPS = 8
SECONDS_IN_DAY = 86_400
#: Sequence of stages that do not exist yet: behind those that do.
BEHIND = 1_000_000


class DealPreview(NamedTuple):
    """A deal as it will be.

    :param amount: in the currency of the company
    :param course: "Prospecting 7.0 d → Won 10 Feb 2026", in the user's language
    """

    name: str
    customer: str
    salesperson: str
    amount: Decimal
    course: str


class Preview(NamedTuple):
    """What an import will make.

    :param deals: the first deals of the file
    :param counts: {status of the ledger: number of all deals without faults that end in it}
    """

    deals: tuple[DealPreview, ...] = ()
    counts: dict[str, int] = {}


def preview_of(env, plan):
    """Return what an import will make, computed as the import computes it.

    Deals of earlier imports are shown as a whole.

    :param env: environment of the importing user, in the company of the import
    :param Plan plan: the result of ``examine``
    :rtype: Preview
    """
    context = env["crm.pipeline.reader"]._read_context()
    new = {
        stage.key: Stage(-number, stage.name, BEHIND + number, stage.is_won)
        for number, stage in enumerate(plan.stages, 1)
        if not stage.stage_id
    }
    stage_ids = {stage.key: stage.stage_id or new[stage.key].id for stage in plan.stages}
    # The ledgers name stages in the main company's language, the preview in the reader's.
    names = {stage.id: stage.name for stage in env["crm.stage"].search([])}
    named = {key: stage._replace(name=names.get(key, stage.name)) for key, stage in context.stages.items()}
    context = context._replace(stages={**named, **{stage.id: stage for stage in new.values()}})
    preparation = Preparation(0, stage_ids, {}, plan.users, plan.teams, plan.rates)
    references = HistoryMaker(env).references(preparation, context)
    company = env.company
    start = State(owner=Owner(company_id=company.id, currency_id=company.currency_id.id))
    counts, first = {WON: 0, LOST: 0, OPEN: 0}, []
    for events in plan.good_deals.values():
        course = course_of(start, events, references)
        counts[course[-1][1].status] += 1
        if len(first) < MOST_DEALS:
            first.append((name_of(events), course))
    users = env["res.users"].browse({course[-1][1].owner.user_id for _name, course in first} - {None})
    names = {user.id: user.name for user in users}
    return Preview(tuple(_deal_preview(env, name, course, names, context) for name, course in first), counts)


def _deal_preview(env, name, course, user_names, context):
    end = course[-1][1]
    text = _course_text(env, course, context)
    return DealPreview(name, end.customer, user_names.get(end.owner.user_id, ""), end.amount, text)


def _course_text(env, course, context):
    """Return how long a deal was in which stage, and how it ended."""

    def day_of(instant):
        return format_date(env, context.day_of(instant, env.company.id), date_format="medium")

    steps, stage, since, status = [], None, None, None
    for instant, state in course:
        is_open = state.status == OPEN
        if stage and (not is_open or state.stage.id != stage.id):
            days = (instant - since).total_seconds() / SECONDS_IN_DAY
            steps.append(env._("%(stage)s %(days)s d", stage=stage.name, days=_days_text(env, days)))
            stage = None
        if is_open and not stage:
            stage, since = state.stage, instant
        elif state.status == WON and status != WON:
            steps.append(env._("Won %s", day_of(instant)))
        elif state.status == LOST and status != LOST:
            steps.append(_lost_text(env, state.reason, day_of(instant)))
        status = state.status
    if stage:
        steps.append(env._("%(stage)s since %(day)s", stage=stage.name, day=day_of(since)))
    if len(steps) > MOST_STEPS:
        steps = [*steps[: MOST_STEPS // 2], "…", *steps[-(MOST_STEPS // 2) :]]
    return " → ".join(steps)


def _days_text(env, days):
    """Return days with one digit, and without it where it is 0."""
    return formatLang(env, days, digits=int(round(days, 1) % 1 != 0))


def _lost_text(env, reason, day):
    if reason:
        return env._("Lost %(day)s (%(reason)s)", day=day, reason=reason)
    return env._("Lost %s", day)

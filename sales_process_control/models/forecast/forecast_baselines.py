"""What others say of the open deals of a forecast: amounts weighted by stage, and Odoo's probabilities. No models."""

from dateutil.relativedelta import relativedelta

from odoo.tools import SQL

from ...statistics import ENOUGH
from ..funnel.funnel_money import MONTHS
from ..funnel.funnel_reader import MAX_UTC_OFFSET, ONE_DAY, earliest_begin

#: Deals of a company whose last end by the end of a day was in the months before it, for each stage in which they had
#: been by then, and for all of them. As :data:`~.funnel.funnel_money.SETTLED`, with nothing known of what came later.
SHARES = """
    WITH settled AS MATERIALIZED (
        SELECT ended.lead_ref, (ended.kind = 'won')::int AS is_won
        FROM crm_pipeline_movement ended
        WHERE ended.kind IN ('won', 'lost') AND ended.deal_count < 0 AND ended.is_correction IS NOT TRUE
          AND ended.day > %(since)s AND ended.day <= %(day)s
          AND ended.date >= %(since_instant)s AND ended.date < %(until_instant)s
          AND ended.company_id = %(company_id)s
          AND NOT EXISTS (
            SELECT FROM crm_pipeline_movement again
            WHERE again.lead_ref = ended.lead_ref AND again.id > ended.id AND again.kind = 'reopened'
              AND again.is_correction IS NOT TRUE AND again.day <= %(day)s
          )
    )
    SELECT FALSE, first.stage_id, sum(settled.is_won)::int, count(*)::int
    FROM settled
    JOIN crm_stage_visit first ON first.lead_ref = settled.lead_ref AND first.is_first
    WHERE first.stage_id IS NOT NULL AND %(first_day)s <= %(day)s
    GROUP BY first.stage_id
    UNION ALL
    SELECT TRUE, NULL, sum(is_won)::int, count(*)::int FROM settled HAVING count(*) > 0
"""


class StageSharesThen:
    """The share of deals of each stage that were won, as it was known at the end of a day.

    :param Environment env: of a job in superuser mode: record rules are not applied
    :param company: record of `res.company`
    :param date day: the day
    """

    def __init__(self, env, company, day):
        since = day - relativedelta(months=MONTHS)
        self._by_stage, self._overall = {}, None
        for is_overall, stage_id, won, settled in env.execute_query(
            SQL(
                SHARES,
                company_id=company.id,
                day=day,
                since=since,
                since_instant=earliest_begin(since),
                until_instant=earliest_begin(day + ONE_DAY) + 2 * MAX_UTC_OFFSET,
                first_day=env["crm.company.day.mixin"]._day_to_sql(SQL("first.entered_at"), SQL("first.company_id")),
            )
        ):
            if is_overall:
                self._overall = won / settled
            elif settled >= ENOUGH:
                self._by_stage[stage_id] = won / settled

    def share(self, stage_id):
        """Return the share of a stage, None if no deal was decided."""
        return self._by_stage.get(stage_id, self._overall)


def baselines(deals, shares, *, is_odoo_known):
    """Return what others say of open deals: how many, and how much, will be won in the end.

    :param deals: :class:`~.forecast_snapshot.Deal` of each open deal
    :param StageSharesThen shares: the shares of the stages
    :param bool is_odoo_known: whether Odoo's probabilities are those of the day
    :return: values of a stored forecast; None for what is not known
    """
    found = dict.fromkeys(("stage_weighted_count", "stage_weighted_amount", "odoo_count", "odoo_amount"))
    found["odoo_not_known"] = len(deals)
    weighted = [(shares.share(deal.stage_id), deal.amount) for deal in deals]
    if all(share is not None for share, _amount in weighted):
        found["stage_weighted_count"] = sum(share for share, _amount in weighted)
        found["stage_weighted_amount"] = sum(share * amount for share, amount in weighted)
    if is_odoo_known:
        known = [deal for deal in deals if deal.odoo_chance is not None]
        found["odoo_count"] = sum(deal.odoo_chance for deal in known)
        found["odoo_amount"] = sum(deal.odoo_chance * deal.amount for deal in known)
        found["odoo_not_known"] = len(deals) - len(known)
    return found

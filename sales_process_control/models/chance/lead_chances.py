"""The chances of deals, found in the table of chances by one query (docs/definitions.md, Chance to sign)."""

from itertools import pairwise

from odoo.tools import SQL

from .crm_stage_chance import HORIZONS, WITH_CHANCES

#: Fields of a deal on which its chance depends.
CHANCE_FIELDS = (
    "stage_id",
    "stage_entered_at",
    "company_id",
    "type",
    "active",
    "won_status",
    "date_deadline",
    "expected_revenue",
)
#: The chance, the chance by closing and the expected amount of open deals whose company has chances. A stage without
#: chances of its own has those over all stages. The last age of a stage stands for all later ones. What is due today
#: counts as due tomorrow: today is not over.
#:
#: No record rules: readers of a deal may know its chance. It rests on all visits of the company of the deal.
CHANCES = """
    SELECT deal.id, chance.chance,
           CASE WHEN deal.deadline >= company.today THEN %(by_closing)s END AS chance_by_closing,
           ROUND(COALESCE(deal.amount, 0) * chance.chance::numeric / currency.rounding) * currency.rounding
           AS expected_amount
    FROM (%(deals)s) deal (id, company_id, stage_id, entered_at, deadline, amount)
    JOIN (VALUES %(companies)s) company (id, tz, today, currency_id) ON company.id = COALESCE(deal.company_id, 0)
    JOIN res_currency currency ON currency.id = company.currency_id
    CROSS JOIN LATERAL (
        SELECT GREATEST(COALESCE(
                   company.today - (deal.entered_at AT TIME ZONE 'UTC' AT TIME ZONE company.tz)::date, 0
               ), 0) AS age,
               GREATEST(deal.deadline - company.today, 1) AS days
    ) today
    JOIN crm_stage_chance chance ON chance.id = COALESCE(
        (
            SELECT own.id FROM crm_stage_chance own
            WHERE COALESCE(own.company_id, 0) = company.id AND COALESCE(own.stage_id, 0) = COALESCE(deal.stage_id, 0)
              AND own.age <= today.age
            ORDER BY own.age DESC LIMIT 1
        ), (
            SELECT overall.id FROM crm_stage_chance overall
            WHERE COALESCE(overall.company_id, 0) = company.id AND COALESCE(overall.stage_id, 0) = 0
              AND overall.age = 0
        )
    )
"""
#: Deals that are open or have a chance, in the order of ids.
BATCH = """
    SELECT id, company_id, stage_id, stage_entered_at, date_deadline, expected_revenue,
           type = 'opportunity' AND active AND won_status = 'pending' AS is_open
    FROM crm_lead
    WHERE %(condition)s
      AND (type = 'opportunity' AND active AND won_status = 'pending'
           OR COALESCE(chance, chance_by_closing, expected_amount) IS NOT NULL)
    ORDER BY id LIMIT %(limit)s
"""
#: Deals of a batch get the chances of today, where these differ. Deals that another transaction has locked are left to
#: the next run.
REFRESH = """
    WITH batch AS (%(batch)s),
    found AS (%(chances)s),
    free AS (
        SELECT lead.id FROM crm_lead lead
        JOIN batch ON batch.id = lead.id
        LEFT JOIN found ON found.id = lead.id
        WHERE (lead.chance, lead.chance_by_closing, lead.expected_amount)
              IS DISTINCT FROM (found.chance, found.chance_by_closing, found.expected_amount)
        FOR NO KEY UPDATE OF lead SKIP LOCKED
    )
    UPDATE crm_lead lead
    SET chance = found.chance, chance_by_closing = found.chance_by_closing, expected_amount = found.expected_amount
    FROM free LEFT JOIN found ON found.id = free.id
    WHERE lead.id = free.id
    RETURNING lead.id
"""
#: The same for the next deals of the job, which has to know how far it came.
REFRESH_NEXT = """
    WITH next AS (%(batch)s),
    refreshed AS (%(refresh)s)
    SELECT (SELECT max(id) FROM next), (SELECT count(*) FROM next), (SELECT array_agg(id) FROM refreshed)
"""
#: The source of deals of :data:`CHANCES` in :data:`REFRESH`.
OPEN_OF_BATCH = """
    SELECT id, company_id, stage_id, stage_entered_at, date_deadline, expected_revenue FROM batch WHERE is_open
"""
NO_CHANCES = """
    SELECT NULL::int AS id, NULL::float8 AS chance, NULL::float8 AS chance_by_closing, NULL::numeric AS expected_amount
    WHERE FALSE
"""


def refresh_query(context, now, batch):
    """Return the query that stores the chances of today on deals, see :data:`REFRESH`.

    :param Context context: stages and companies
    :param datetime now: naive UTC
    :param SQL batch: query of the deals, with the columns of :data:`BATCH`
    :return: a query that returns the ids of deals whose chances differed
    :rtype: SQL
    """
    return SQL(REFRESH, batch=batch, chances=chances_query(context, now, SQL(OPEN_OF_BATCH)))


def chances_query(context, now, deals):
    """Return the query for the chances of deals, see :data:`CHANCES`.

    :param Context context: stages and companies
    :param datetime now: naive UTC. The days of a deal are midnights in the time zone of its company
    :param SQL deals: query of open deals
    :rtype: SQL
    """
    rows = []
    for company_id in sorted(context.extras[WITH_CHANCES]):
        company, today = context.company(company_id), context.day_of(now, company_id)
        rows.append(SQL("(%s, %s, %s::date, %s)", company_id, company.tz, today, company.currency_id))
    if not rows:
        return SQL(NO_CHANCES)
    return SQL(CHANCES, by_closing=_by_closing(), deals=deals, companies=SQL(", ").join(rows))


def _by_closing():
    """Return the SQL of the chance within some days, between the days of the table in a straight line."""
    cases = []
    points = [(0, SQL("0")), *((day, SQL.identifier("chance", name)) for day, name in HORIZONS.items())]
    for (begin, low), (end, high) in pairwise(points):
        line = SQL("%s + (today.days - %s) * (%s - %s) / %s::float8", low, begin, high, low, end - begin)
        cases.append(SQL("WHEN today.days <= %s THEN %s", end, line))
    return SQL("CASE %s ELSE %s END", SQL(" ").join(cases), points[-1][1])

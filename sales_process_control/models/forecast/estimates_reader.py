"""How likely decided deals were said to be won: by salespeople, by Odoo, and by their chance. No models."""

from dateutil.relativedelta import relativedelta

from odoo.fields import Domain
from odoo.tools import SQL

from ..chance.crm_stage_chance import NO_COMPANY

#: Deals count that were won or lost within so many months.
MONTHS = 12
#: Percents of a band, and number of bands. The last one includes 100%.
BAND, BANDS = 20, 5
SELLER, ODOO, CHANCE = "seller", "odoo", "chance"

#: Decided deals by who rated them and band. Of each deal the first likelihood that a person gave counts, on a day
#: before its end; Odoo's probability and the stage are those of the same moment. The chance is that of the present
#: table.
#:
#: The stage and its time of entry are read without record rules: the reader may read the deal.
ESTIMATES = """
    WITH rated AS MATERIALIZED (
        SELECT DISTINCT ON (said.lead_id) said.*, ended.won, ended.company_id
        FROM (%(ended)s) ended
        JOIN (%(said)s) said ON said.lead_id = ended.lead_id AND said.day < ended.day
        WHERE said.likelihood > 0 AND said.likelihood < 100
          AND (said.odoo IS NULL OR round(said.odoo::numeric, 2) <> round(said.likelihood::numeric, 2))
        ORDER BY said.lead_id, said.date, said.id
    ),
    placed AS (
        SELECT rated.*, visit.stage_id, %(rated_day)s - %(entered_day)s AS age,
               COALESCE(rated.company_id, %(no_company)s) AS company
        FROM rated
        LEFT JOIN crm_stage_visit visit ON visit.id = rated.visit_id
    ),
    ages AS (
        SELECT COALESCE(company_id, %(no_company)s) AS company, stage_id, max(age) AS last
        FROM crm_stage_chance WHERE stage_id IS NOT NULL GROUP BY 1, 2
    )
    SELECT source, LEAST(floor(percent / %(band)s)::int, %(bands)s - 1), count(*), sum(placed.won)::int,
           sum(percent)::float8, array_agg(placed.lead_id ORDER BY placed.lead_id),
           array_agg(placed.lead_id ORDER BY placed.lead_id) FILTER (WHERE placed.won = 1)
    FROM placed
    LEFT JOIN ages ON ages.company = placed.company AND ages.stage_id = placed.stage_id
    LEFT JOIN crm_stage_chance chance ON placed.age IS NOT NULL
         AND COALESCE(chance.company_id, 0) = placed.company
         AND COALESCE(chance.stage_id, 0) = COALESCE(ages.stage_id, 0)
         AND chance.age = GREATEST(LEAST(placed.age, COALESCE(ages.last, 0)), 0)
    CROSS JOIN LATERAL (
        VALUES ('seller', placed.likelihood), ('odoo', placed.odoo), ('chance', 100 * chance.chance)
    ) rating (source, percent)
    WHERE percent IS NOT NULL
    GROUP BY 1, 2
"""


def read_estimates(env, scope):
    """Return how many of the deals that were rated alike were won, with one statement, under record rules.

    :param Environment env: the reader
    :param ForecastScope scope: whose deals
    :return: rows of (source, index of the band, number of deals, number of won deals, sum of the percents, ids of the
        deals, ids of the won deals or None)
    """
    since = scope.today - relativedelta(months=MONTHS)
    report, progress = env["crm.win.report"], env["crm.lead.progress"]
    decided = Domain("date", ">", since) & (Domain("won", "=", 1) | Domain("lost", "=", 1)) & scope.domain()
    ended, said = report._search(decided), progress._search(Domain("likelihood", ">", 0))
    ended.order = said.order = None
    of_end = {
        name: report._field_to_sql(ended.table, field, ended)
        for name, field in (("lead_id", "lead_id"), ("day", "date"), ("won", "won"), ("company_id", "company_id"))
    }
    of_row = {
        name: progress._field_to_sql(said.table, field, said)
        for name, field in (
            ("id", "id"),
            ("lead_id", "lead_id"),
            ("visit_id", "visit_id"),
            ("date", "date"),
            ("likelihood", "likelihood"),
            ("odoo", "odoo_probability"),
        )
    }
    to_day = env["crm.company.day.mixin"]._day_to_sql
    of_row["day"] = to_day(of_row["date"], progress._field_to_sql(said.table, "company_id", said))
    return env.execute_query(
        SQL(
            ESTIMATES,
            ended=ended.select(*_named(of_end)),
            said=said.select(*_named(of_row)),
            rated_day=to_day(SQL("rated.date"), SQL("rated.company_id")),
            entered_day=to_day(SQL("visit.entered_at"), SQL("rated.company_id")),
            no_company=NO_COMPANY,
            band=BAND,
            bands=BANDS,
        )
    )


def _named(columns):
    return [SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()]

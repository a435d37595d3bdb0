"""How likely decided deals were said to be won: by salespeople, by Odoo, and by their chance. No models."""

import json
from dataclasses import astuple, dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.fields import Domain
from odoo.tools import SQL

from ..chance.crm_stage_chance import NO_COMPANY
from ..recording.numbers import is_id
from ..recording.rpc_domain import read_texts
from ..screen.deal_filters import DealFilters

#: Deals count that were won or lost within so many months.
MONTHS = 12
#: Percents of a band, and number of bands. The last one includes 100%.
BAND, BANDS = 20, 5
SELLER, ODOO, CHANCE = "seller", "odoo", "chance"

SOURCES = (SELLER, ODOO, CHANCE)
#: Earlier days are refused: the months before them are days, too.
FIRST_DAY = date(1900, 1, 1)
#: Most cells that one condition searches for. Each is a subquery of its own.
MOST_CELLS = 20

#: Decided deals, one row for each source that rated them, with the band. Of each deal the first likelihood that a
#: person gave counts, on a day before its end; Odoo's probability and the stage are those of the same moment. The
#: chance is that of the present table.
#:
#: The stage and its time of entry are read without record rules: the reader may read the deal.
RATINGS = """
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
    SELECT placed.lead_id, placed.won, source, LEAST(floor(percent / %(band)s)::int, %(bands)s - 1) AS band, percent
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
"""
ESTIMATES = """
    SELECT source, band, count(*), sum(won)::int, sum(percent)::float8 FROM (%(ratings)s) rating GROUP BY source, band
"""
#: The deals of a cell.
CELL = """
    SELECT lead_id FROM (%(ratings)s) rating
    WHERE source = %(source)s AND band = %(band)s AND (won = 1 OR NOT %(is_signed)s)
"""


@dataclass(frozen=True)
class EstimateCell(DealFilters):
    """Deals that were rated alike, as the search field `estimate_cell` of deals finds them.

    :param str source: who rated them, one of :data:`SOURCES`
    :param int band: index of the band
    :param bool is_signed: whether these are the won ones of them
    :param str today: the last day on which deals were decided, as YYYY-MM-DD
    :param team_id, user_id, company_id: ids that the deals are filtered by, False for all
    """

    source: str
    band: int
    is_signed: bool
    today: str
    team_id: int | bool = False
    user_id: int | bool = False
    company_id: int | bool = False

    @classmethod
    def from_text(cls, text):
        """Return the cell that :meth:`as_text` has written.

        :raises TypeError: if the text is no list of such values
        :raises ValueError: if the text is not JSON, and for values that no cell has
        """
        cell = cls(*json.loads(text))
        are_ids = all(value is False or is_id(value) for value in (cell.team_id, cell.user_id, cell.company_id))
        is_band = type(cell.band) is int and cell.band in range(BANDS)
        if not are_ids or not is_band or cell.source not in SOURCES or type(cell.is_signed) is not bool:
            raise ValueError(text)
        if date.fromisoformat(cell.today) < FIRST_DAY:
            raise ValueError(text)
        return cell

    def as_text(self):
        """Return the cell as a text for the search field `estimate_cell`."""
        return json.dumps(astuple(self))

    def domain_of_leads(self, env):
        """Return the deals of the cell as a domain on `crm.lead`, open or archived."""
        ratings = _ratings_sql(env, self.domain(), date.fromisoformat(self.today))
        cell = SQL(CELL, ratings=ratings, source=self.source, band=self.band, is_signed=self.is_signed)
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL("%s IN (%s)", model._field_to_sql(alias, "id", query), cell)
        )


def read_cells(env, texts):
    """Return the cells that :meth:`EstimateCell.as_text` has written.

    :raises UserError: if a text names no cell, and for more than :data:`MOST_CELLS`
    """
    refusal = env._("This cell of the table of estimates does not exist.")
    return read_texts(env, texts, MOST_CELLS, EstimateCell.from_text, refusal)


def read_estimates(env, scope):
    """Return how many of the deals that were rated alike were won, with one statement, under record rules.

    :param Environment env: the reader
    :param ForecastScope scope: whose deals
    :return: rows of (source, index of the band, number of deals, number of won deals, sum of the percents)
    """
    return env.execute_query(SQL(ESTIMATES, ratings=_ratings_sql(env, scope.domain(), scope.today)))


def _ratings_sql(env, domain, today):
    """Return the query :data:`RATINGS`.

    :param Domain domain: the decided deals, as a domain on `crm.win.report`
    :param date today: the last day that counts
    """
    since = today - relativedelta(months=MONTHS)
    report, progress = env["crm.win.report"], env["crm.lead.progress"]
    decided = Domain("date", ">", since) & Domain("date", "<=", today)
    decided &= (Domain("won", "=", 1) | Domain("lost", "=", 1)) & domain
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
    return SQL(
        RATINGS,
        ended=ended.select(*_named(of_end)),
        said=said.select(*_named(of_row)),
        rated_day=to_day(SQL("rated.date"), SQL("rated.company_id")),
        entered_day=to_day(SQL("visit.entered_at"), SQL("rated.company_id")),
        no_company=NO_COMPANY,
        band=BAND,
        bands=BANDS,
    )


def _named(columns):
    return [SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()]

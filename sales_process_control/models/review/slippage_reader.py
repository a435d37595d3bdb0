"""Reads what became of the deals that were expected to close in a month (docs/definitions.md, Slippage)."""

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger import kinds
from ..funnel.crm_pipeline_day import DAY_KEY, OPEN, PUSHED, UNTIL_KEY, became_sql
from ..funnel.funnel_reader import ONE_DAY, earliest_begin

#: What became of deals, in the order in which it is shown.
PARTS = (kinds.WON, kinds.LOST, kinds.REMOVED, PUSHED, OPEN)
ONE_MONTH = relativedelta(months=1)
#: `due`: the deals that stood with an expected closing in a month at the end of the day before it. These are the deals
#: that stand so now, without the lines since the month began. Only lines with an expected closing in the month matter.
SLIPPAGE = """
    WITH due AS MATERIALIZED (
        SELECT lead_ref, currency_id, date_trunc('month', closing::timestamp)::date AS month,
               min(closing) AS closing, sum(amount) AS amount
        FROM (%(standing)s UNION ALL %(lines)s) line
        GROUP BY 1, 2, 3
        HAVING sum(deal_count) > 0
    )
    SELECT month, became, currency_id, count(*)::int, sum(amount)::float8
    FROM (
        SELECT *, %(became)s AS became FROM due
    ) due
    GROUP BY 1, 2, 3
"""


class SlippageReader:
    """Reads the slippage of months with one statement, under the record rules of the reader.

    What became of a deal is read without record rules, see :data:`.crm_pipeline_day.BECAME_SQL`.

    :param Environment env: the reader
    :param Domain scope: the filters of the review, on salesperson, team and company
    :param date today: the last day that counts
    """

    def __init__(self, env, scope, today):
        self.env = env
        self.scope = scope
        self.today = today

    def read_months(self, months):
        """Return what became of the deals that were due in each month.

        :param list months: first days of successive months
        :return: list of (first day of the month, one of :data:`PARTS`, currency id, count, amount before the month)
        """
        closing = Domain("date_deadline", ">=", months[0]) & Domain("date_deadline", "<", months[-1] + ONE_MONTH)
        month = SQL("date_trunc('month', due.closing::timestamp)")
        return self.env.execute_query(
            SQL(
                SLIPPAGE,
                standing=self._select_standing(closing),
                lines=self._select_lines(closing, months[0]),
                became=became_sql(
                    SQL("due.lead_ref"),
                    SQL("due.closing"),
                    SQL("%s::date - 1", month),
                    SQL("LEAST(%s + interval '1 month' - interval '1 day', %s::date)::date", month, self.today),
                ),
            )
        )

    def _select_standing(self, closing):
        """Return the query of the open deals: each has one visit that has not ended."""
        visits = self.env["crm.stage.visit"]
        query = visits._search(self.scope & closing & Domain("left_at", "=", False))
        return self._columns(visits, query, SQL("1"), visits._field_to_sql(query.table, "amount", query))

    def _select_lines(self, closing, first):
        """Return the query of the lines that were posted since the month of their expected closing began."""
        movements = self.env["crm.pipeline.movement"]
        domain = Domain("is_correction", "=", False) & Domain("date", ">=", earliest_begin(first))
        query = movements._search(self.scope & closing & domain)
        day, date_deadline, count, amount = (
            movements._field_to_sql(query.table, name, query)
            for name in ("day", "date_deadline", "deal_count", "amount")
        )
        query.add_where(SQL("%s >= date_trunc('month', %s::timestamp)", day, date_deadline))
        return self._columns(movements, query, SQL("-%s", count), SQL("-%s", amount))

    @staticmethod
    def _columns(model, query, count, amount):
        columns = {
            "lead_ref": model._field_to_sql(query.table, "lead_ref", query),
            "currency_id": model._field_to_sql(query.table, "currency_id", query),
            "closing": model._field_to_sql(query.table, "date_deadline", query),
            "deal_count": count,
            "amount": amount,
        }
        return query.subselect(*(SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()))

    # ------------------------------------------------------------
    # RECORDS
    # ------------------------------------------------------------

    def domain(self, month, part=None):
        """Return the deals that were due in a month as a domain on opportunities on a day.

        :param date month: first day of the month
        :param part: one of :data:`PARTS`, None for all
        """
        domain = self.scope & Domain("day", "=", fields.Date.to_string(month - ONE_DAY))
        domain &= Domain("date_deadline", ">=", fields.Date.to_string(month))
        domain &= Domain("date_deadline", "<", fields.Date.to_string(month + ONE_MONTH))
        return domain & Domain("became", "=", part) if part else domain

    def context(self, month):
        """Return the context of the deals that were due in a month."""
        last = min(month + ONE_MONTH - ONE_DAY, self.today)
        return {DAY_KEY: fields.Date.to_string(month - ONE_DAY), UNTIL_KEY: fields.Date.to_string(last)}

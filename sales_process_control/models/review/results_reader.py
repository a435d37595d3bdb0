"""Reads what was won and lost, and how long deals took, for several periods at once."""

from collections import defaultdict
from datetime import date, datetime, time
from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

from ...statistics import kaplan_meier_quantile
from ..funnel.funnel_reader import MAX_UTC_OFFSET, ONE_DAY

#: From so many won deals on, the length of the sales cycle is shown.
ENOUGH_WON = 10
WON, DECIDED = Domain("won", "=", 1), Domain("won", "=", 1) | Domain("lost", "=", 1)


class Period(NamedTuple):
    """A period that ends are counted in. Both days are included."""

    start: date
    end: date


class Ended(NamedTuple):
    """Deals that were decided in a period.

    :param won: number of deals that were won
    :param lost: number of deals that were lost
    :param amount: sum of the amounts of the won ones, in the currency of the reader's company
    :param left_out: sums of the amounts without a rate, by currency id
    :param converted: number of the won deals whose amounts are in the sum
    :param currency_ids: ids of the currencies of the decided deals, None for a currency that was deleted
    """

    won: int
    lost: int
    amount: float
    left_out: dict
    converted: int
    currency_ids: set

    @property
    def decided(self):
        """Deals that were won or lost."""
        return self.won + self.lost

    @property
    def win_rate(self):
        """Share of the decided deals that were won, None if none was decided."""
        return self.won / self.decided if self.decided else None

    @property
    def average(self):
        """Mean amount of the won deals, None if no amount is known."""
        return self.amount / self.converted if self.converted else None


class Cycle(NamedTuple):
    """Lengths of the sales cycles of deals that entered the pipeline in a period, in whole days.

    :param counts: (days, deals that were won after so many days, deals that were not won so far)
    """

    counts: list

    @property
    def won(self):
        """Number of deals that were won."""
        return sum(won for _days, won, _others in self.counts)

    @property
    def entered(self):
        """Number of deals that entered the pipeline."""
        return sum(won + others for _days, won, others in self.counts)

    def quantile(self, share):
        """Return the days within which a share of the deals is won, None if that is not known yet.

        The estimate needs ten won deals.
        """
        return kaplan_meier_quantile(self.counts, share) if self.won >= ENOUGH_WON else None

    def median_of_won(self):
        """Return the days within which half of the won deals were won, None under ten won deals."""
        won = [(days, won, 0) for days, won, _others in self.counts if won]
        return kaplan_meier_quantile(won, 0.5) if self.won >= ENOUGH_WON else None


class ResultsReader:
    """Reads results of the deals of a scope, under the record rules of the reader.

    A deal counts with the owner that it had at its end, or has now, as in the win rate. Each method takes one
    statement, whatever the number of periods.

    :param Environment env: the reader
    :param Domain scope: the filters of the review, on salesperson, team and company
    :param list periods: the periods to read, which may overlap
    """

    def __init__(self, env, scope, periods):
        self.env = env
        self.scope = scope
        self.periods = periods
        self.report = env["crm.win.report"]
        #: Days at which a period begins, or has ended. Between two of them no period begins or ends.
        self._bounds = sorted({bound for period in periods for bound in (period.start, period.end + ONE_DAY)})

    # ------------------------------------------------------------
    # DECIDED DEALS
    # ------------------------------------------------------------

    def read_ended(self, money):
        """Return the decided deals of each period.

        :param CompanyMoney money: converts amounts
        :rtype: dict[Period, Ended]
        """
        query = self.report._search(self.scope & DECIDED & self._since("ended_time"))
        names = ("date", "currency_id", "won", "amount")
        day, currency, won, amount = (self.report._field_to_sql(query.table, name, query) for name in names)
        bucket = self._bucket_sql(day)
        query.groupby = SQL("%s, %s", bucket, currency)
        query.order = None
        amount_won = SQL("COALESCE(sum(%s) FILTER (WHERE %s = 1), 0)::float8", amount, won)
        rows = self.env.execute_query(
            query.select(bucket, currency, SQL("sum(%s)::int", won), SQL("count(*)::int"), amount_won)
        )
        rates = money.rates({currency_id for _bucket, currency_id, *_sums in rows})
        return {period: self._add_up(self._in_period(rows, period), rates) for period in self.periods}

    @staticmethod
    def _add_up(rows, rates):
        won = decided = converted = 0
        amount, left_out, currency_ids = 0.0, defaultdict(float), set()
        for currency_id, won_count, count, worth in rows:
            currency_ids.add(currency_id)
            won, decided = won + won_count, decided + count
            if rates[currency_id] is not None:
                converted, amount = converted + won_count, amount + worth * rates[currency_id]
            elif won_count:
                left_out[currency_id] += worth
        return Ended(won, decided - won, amount, dict(left_out), converted, currency_ids)

    # ------------------------------------------------------------
    # CYCLES
    # ------------------------------------------------------------

    def read_cycles(self):
        """Return the lengths of the sales cycles of the deals that entered in each period.

        Deals that were lost or removed, and deals that are still open, count as not won up to then. Days are rounded up
        for won deals, and down for others, which have lasted "at least so long". Deals that were created as won or lost
        never entered.

        :rtype: dict[Period, Cycle]
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT bucket, CASE WHEN won = 1 THEN ceil(days) ELSE floor(days) END::int AS days,
                       (count(*) FILTER (WHERE won = 1))::int, (count(*) FILTER (WHERE won = 0))::int
                FROM (%s UNION ALL %s) cycle
                WHERE bucket > 0
                GROUP BY 1, 2
                """,
                self._select_ended(),
                self._select_open(),
            )
        )
        cycles = {}
        for period in self.periods:
            counts = defaultdict(lambda: (0, 0))
            for days, won, others in self._in_period(rows, period):
                counts[days] = counts[days][0] + won, counts[days][1] + others
            cycles[period] = Cycle([(days, *sums) for days, sums in sorted(counts.items())])
        return cycles

    def _select_ended(self):
        query = self.report._search(self.scope & Domain("is_overdue", "=", 0) & self._since("ended_time"))
        entered, days, won = (
            self.report._field_to_sql(query.table, name, query) for name in ("entered_on", "cycle_days", "won")
        )
        return query.subselect(
            SQL("%s AS bucket", self._bucket_sql(entered)), SQL("%s AS days", days), SQL("%s AS won", won)
        )

    def _select_open(self):
        """Return the query of the open deals: each has one visit that has not ended.

        The day of entry is read as the report reads it, without record rules: whoever had the deal then.
        """
        visits = self.env["crm.stage.visit"]
        query = visits._search(self.scope & Domain("left_at", "=", False))
        lead_ref, company = (visits._field_to_sql(query.table, name, query) for name in ("lead_ref", "company_id"))
        query.add_join(
            "JOIN",
            "entry",
            SQL(
                "LATERAL (SELECT min(first.entered_at) AS at FROM crm_stage_visit first WHERE first.lead_ref = %s)",
                lead_ref,
            ),
            SQL("TRUE"),
        )
        entered = SQL.identifier("entry", "at")
        days = SQL("EXTRACT(EPOCH FROM GREATEST(%s, %s) - %s)::float8 / 86400", self.env.cr.now(), entered, entered)
        return query.subselect(
            SQL("%s AS bucket", self._bucket_sql(visits._day_to_sql(entered, company))),
            SQL("%s AS days", days),
            SQL("0 AS won"),
        )

    # ------------------------------------------------------------
    # BANDS OF AMOUNTS
    # ------------------------------------------------------------

    def read_quartiles(self, period, rates):
        """Return the quartiles of the amounts of the decided deals of a period, in the reader's currency.

        :param dict rates: factors by currency id; amounts in other currencies are left out
        :return: three amounts, or none if there are no deals
        """
        if not rates:
            return ()
        query, currency, amount = self._search_decided(period)
        converted = SQL("%s::float8 * %s", amount, self._by_currency_sql(currency, rates))
        quartiles = SQL("percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY %s)", converted)
        [[found]] = self.env.execute_query(query.select(quartiles))
        return found or ()

    def read_bands(self, period, limits_by_currency):
        """Return (won, decided) of each band of amounts of a period.

        :param dict limits_by_currency: for each currency id the amounts at which bands begin, ascending
        """
        query, currency, amount = self._search_decided(period)
        limits = self._by_currency_sql(currency, limits_by_currency)
        band = SQL("width_bucket(%s, %s)", amount, limits)
        won = self.report._field_to_sql(query.table, "won", query)
        query.groupby = band
        rows = self.env.execute_query(query.select(band, SQL("sum(%s)::int, count(*)::int", won)))
        return {number: (won, decided) for number, won, decided in rows if number is not None}

    def _search_decided(self, period):
        domain = Domain("date", ">=", period.start) & Domain("date", "<=", period.end)
        query = self.report._search(self.scope & DECIDED & domain & self._after("ended_time", period.start))
        query.order = None
        return query, *(self.report._field_to_sql(query.table, name, query) for name in ("currency_id", "amount"))

    @staticmethod
    def _by_currency_sql(currency, values):
        """Return the SQL of a value that depends on the currency of a row, NULL for other currencies."""
        cases = (
            SQL(
                "WHEN %s IS NOT DISTINCT FROM %s THEN %s",
                currency,
                SQL("%s::int", currency_id),
                SQL("%s::numeric[]", list(value)) if isinstance(value, tuple) else SQL("%s::float8", value),
            )
            for currency_id, value in values.items()
        )
        return SQL("CASE %s END", SQL(" ").join(cases))

    # ------------------------------------------------------------
    # PERIODS
    # ------------------------------------------------------------

    def _in_period(self, rows, period):
        """Yield rows of a period without their first column, the number of the bucket of their day."""
        for bucket, *row in rows:
            if bucket and period.start <= self._bounds[bucket - 1] <= period.end:
                yield row

    def _bucket_sql(self, day):
        """Return the SQL of how many bounds of periods a day has reached; 0 before the first period."""
        return SQL("width_bucket(%s, %s::date[])", day, self._bounds)

    def _since(self, name):
        """Return a condition on the instant of an end: no end before it matters to any period."""
        return self._after(name, self._bounds[0])

    @staticmethod
    def _after(name, day):
        """Return a condition on an instant that follows from the day on which it lies, and that an index answers."""
        return Domain(name, ">=", datetime.combine(day, time()) - MAX_UTC_OFFSET)

"""Reads what was won and lost, and how long deals took, for several periods at once."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

from ...report.crm_win_report import FIRST_VISIT
from ...statistics import kaplan_meier_quantile
from ..funnel.funnel_reader import ONE_DAY, earliest_begin

#: From so many won deals on, the length of the sales cycle is shown.
ENOUGH_WON = 10
WON, DECIDED = Domain("won", "=", 1), Domain("won", "=", 1) | Domain("lost", "=", 1)

#: Rows of three kinds: decided deals by period and currency; lengths of sales cycles by period; and quartiles. The
#: deals that have ended are read once.
RESULTS = """
    WITH ended AS MATERIALIZED (%(ended)s),
    cycle AS (
        SELECT entered_bucket, won, CASE WHEN won = 1 THEN ceil(cycle_days) ELSE floor(cycle_days) END::int AS days
        FROM ended WHERE entered_bucket > 0
        UNION ALL
        SELECT entered_bucket, 0, floor(cycle_days)::int FROM (%(open)s) lasting WHERE entered_bucket > 0
    )
    SELECT 'ended' AS part, bucket, currency_id, NULL::int AS days, sum(won)::int AS won, count(*)::int AS count,
           COALESCE(sum(amount) FILTER (WHERE won = 1), 0)::float8 AS amount, NULL::float8[] AS amounts
    FROM ended WHERE bucket > 0 AND (won = 1 OR lost = 1)
    GROUP BY bucket, currency_id
    UNION ALL
    SELECT 'cycles', entered_bucket, NULL, days, sum(won)::int, count(*)::int, 0, NULL
    FROM cycle
    GROUP BY entered_bucket, days
    UNION ALL
    SELECT 'quartiles', 0, NULL, NULL, 0, 0, 0,
           percentile_disc(ARRAY[0, 0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY amount::float8 * %(rate)s)
    FROM ended WHERE date >= %(start)s AND date <= %(end)s AND (won = 1 OR lost = 1)
"""


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
    statement, whatever the number of periods. The first period is that of the review.

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
    # RESULTS AND CYCLES
    # ------------------------------------------------------------

    def read_results(self, money):
        """Return the decided deals of each period, the sales cycles, and the quartiles of the amounts.

        Deals that were lost or removed, and deals that are still open, count in the sales cycle as not won up to then.
        Days are rounded up for won deals, and down for others, which have lasted "at least so long". Deals that were
        created as won or lost never entered the pipeline.

        :param CompanyMoney money: converts amounts
        :return: :class:`Ended` by period; :class:`Cycle` by period; the smallest amount and the three quartiles of the
            amounts of the decided deals of the first period in the reader's currency, empty without any
        """
        statement = SQL(
            RESULTS,
            ended=self._select_ended(),
            open=self._select_open(),
            rate=self._by_currency_sql(
                SQL("currency_id"), {key: rate for key, rate in money.rates().items() if rate is not None}
            ),
            start=self.periods[0].start,
            end=self.periods[0].end,
        )
        ended, cycles, quartiles = [], [], ()
        for part, *row, amounts in self.env.execute_query(statement):
            if part == "quartiles":
                quartiles = amounts or ()
            else:
                (ended if part == "ended" else cycles).append(row)
        rates = money.rates({currency_id for _bucket, currency_id, *_sums in ended})
        return (
            {period: self._add_up(self._in_period(ended, period), rates) for period in self.periods},
            {period: self._cycle(self._in_period(cycles, period)) for period in self.periods},
            quartiles,
        )

    @staticmethod
    def _add_up(rows, rates):
        won = decided = converted = 0
        amount, left_out, currency_ids = 0.0, defaultdict(float), set()
        for currency_id, _days, won_count, count, worth in rows:
            currency_ids.add(currency_id)
            won, decided = won + won_count, decided + count
            if rates[currency_id] is not None:
                converted, amount = converted + won_count, amount + worth * rates[currency_id]
            elif won_count:
                left_out[currency_id] += worth
        return Ended(won, decided - won, amount, dict(left_out), converted, currency_ids)

    @staticmethod
    def _cycle(rows):
        counts = defaultdict(lambda: (0, 0))
        for _currency_id, days, won, count, _worth in rows:
            counts[days] = counts[days][0] + won, counts[days][1] + count - won
        return Cycle([(days, *sums) for days, sums in sorted(counts.items())])

    def _select_ended(self):
        domain = Domain("is_overdue", "=", 0) & Domain("ended_time", ">=", earliest_begin(self._bounds[0]))
        query = self.report._search(self.scope & domain)
        names = ("date", "entered_on", "cycle_days", "won", "lost", "currency_id", "amount")
        columns = {name: self.report._field_to_sql(query.table, name, query) for name in names}
        columns["bucket"] = self._bucket_sql(columns["date"])
        columns["entered_bucket"] = self._bucket_sql(columns.pop("entered_on"))
        return query.subselect(*(SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()))

    def _select_open(self):
        """Return the query of the open deals: each has one visit that has not ended.

        The day of entry is read as the report reads it, without record rules: whoever had the deal then.
        """
        visits = self.env["crm.stage.visit"]
        query = visits._search(self.scope & Domain("left_at", "=", False))
        lead_ref, company = (visits._field_to_sql(query.table, name, query) for name in ("lead_ref", "company_id"))
        query.add_join("JOIN", "entry", SQL("LATERAL (%s)", SQL(FIRST_VISIT, lead_ref)), SQL("TRUE"))
        entered = SQL.identifier("entry", "entered_at")
        days = SQL("EXTRACT(EPOCH FROM GREATEST(%s, %s) - %s)::float8 / 86400", self.env.cr.now(), entered, entered)
        return query.subselect(
            SQL("%s AS entered_bucket", self._bucket_sql(visits._day_to_sql(entered, company))),
            SQL("%s AS cycle_days", days),
        )

    # ------------------------------------------------------------
    # BANDS OF AMOUNTS
    # ------------------------------------------------------------

    def read_bands(self, limits_by_currency):
        """Return (won, decided) of each band of amounts of the first period, by the number of the band.

        :param dict limits_by_currency: for each currency id the amounts at which bands begin, ascending
        """
        period = self.periods[0]
        days = Domain("date", ">=", period.start) & Domain("date", "<=", period.end)
        query = self.report._search(
            self.scope & DECIDED & days & Domain("ended_time", ">=", earliest_begin(period.start))
        )
        currency, amount, won = (
            self.report._field_to_sql(query.table, name, query) for name in ("currency_id", "amount", "won")
        )
        band = SQL("width_bucket(%s, %s)", amount, self._by_currency_sql(currency, limits_by_currency))
        query.groupby, query.order = SQL("1"), None
        rows = self.env.execute_query(query.select(band, SQL("sum(%s)::int, count(*)::int", won)))
        return {number: (won, decided) for number, won, decided in rows if number is not None}

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

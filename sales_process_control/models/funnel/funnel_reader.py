"""Sums of the movement ledger: the funnel of a day, and its changes between two days by week and by kind."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate, pairwise

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger import kinds, origins
from ..recording.crm_pipeline_balance import PLACE, WEEK, monday_of
from ..recording.rpc_domain import checked_domain
from ..recording.text_lists import joined_names

#: Fields that both ledgers have under the same name. The funnel can be filtered by these only.
FILTER_FIELDS = (*PLACE, "date_deadline", "lead_id", "lead_ref")
#: No funnel of an earlier day is computed, so that some weeks before a day are days, too.
FIRST_DAY = date(1, 3, 1)
#: In every time zone, a day begins at most this long before, and ends at most this long after, the same day in UTC.
MAX_UTC_OFFSET = timedelta(hours=14)
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)


def earliest_begin(day):
    """Return an instant that is no later than the beginning of a day in any time zone.

    A condition on instants lets PostgreSQL use an index, which one on days does not.
    """
    return datetime.combine(day, time()) - MAX_UTC_OFFSET


def add_up(rows):
    """Add up rows that have the same key.

    :param rows: tuples of any key columns, then an int count and a Decimal amount
    :return: list of tuples of the same shape, one for each key
    """
    sums = defaultdict(lambda: (0, Decimal(0)))
    for *key, count, amount in rows:
        total_count, total_amount = sums[tuple(key)]
        sums[tuple(key)] = total_count + count, total_amount + amount
    return [(*key, *totals) for key, totals in sums.items()]


def standing_sql(column, day):
    """Return the condition: a line has put a deal into the place in which it stands at the end of a day.

    That is: it put the deal there by that day, and no later line took the deal out by that day. Corrections are as if
    they had not happened. A line of an end puts no deal anywhere, although a repair may have posted a count with it.

    A line that takes a deal out names the same place as the line that put it there, so that the record rules allow
    either both or none of them.

    :param column: function that returns the SQL of a column of the line
    :param date day: the day
    :rtype: SQL
    """
    return SQL(
        """
        (%(count)s > 0 AND %(kind)s NOT IN ('won', 'lost', 'removed') AND %(line_day)s <= %(day)s
         AND %(is_correction)s IS NOT TRUE
         AND NOT EXISTS (
            SELECT FROM crm_pipeline_movement leaving
            WHERE leaving.lead_ref = %(lead_ref)s AND leaving.id > %(id)s AND leaving.deal_count < 0
              AND leaving.day <= %(day)s AND leaving.is_correction IS NOT TRUE
         ))
        """,
        count=column("deal_count"),
        kind=column("kind"),
        line_day=column("day"),
        is_correction=column("is_correction"),
        lead_ref=column("lead_ref"),
        id=column("id"),
        day=day,
    )


class FunnelReader:
    """Reads sums of the movement ledger under the record rules of the user.

    In all results, a stage id is None for deals without a stage, a currency id is None where the currency was deleted,
    and amounts are exact decimals in the currency of the row.

    :param Environment env: the user and the allowed companies
    """

    def __init__(self, env):
        self.env = env
        self.movements = env["crm.pipeline.movement"]
        self.balances = env["crm.pipeline.balance"]

    # ------------------------------------------------------------
    # SUMS
    # ------------------------------------------------------------

    def standing(self, day, domain):
        """Return the open deals at the end of a day, by stage and currency.

        The result is the sum of all balances and lines up to the day. Balances are not kept by closing date and deal:
        with such a filter, the result is the open deals of today without the lines after the day.

        :param date day: the day
        :param Domain domain: see :meth:`check_domain`
        :return: list of (stage id, currency id, count, amount), without rows of zeros
        """
        if self._is_kept_in_balances(domain):
            parts = self._changes(domain, None, day)
        else:
            visits = self.env["crm.stage.visit"]
            open_visits = visits._search(domain & Domain("left_at", "=", False))
            parts = [
                self._part(visits, open_visits, SQL("1 AS deal_count, amount"), "amount"),
                self._part(
                    self.movements,
                    self.search_lines(domain, day, None),
                    SQL("-deal_count AS deal_count, -amount AS amount"),
                    "deal_count",
                    "amount",
                ),
            ]
        return [row for row in self._sum(parts, SQL("stage_id, currency_id")) if row[-2] or row[-1]]

    @staticmethod
    def standing_after(standing, changes):
        """Return the open deals of a later day without another query.

        :param standing: result of :meth:`standing` for the earlier day
        :param changes: result of :meth:`changes_by_kind` between both days
        :return: as :meth:`standing`
        """
        net = [(stage_id, currency_id, *sums) for _kind, stage_id, currency_id, _lines, *sums in changes]
        return [row for row in add_up([*standing, *net]) if row[-2] or row[-1]]

    def open_counts(self, days, domain):
        """Return how many deals were open at the end of each day, with one query for all days.

        :param list days: dates in ascending order
        :param Domain domain: see :meth:`check_domain`; fast on fields of balances only
        :rtype: dict[date, int]
        """
        closed = self._closed_before(domain)
        parts = [
            SQL("SELECT %s::date AS until, deal_count FROM (%s) part", day, part)
            for after, day in pairwise((None, *days))
            for part in self._changes_of(domain, after, day, closed)
        ]
        rows = self.env.execute_query(
            SQL(
                "SELECT until, sum(deal_count)::int FROM (%s) change GROUP BY until",
                SQL(" UNION ALL ").join(parts),
            )
        )
        changes = dict(rows)
        return dict(zip(days, accumulate(changes.get(day, 0) for day in days), strict=True))

    def changes_by_week(self, domain, after, until):
        """Return the changes between two days by week.

        :param Domain domain: see :meth:`check_domain`
        :param date after: a Sunday; the changes of later days count
        :param date until: the last day that counts
        :return: list of (Monday, stage id, currency id, net count, net amount)
        """
        parts = self._changes(domain, after, until)
        return self._sum(parts, SQL("week, stage_id, currency_id"))

    def changes_by_kind(self, domain, after, until):
        """Return the changes between two days by kind of movement.

        :param Domain domain: see :meth:`check_domain`
        :param date after: the changes of later days count
        :param date until: the last day that counts
        :return: list of (kind, stage id, currency id, number of lines, net count, net amount)
        """
        parts = self._changes(domain, after, until)
        rows = self._sum(parts, SQL("kind, stage_id, currency_id"), SQL("sum(line_count)::int,"))
        return [row for row in rows if row[3]]

    def reopened_ends(self, domain, after, until):
        """Return the ends between two days after which the deals were reopened.

        :param Domain domain: see :meth:`check_domain`
        :param date after: the ends of later days count
        :param date until: the last day that counts
        :return: list of (kind, stage id, currency id, net count, net amount)
        """
        ends = domain & Domain("kind", "in", (kinds.WON, kinds.LOST)) & Domain("is_reopened", "=", True)
        return self._sum([self._changes_of_lines(ends, after, until)], SQL("kind, stage_id, currency_id"))

    def _changes(self, domain, after, until):
        """Return queries whose rows together are the changes: balances of whole weeks, and lines of other days.

        :param after: the changes of later days count; None for all days
        """
        return self._changes_of(domain, after, until, self._closed_before(domain))

    def _closed_before(self, domain):
        """Return the day before which balances hold the changes of a domain, None if they hold none."""
        return self.balances._open_from() if self._is_kept_in_balances(domain) else None

    def _changes_of(self, domain, after, until, closed):
        """Return queries as :meth:`_changes` does.

        :param closed: result of :meth:`_closed_before`
        """
        first = after and monday_of(after + ONE_WEEK)
        bound = closed and min(closed, monday_of(until + ONE_DAY))
        if not bound or (first and first >= bound):
            return [self._changes_of_lines(domain, after, until)]
        weeks = Domain("week", "<", bound)
        if first:
            weeks &= Domain("week", ">=", first)
        names = ("week", "kind", "line_count", "deal_count", "amount")
        columns = SQL(", ").join(map(SQL.identifier, names))
        parts = [self._part(self.balances, self.balances._search(domain & weeks), columns, *names)]
        if first and first > after + ONE_DAY:
            parts.append(self._changes_of_lines(domain, after, first - ONE_DAY))
        if bound <= until:
            parts.append(self._changes_of_lines(domain, bound - ONE_DAY, until))
        return parts

    def _changes_of_lines(self, domain, after, until):
        query = self.search_lines(domain, after, until)
        columns = SQL("%s AS week, kind, 1 AS line_count, deal_count, amount", WEEK)
        return self._part(self.movements, query, columns, "day", "kind", "deal_count", "amount")

    def search_lines(self, domain, after, until):
        """Return the query for the lines after one day up to another. Corrections are left out.

        :param Domain domain: see :meth:`check_domain`
        :param after: a date, or None for no lower bound
        :param until: a date, or None for no upper bound
        :rtype: Query
        """
        lines = domain & Domain("is_correction", "=", False)
        if after or until:
            lines &= Domain.custom(to_sql=self._days_to_sql(after, until))
        # These bounds follow from those of the days. The index of the ledger begins with `date`.
        if after:
            lines &= Domain("date", ">=", earliest_begin(after + ONE_DAY))
        if until:
            lines &= Domain("date", "<", datetime.combine(until + ONE_DAY, time()) + MAX_UTC_OFFSET)
        return self.movements._search(lines)

    @staticmethod
    def _days_to_sql(after, until):
        """Return a condition on `day` that PostgreSQL estimates to hold for half of the lines.

        PostgreSQL takes plain comparisons of `day` for independent of those of `date`, and expects almost no rows. It
        then scans the index on (stage_id, day) and sorts, where scanning by `date` and hashing is faster.
        """

        def to_sql(model, alias, query):
            day = model._field_to_sql(alias, "day", query)
            bounds = [SQL("%s > %s", day, after)] if after else []
            bounds += [SQL("%s <= %s", day, until)] if until else []
            return SQL("CASE WHEN %s THEN TRUE ELSE FALSE END", SQL(" AND ").join(bounds))

        return to_sql

    def _part(self, model, query, columns, *names):
        """Return the rows of a query as stage, currency and computed columns.

        :param SQL columns: expressions of the columns in `names`
        :param names: fields that `columns` uses
        """
        selected = (
            SQL("%s AS %s", model._field_to_sql(query.table, name, query), SQL.identifier(name))
            for name in ("stage_id", "currency_id", *names)
        )
        return SQL("SELECT stage_id, currency_id, %s FROM (%s) row", columns, query.subselect(*selected))

    def _sum(self, parts, by, more=None):
        """Add up the rows of queries by some columns.

        Amounts are read as text, since Odoo reads numeric columns as floats, which are not exact for large amounts.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT %s, %s sum(deal_count)::int, COALESCE(sum(amount), 0)::text FROM (%s) line GROUP BY %s",
                by,
                more or SQL(""),
                SQL(" UNION ALL ").join(parts),
                by,
            )
        )
        return [(*row[:-1], Decimal(row[-1])) for row in rows]

    @staticmethod
    def _is_kept_in_balances(domain):
        return all(condition.field_expr.split(".")[0] in PLACE for condition in domain.iter_conditions())

    # ------------------------------------------------------------
    # DAYS
    # ------------------------------------------------------------

    def bounds(self, domain):
        """Return the first day of the ledger, and the last day with a line that was rebuilt at installation.

        The first day is read without record rules: it is the same for all users and names no deal.

        :param Domain domain: which lines count for the second day, see :meth:`check_domain`
        :return: (date or None, date or None)
        """
        rebuilt = self.movements._search(domain & Domain("origin", "=", origins.BACKFILL))
        [bounds] = self.env.execute_query(
            SQL(
                "SELECT (SELECT day FROM crm_pipeline_movement ORDER BY date, id LIMIT 1), %s",
                rebuilt.subselect(SQL("max(%s)", self.movements._field_to_sql(rebuilt.table, "day", rebuilt))),
            )
        )
        return bounds

    @staticmethod
    def is_estimated(day, bounds):
        """Return whether the funnel of a day is an estimate: rebuilt at installation, or before the first line.

        :param date day: the day
        :param bounds: result of :meth:`bounds`
        """
        first_day, last_rebuilt = bounds
        return not first_day or day < first_day or bool(last_rebuilt and day < last_rebuilt)

    def today(self):
        """Return the latest current day in the time zones of the user's companies."""
        context, now = self.env["crm.pipeline.reader"]._read_context(), self.env.cr.now()
        company_ids = (None, *self.env.companies.ids)
        return max(context.day_of(now, company_id) for company_id in company_ids if company_id in context.companies)

    def check_day(self, day):
        """Return a day as a date.

        :param day: a date, or its text as YYYY-MM-DD
        :raises UserError: for anything else, for a day before :data:`FIRST_DAY`, and for a day in the future
        """
        try:
            checked = fields.Date.to_date(day)
        except (TypeError, ValueError):
            checked = None
        if not checked or checked < FIRST_DAY:
            raise UserError(self.env._("Write the day of the funnel as a date, for example 2026-01-31."))
        # In the time zone of the user the next day may have begun.
        if checked > max(self.today(), fields.Date.context_today(self.movements, self.env.cr.now())):
            raise UserError(self.env._("The funnel of a future day is not known."))
        return checked

    def check_days(self, before, day):
        """Return two days as dates.

        :param before: the earlier day, see :meth:`check_day`
        :param day: the later day
        :raises UserError: as :meth:`check_day`, and if the days are not in this order
        """
        first, second = self.check_day(before), self.check_day(day)
        if first >= second:
            raise UserError(self.env._("The funnel can only be compared with an earlier day."))
        return first, second

    # ------------------------------------------------------------
    # FILTERS
    # ------------------------------------------------------------

    def check_domain(self, domain):
        """Return a filter of the funnel as a domain.

        :param domain: a domain on :data:`FILTER_FIELDS` and on fields of their records
        :rtype: Domain
        :raises UserError: for a domain that is not valid, or on other fields, and for very many values
        """
        checked = checked_domain(self.movements, domain)
        for condition in checked.iter_conditions():
            name = condition.field_expr.split(".")[0]
            if name not in FILTER_FIELDS:
                raise UserError(
                    self.env._(
                        "The funnel can be filtered by %(fields)s, not by %(name)s.",
                        fields=joined_names(self.env, FILTER_FIELDS),
                        name=name,
                    )
                )
        return checked

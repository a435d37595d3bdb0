from collections import defaultdict
from datetime import datetime, time, timedelta
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..recording.crm_pipeline_balance import PLACE, WEEK, monday_of

#: What both ledgers call by the same name: the place of a deal, and whose place it is.
PLACE_FIELDS = (*PLACE, "date_deadline", "lead_id", "lead_ref")
#: No day of any time zone begins earlier than so many hours before the day in UTC, or ends later than so many after it.
MOST_OFFSET = timedelta(hours=14)
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)


def added_up(rows):
    """Rows of the same key as one.

    :param rows: key, count and exact amount of each
    """
    sums = defaultdict(lambda: (0, Decimal(0)))
    for *key, count, amount in rows:
        known_count, known_amount = sums[tuple(key)]
        sums[tuple(key)] = known_count + count, known_amount + amount
    return [(*key, *both) for key, both in sums.items()]


class CrmFunnelReader(models.AbstractModel):
    """What the pipeline held at the end of a day, and what changed between two.

    Everything is read under the record rules of the reader.
    """

    _name = "crm.funnel.reader"
    _description = "Sales Funnel: Sums"

    # ------------------------------------------------------------
    # SUMS
    # ------------------------------------------------------------

    def _read_standing(self, day, places):
        """The funnel as it stood at the end of a day: the one place that computes it.

        The balances of the weeks before it and the lines since; where the question is about what balances are not kept
        by, what stands open now without the lines after the day.

        :param date day: the day
        :param Domain places: of which places, see :meth:`_check_places`
        :return: (number of the stage, of the currency, count, amount) of each that is not empty
        """
        if self._is_kept_in_balances(places):
            parts = self._changes(places, None, day)
        else:
            visits = self.env["crm.stage.visit"]
            standing = visits._search(places & Domain("left_at", "=", False))
            parts = [
                self._part(visits, standing, SQL("1 AS deal_count, amount"), "amount"),
                self._part(
                    self.env["crm.pipeline.movement"],
                    self._search_lines(places, day, None),
                    SQL("-deal_count AS deal_count, -amount AS amount"),
                    "deal_count",
                    "amount",
                ),
            ]
        return [row for row in self._sum(parts, SQL("stage_id, currency_id")) if row[-2] or row[-1]]

    @staticmethod
    def _standing_after(standing, kinds):
        """The funnel of a day, from that of an earlier one and what changed in between: exact, as both are.

        :param standing: see :meth:`_read_standing`
        :param kinds: see :meth:`_read_kinds`
        :return: as `standing`
        """
        changes = [(stage, currency, *sums) for _kind, stage, currency, _lines, *sums in kinds]
        return [row for row in added_up([*standing, *changes]) if row[-2] or row[-1]]

    def _read_weeks(self, places, after, until):
        """What changed by week.

        :param date after: a Sunday: the changes of the days after it
        :return: (Monday, number of the stage, of the currency, count, amount)
        """
        parts = self._changes(places, after, until)
        return self._sum(parts, SQL("week, stage_id, currency_id"))

    def _read_kinds(self, places, after, until):
        """What changed by kind of movement.

        :return: (kind, number of the stage, of the currency, number of lines, net count, amount)
        """
        parts = self._changes(places, after, until)
        rows = self._sum(parts, SQL("kind, stage_id, currency_id"), SQL("sum(line_count)::int,"))
        return [row for row in rows if row[3]]

    def _changes(self, places, after, until):
        """Queries whose rows together are what changed: balances of whole weeks, and lines where there are none.

        :param after: the changes of the days after it; None: from the beginning
        """
        balances = self.env["crm.pipeline.balance"]
        first = after and monday_of(after + ONE_WEEK)
        closed = balances._open_from() if self._is_kept_in_balances(places) else None
        bound = closed and min(closed, monday_of(until + ONE_DAY))
        if not bound or (first and first >= bound):
            return [self._changes_of_lines(places, after, until)]
        weeks = Domain("week", "<", bound)
        if first:
            weeks &= Domain("week", ">=", first)
        names = ("week", "kind", "line_count", "deal_count", "amount")
        columns = SQL(", ").join(map(SQL.identifier, names))
        parts = [self._part(balances, balances._search(places & weeks), columns, *names)]
        if first and first > after + ONE_DAY:
            parts.append(self._changes_of_lines(places, after, first - ONE_DAY))
        if bound <= until:
            parts.append(self._changes_of_lines(places, bound - ONE_DAY, until))
        return parts

    def _changes_of_lines(self, places, after, until):
        query = self._search_lines(places, after, until)
        columns = SQL("%s AS week, kind, 1 AS line_count, deal_count, amount", WEEK)
        return self._part(self.env["crm.pipeline.movement"], query, columns, "day", "kind", "deal_count", "amount")

    def _search_lines(self, places, after, until):
        """The lines after one day up to another; None for no bound.

        Bounds on the instant follow from those on the day, and have an index.
        """
        lines = places
        if after or until:
            lines &= Domain.custom(to_sql=self._days_to_sql(after, until))
        if after:
            lines &= Domain("date", ">=", datetime.combine(after + ONE_DAY, time()) - MOST_OFFSET)
        if until:
            lines &= Domain("date", "<", datetime.combine(until + ONE_DAY, time()) + MOST_OFFSET)
        return self.env["crm.pipeline.movement"]._search(lines)

    @staticmethod
    def _days_to_sql(after, until):
        """Compare the day in a way that PostgreSQL does not look through: it expects half of the lines to pass.

        Else it takes this for a further restriction beside that on the instant, looks through the index that has the
        stage first, expects almost nothing, and sorts what it had better hash.
        """

        def to_sql(model, alias, query):
            day = model._field_to_sql(alias, "day", query)
            bounds = [SQL("%s > %s", day, after)] if after else []
            bounds += [SQL("%s <= %s", day, until)] if until else []
            return SQL("CASE WHEN %s THEN TRUE ELSE FALSE END", SQL(" AND ").join(bounds))

        return to_sql

    def _part(self, model, query, columns, *names):
        """The rows of a query: stage, currency, and what is made of some of their columns.

        :param SQL columns: what is made of them
        :param names: the columns that this takes
        """
        taken = (
            SQL("%s AS %s", model._field_to_sql(query.table, name, query), SQL.identifier(name))
            for name in ("stage_id", "currency_id", *names)
        )
        return SQL("SELECT stage_id, currency_id, %s FROM (%s) row", columns, query.subselect(*taken))

    def _sum(self, parts, by, more=None):
        """Add up rows exactly: Odoo reads PostgreSQL's decimal numbers as floats, which are too short for some."""
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
    def _is_kept_in_balances(places):
        return all(condition.field_expr.split(".")[0] in PLACE for condition in places.iter_conditions())

    # ------------------------------------------------------------
    # DAYS
    # ------------------------------------------------------------

    def _read_bounds(self, places):
        """Since when the ledger is kept, which is nobody's secret, and until when what is shown of it was rebuilt.

        :param Domain places: what is shown
        :return: the first day with a line, and the last day with a line from the time before the ledger; or None
        """
        movements = self.env["crm.pipeline.movement"]
        rebuilt = movements._search(places & Domain("origin", "=", "backfill"))
        [bounds] = self.env.execute_query(
            SQL(
                "SELECT (SELECT day FROM crm_pipeline_movement ORDER BY date, id LIMIT 1), %s",
                rebuilt.subselect(SQL("max(%s)", movements._field_to_sql(rebuilt.table, "day", rebuilt))),
            )
        )
        return bounds

    def _is_estimated(self, day, bounds):
        """Whether what is known of a day rests on lines that were rebuilt from the time before, or on none at all.

        :param bounds: see :meth:`_read_bounds`
        """
        first_day, last_rebuilt = bounds
        return not first_day or day < first_day or bool(last_rebuilt and day < last_rebuilt)

    def _today(self):
        """The day on which whatever has happened has happened: the latest in any of the reader's companies."""
        context, now = self.env["crm.pipeline.reader"]._read_context(), self.env.cr.now()
        own = self.env.companies.ids
        return max(context.day_of(now, number) for number in (None, *own) if number in context.companies)

    def _check_day(self, day):
        """A day as a date.

        :raises UserError: for what is no day, and for a day to come
        """
        try:
            checked = fields.Date.to_date(day)
        except (TypeError, ValueError):
            checked = None
        if not checked:
            raise UserError(self.env._("The funnel is that of a day, for example 2026-01-31."))
        # Where the reader is it may be tomorrow already.
        if checked > max(self._today(), fields.Date.context_today(self, self.env.cr.now())):
            raise UserError(self.env._("The funnel of a day to come is not known."))
        return checked

    def _check_days(self, before, day):
        """Two days as dates.

        :raises UserError: for what are no days, or in the wrong order
        """
        first, second = self._check_day(before), self._check_day(day)
        if first >= second:
            raise UserError(self.env._("The funnel of a day is compared with that of an earlier day."))
        return first, second

    # ------------------------------------------------------------
    # PLACES
    # ------------------------------------------------------------

    def _check_places(self, domain):
        """A domain that a funnel can be filtered with.

        :raises UserError: for one that is none, or on anything but the fields of a place
        """
        no_domain = self.env._("This is no domain that the funnel can be filtered with.")
        try:
            places = Domain(domain)
        except (TypeError, ValueError):
            raise UserError(no_domain) from None
        for condition in places.iter_conditions():
            name = condition.field_expr.split(".")[0]
            if name not in PLACE_FIELDS:
                raise UserError(
                    self.env._(
                        "The funnel can be filtered by %(fields)s, but not by %(name)s.",
                        fields=", ".join(PLACE_FIELDS),
                        name=name,
                    )
                )
        try:
            places.validate(self.env["crm.pipeline.movement"])
        except ValueError:
            raise UserError(no_domain) from None
        return places

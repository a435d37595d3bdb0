from itertools import pairwise

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_SALESPERSON
from ...statistics.chance import LIMITS
from ..recording.number_search import search_number
from .crm_stage_chance import HORIZONS, NO_COMPANY
from .optional_number import OptionalFloat, OptionalMonetary

#: Fields on which chances depend. Odoo flushes them before chances are read from the database.
CHANCE_FIELDS = ("stage_id", "stage_entered_at", "company_id", "type", "active", "won_status")
#: Chances do not change after so many days in a stage.
MOST_DAYS = LIMITS.age
#: Decimals of a chance that users see.
DIGITS = 2


class CrmLead(models.Model):
    """The chance of a deal to be won (docs/definitions.md, Chance to sign).

    The chance changes as days pass, so that PostgreSQL finds it in the table of chances whenever it is read.
    """

    _inherit = "crm.lead"

    chance = OptionalFloat(
        "Chance to Sign",
        compute="_compute_chances",
        search=lambda self, *condition: self._search_chance("chance", *condition),
        aggregator="avg",
        groups=GROUP_SALESPERSON,
        help="How likely the opportunity is won in the end, from what became of the opportunities of the company that "
        "were in the same stage as many days. Empty while too few have been won or lost, and for opportunities that "
        "are closed.",
    )
    chance_by_closing = OptionalFloat(
        "Chance by Closing",
        compute="_compute_chances",
        search=lambda self, *condition: self._search_chance("chance_by_closing", *condition),
        aggregator="avg",
        groups=GROUP_SALESPERSON,
        help="How likely the opportunity is won up to its expected closing. Empty without an expected closing, when it "
        "has passed, and while the chance to sign is not known.",
    )
    expected_amount = OptionalMonetary(
        "Expected by Chance",
        compute="_compute_chances",
        search=lambda self, *condition: self._search_chance("expected_amount", *condition),
        aggregator="sum",
        currency_field="company_currency",
        groups=GROUP_SALESPERSON,
        help="Expected revenue times the chance to sign. Empty while the chance is not known.",
    )

    @api.depends(*CHANCE_FIELDS, "date_deadline", "expected_revenue")
    def _compute_chances(self):
        rows = {}
        if self._origin.ids:
            query = self._origin._as_query(ordered=False)
            names = ("id", "chance", "chance_by_closing", "expected_amount")
            columns = (self._field_to_sql(query.table, name, query) for name in names)
            rows = {lead_id: values for lead_id, *values in self.env.execute_query(query.select(*columns))}
        for lead in self:
            values = rows.get(lead._origin.id, (None, None, None))
            lead.chance, lead.chance_by_closing, lead.expected_amount = values

    def _search_chance(self, name, operator, value):
        """Return the domain of a search for chances; no value finds what is not known."""
        is_unknown = False
        if operator == "in":
            is_unknown = any(one is None or one is False for one in value)
            value = [one for one in value if one is not None and one is not False]
        found = search_number(self.env, name, operator, value, digits=DIGITS)
        if found is NotImplemented or not is_unknown:
            return found
        return found | Domain.custom(
            to_sql=lambda model, alias, query: SQL("%s IS NULL", model._field_to_sql(alias, name, query))
        )

    # ------------------------------------------------------------
    # SQL
    # ------------------------------------------------------------

    def _field_to_sql(self, alias, field_expr, query=None):
        """Return the SQL of a field, also of the chances."""
        to_sql = {
            "chance": self._chance_to_sql,
            "chance_by_closing": self._chance_by_closing_to_sql,
            "expected_amount": self._expected_amount_to_sql,
        }.get(field_expr)
        if not to_sql:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        return to_sql(alias, query)

    def _chance_to_sql(self, alias, query):
        return SQL.identifier(self._join_chance(alias, query), "chance")

    def _expected_amount_to_sql(self, alias, query):
        # Two decimals, as Odoo rounds the prorated revenue: people search for the number that they see.
        return SQL(
            "ROUND((COALESCE(%s, 0)::float8 * %s)::numeric, 2)::float8",
            self._field_to_sql(alias, "expected_revenue", query),
            self._chance_to_sql(alias, query),
        )

    def _chance_by_closing_to_sql(self, alias, query):
        """Return the SQL of the chance up to the expected closing, between the days of the table in a straight line."""
        chance, today = self._join_chance(alias, query), self._today_to_sql(alias, query)
        deadline = self._field_to_sql(alias, "date_deadline", query)
        # Today is not over: what is due today counts as due tomorrow.
        days = SQL("GREATEST(%s - %s, 1)", deadline, today)
        cases = [SQL("WHEN (%s >= %s) IS NOT TRUE THEN NULL", deadline, today)]
        points = [(0, SQL("0")), *((day, SQL.identifier(chance, name)) for day, name in HORIZONS.items())]
        for (begin, low), (end, high) in pairwise(points):
            line = SQL("%s + (%s - %s) * (%s - %s) / %s::float8", low, days, begin, high, low, end - begin)
            cases.append(SQL("WHEN %s <= %s THEN %s", days, end, line))
        return SQL("CASE %s ELSE %s END", SQL(" ").join(cases), points[-1][1])

    def _join_chance(self, alias, query):
        """Join the chances of each open deal to a query.

        A stage without chances of its own has those over all stages. The last age of a stage stands for all later ones.

        :return: alias of the joined row of `crm_stage_chance`
        :rtype: str
        """
        ages, chance = query.make_alias(alias, "chance_ages"), query.make_alias(alias, "chance")
        stage_id, company_id, kind, active, won_status = (
            self._field_to_sql(alias, name, query)
            for name in ("stage_id", "company_id", "type", "active", "won_status")
        )
        company = SQL("COALESCE(%s, %s)", company_id, NO_COMPANY)
        # No record rules: readers of a deal may know its chance. It rests on all visits of the company of the deal.
        query.add_join(
            "LEFT JOIN",
            ages,
            SQL(
                "(SELECT COALESCE(company_id, %s) AS company, stage_id, max(age) AS last FROM crm_stage_chance"
                " WHERE stage_id IS NOT NULL GROUP BY 1, 2)",
                NO_COMPANY,
            ),
            SQL(
                "%s = %s AND %s = %s",
                SQL.identifier(ages, "company"),
                company,
                SQL.identifier(ages, "stage_id"),
                stage_id,
            ),
        )
        query.add_join(
            "LEFT JOIN",
            chance,
            SQL.identifier("crm_stage_chance"),
            SQL(
                """
                %(kind)s = 'opportunity' AND %(active)s AND %(won_status)s = 'pending'
                AND COALESCE(%(chance_company)s, 0) = %(company)s
                AND COALESCE(%(chance_stage)s, 0) = COALESCE(%(own_stage)s, 0)
                AND %(chance_age)s = GREATEST(LEAST(%(age)s, %(last)s), 0)
                """,
                kind=kind,
                active=active,
                won_status=won_status,
                chance_company=SQL.identifier(chance, "company_id"),
                company=company,
                chance_stage=SQL.identifier(chance, "stage_id"),
                own_stage=SQL.identifier(ages, "stage_id"),
                chance_age=SQL.identifier(chance, "age"),
                age=self._age_to_sql(alias, query),
                last=SQL("COALESCE(%s, 0)", SQL.identifier(ages, "last")),
            ),
        )
        return chance

    def _age_to_sql(self, alias, query):
        """Return the SQL of the midnights since a deal entered its stage, at most :data:`MOST_DAYS` + 1."""
        context, now = self.env["crm.pipeline.reader"]._read_context(), self.env.cr.now()
        entered_at = self._field_to_sql(alias, "stage_entered_at", query)
        if context.has_several_zones:
            return SQL(
                "COALESCE(%s - (%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date, 0)",
                self._today_to_sql(alias, query),
                entered_at,
                self._day_column(alias, query, "tz"),
            )
        # Finding an instant between midnights is much faster than telling its day in a time zone.
        return SQL(
            """
            COALESCE(%(most)s + 1 - width_bucket(%(entered_at)s, (
                SELECT array_agg(day AT TIME ZONE %(tz)s AT TIME ZONE 'UTC' ORDER BY day)
                FROM generate_series(%(today)s::timestamp - %(most)s * INTERVAL '1 day', %(today)s, '1 day') day
            )), 0)
            """,
            most=MOST_DAYS,
            entered_at=entered_at,
            tz=context.company(None).tz or "UTC",
            today=context.day_of(now, None),
        )

    def _today_to_sql(self, alias, query):
        return self._day_column(alias, query, "today")

    def _day_column(self, alias, query, name):
        """Return the SQL of the present day of the company of a deal, or of the time zone of its days."""
        context, now = self.env["crm.pipeline.reader"]._read_context(), self.env.cr.now()
        if not context.has_several_zones:
            values = {
                "today": SQL("%s::date", context.day_of(now, None)),
                "tz": SQL("%s", context.company(None).tz or "UTC"),
            }
            return values[name]
        days = query.make_alias(alias, "company_day")
        rows = SQL(", ").join(
            SQL("(%s, %s, %s::date)", company_id or NO_COMPANY, company.tz or "UTC", context.day_of(now, company_id))
            for company_id, company in context.companies.items()
        )
        query.add_join(
            "LEFT JOIN",
            days,
            SQL("(SELECT * FROM (VALUES %s) day (company, tz, today))", rows),
            SQL(
                "%s = COALESCE(%s, %s)",
                SQL.identifier(days, "company"),
                self._field_to_sql(alias, "company_id", query),
                NO_COMPANY,
            ),
        )
        return SQL.identifier(days, name)

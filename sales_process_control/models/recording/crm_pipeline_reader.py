from datetime import timedelta, timezone
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import models
from odoo.tools import SQL, ormcache

from ...ledger import LOST, NO_STAGE, OPEN, OUTSIDE, WON, Deal, Owner, Stage
from .time_zones import known_zone, start_of

#: Key in the data of `cr.postcommit`: this transaction has changed a stage, a company or a calendar.
CHANGED = "crm.pipeline.context_changed"
#: The main company: its currency and calendar hold for deals without a company, its language for names of stages.
MAIN_COMPANY = """
    SELECT company.id, company.currency_id, company.partner_id, partner.lang
    FROM res_company company
    JOIN res_partner partner ON partner.id = company.partner_id
    LEFT JOIN ir_model_data data ON data.res_id = company.id AND data.model = 'res.company'
         AND data.module = 'base' AND data.name = 'main_company'
    ORDER BY data.id, company.id
    LIMIT 1
"""


class Company(NamedTuple):
    """Company data that the recorder needs. `hours_per_day` and the time zone belong to the working calendar."""

    id: int
    currency_id: int
    calendar_id: int | None
    tz: str
    hours_per_day: float | None

    def working_days_between(self, env, start, end):
        """Return the days of the company's working calendar between two instants.

        :param datetime start: naive UTC
        :param datetime end: naive UTC
        :return: working days, None where the company has no calendar
        :rtype: float | None
        """
        if not self.calendar_id or not self.hours_per_day:
            return None
        seconds = env["resource.calendar"].browse(self.calendar_id).work_seconds_between(start, end, self.id)
        return seconds / 3600 / self.hours_per_day

    def works_on(self, env, day):
        """Return whether the company works on a day, by its working calendar; every day without a calendar.

        :param date day: day in the time zone of the calendar
        """
        start, end = start_of(day, self.tz), start_of(day + timedelta(days=1), self.tz)
        days = self.working_days_between(env, start, end)
        return days is None or days > 0


class Context(NamedTuple):
    """Stages and companies as they are now.

    :param stages: :class:`~odoo.addons.sales_process_control.ledger.Stage` by id
    :param companies: :class:`Company` by id; at None the main company, for deals without a company
    :param main_company_id: id of the main company
    :param main_partner_id: id of its contact
    :param extras: data that later rooms keep together with stages, by name
    """

    stages: dict[int, Stage]
    companies: dict[int | None, Company]
    main_company_id: int
    main_partner_id: int
    extras: dict[str, object]

    def company(self, company_id):
        """Return a company; the main company where there is no such company (any more)."""
        return self.companies.get(company_id) or self.companies[None]

    @property
    def has_several_zones(self):
        """Return whether the days of companies begin at different times."""
        return len({company.tz for company in self.companies.values()}) > 1

    def day_of(self, instant, company_id):
        """Return the day of an instant (naive UTC) in the time zone of the company's working calendar."""
        tz = ZoneInfo(self.company(company_id).tz)
        return instant.replace(tzinfo=timezone.utc).astimezone(tz).date()


class CrmPipelineReader(models.AbstractModel):
    """Reads stages, companies and deals for the recorder.

    SQL without record rules: the ledgers hold every deal, whoever changes it, and nothing that is read here is shown to
    a user.
    """

    _name = "crm.pipeline.reader"
    _description = "Pipeline Reader"

    # ------------------------------------------------------------
    # CONTEXT
    # ------------------------------------------------------------

    def _read_context(self):
        """Return stages and companies.

        The process caches them. A transaction that has changed them reads its own, in the cache of its cursor: it may
        still be rolled back.

        :rtype: Context
        """
        if CHANGED not in self.env.cr.postcommit.data:
            return self._cached_context()
        cache = self.env.cr.cache
        if CHANGED not in cache:
            cache[CHANGED] = self._query_context()
        return cache[CHANGED]

    @ormcache()
    def _cached_context(self):
        return self._query_context()

    def _query_context(self):
        """Read stages and companies.

        Names of stages are in the main company's language: a row of a ledger must not depend on the language of the
        user who moves the deal.
        """
        for model in ("crm.stage", "res.company", "res.partner", "resource.calendar"):
            self.env[model].flush_model()
        [(main_company_id, main_partner_id, stages, companies)] = self.env.execute_query(self._context_query())
        stage_by_id = {row[0]: Stage(*row[:4], frozenset(row[4] or ())) for row in stages or ()}
        company_by_id = {row[0]: Company(*row[:3], known_zone(row[3]), row[4]) for row in companies}
        company_by_id[None] = company_by_id[main_company_id]
        return Context(stage_by_id, company_by_id, main_company_id, main_partner_id, {})

    def _context_query(self):
        team_ids = self.env["crm.stage"]._fields["team_ids"]
        return SQL(
            """
            WITH main AS (%(main)s)
            SELECT (SELECT id FROM main), (SELECT partner_id FROM main), (
                SELECT json_agg(json_build_array(
                    stage.id,
                    COALESCE(stage.name->>main.lang, stage.name->>'en_US'),
                    COALESCE(stage.sequence, 0),
                    COALESCE(stage.is_won, FALSE),
                    (SELECT json_agg(rel.%(team)s) FROM %(rel)s rel WHERE rel.%(stage)s = stage.id)
                ))
                FROM crm_stage stage CROSS JOIN main
            ), (
                SELECT json_agg(json_build_array(
                    company.id, company.currency_id, calendar.id, calendar.tz, calendar.hours_per_day
                ))
                FROM res_company company
                LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
            )
            """,
            main=SQL(MAIN_COMPANY),
            team=SQL.identifier(team_ids.column2),
            stage=SQL.identifier(team_ids.column1),
            rel=SQL.identifier(team_ids.relation),
        )

    def _read_context_for(self, places):
        """Return the context, read again if it does not know one of some stages or companies (raw SQL made them).

        :param places: (id of the stage, id of the company), each of which may be None
        :rtype: Context
        """
        context = self._read_context()
        if all(
            (not stage_id or stage_id in context.stages) and company_id in context.companies
            for stage_id, company_id in places
        ):
            return context
        self._forget_context()
        return self._read_context()

    def _forget_context(self):
        """Drop the cached context: a stage, a company or a calendar has changed."""
        registry = self.env.registry
        registry.clear_cache()
        self.env.cr.cache.pop(CHANGED, None)
        if CHANGED not in self.env.cr.postcommit.data:
            self.env.cr.postcommit.data[CHANGED] = True
            # Before the commit, another thread may have cached the old values again.
            self.env.cr.postcommit.add(registry.clear_cache)

    @ormcache("source")
    def _reports_reading(self, source):
        """Return the names of the SQL models whose `_depends` names a model."""
        return [name for name, model in self.env.registry.items() if source in model._depends]

    # ------------------------------------------------------------
    # DEALS
    # ------------------------------------------------------------

    def _read_deals(self, lead_ids):
        """Return deals as they are stored now, the context that fits them, and who of their salespeople is online.

        Who is online is read here because it then takes no statement of its own.

        :param lead_ids: ids of leads that may be gone
        :return: :class:`~odoo.addons.sales_process_control.ledger.Deal` by id, existing ones only; the context; ids of
            the salespeople who are online
        :rtype: tuple[dict, Context, set]
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, type, active, won_status, stage_id, team_id, user_id, company_id, date_deadline,
                       expected_revenue::float8::text, stage_entered_at,
                       EXISTS (SELECT FROM mail_presence WHERE user_id = crm_lead.user_id AND status = 'online')
                FROM crm_lead WHERE id = ANY(%s)
                """,
                list(lead_ids),
            )
        )
        context = self._read_context_for((row[4], row[7]) for row in rows)
        deals, online_ids = {}, set()
        for row in rows:
            lead_id, kind, active, won_status, stage_id, team_id, user_id, company_id, *values = row
            deadline, amount, since, is_online = values
            if is_online:
                online_ids.add(user_id)
            owner = Owner(team_id, user_id, company_id, context.companies[company_id].currency_id)
            deals[lead_id] = Deal(
                status_of(kind, active, won_status),
                context.stages.get(stage_id, NO_STAGE),
                owner,
                deadline,
                Decimal(amount or 0),
                kind == "opportunity",
                since,
            )
        return deals, context, online_ids


def status_of(kind, active, won_status):
    """Return the status of a lead in the pipeline: open, won, lost or outside.

    A won deal that is archived stays won.

    :param str kind: lead or opportunity
    :param bool active: whether it is not archived
    :param won_status: pending, won or lost; None counts as pending
    """
    if kind != "opportunity":
        return OUTSIDE
    if won_status in (WON, LOST):
        return won_status
    return OPEN if active else OUTSIDE

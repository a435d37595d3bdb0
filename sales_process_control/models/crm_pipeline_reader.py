from collections import defaultdict
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import models
from odoo.tools import SQL, ormcache

from ..ledger import LOST, NO_STAGE, OPEN, OUTSIDE, WON, Deal, History, Owner, Stage, Visit


class Company(NamedTuple):
    """What the recorder needs of a company. `hours_per_day` belongs to its working calendar."""

    currency_id: int
    calendar_id: int | None
    tz: str | None
    hours_per_day: float | None

    def working_days_between(self, env, start, end):
        """Days of the company's working calendar between two instants (naive UTC), None where it has no calendar."""
        if not self.calendar_id or not self.hours_per_day:
            return None
        seconds = env["resource.calendar"].browse(self.calendar_id).work_seconds_between(start, end)
        return seconds / 3600 / self.hours_per_day


class Context(NamedTuple):
    """What all deals of a batch share: the stages as they are now, and the companies; None is no company."""

    stages: dict[int, Stage]
    companies: dict[int | None, Company]

    def day_of(self, instant, company_id):
        """The day of an instant (naive UTC) in the time zone of the company's working calendar."""
        tz = ZoneInfo(self.companies[company_id].tz or "UTC")
        return instant.replace(tzinfo=timezone.utc).astimezone(tz).date()


class LeadRow(NamedTuple):
    """A lead as the database holds it, and the last posting about it; empty where there is none."""

    lead_ref: int
    lead_id: int | None
    type: str
    active: bool
    won_status: str
    stage_id: int | None
    team_id: int | None
    user_id: int | None
    company_id: int | None
    date_deadline: date | None
    amount: str
    stage_entered_at: datetime | None
    last_movement_id: int | None
    last_kind: str | None
    last_date: datetime | None


class Known(NamedTuple):
    """What was known of a deal when a transaction touched it first.

    :param history: what the ledgers held
    :param last_visit_id: rows of the visit ledger above it are this transaction's own
    :param last_movement_id: likewise of the movement ledger
    :param marked_ids: lines of the movement ledger that the transaction has marked as corrections
    """

    history: History = History()
    last_visit_id: int = 0
    last_movement_id: int = 0
    marked_ids: tuple[int, ...] = ()


class CrmPipelineReader(models.AbstractModel):
    """Reads deals and ledgers as the recorder needs them.

    In SQL and without record rules: the ledgers must hold every deal, whoever changes it. Nothing that is read here
    reaches a reader's screen.
    """

    _name = "crm.pipeline.reader"
    _description = "Pipeline Reader"

    @ormcache()
    def _read_context(self):
        """Stages and companies, kept until one of them changes.

        Names of stages are read in the main company's language, so that rows of the ledgers do not change their language
        with the person who moves a card.
        """
        team_ids = self.env["crm.stage"]._fields["team_ids"]
        main_company_id = self.env["res.company"]._pipeline_main_company_id()
        [(stages, companies)] = self.env.execute_query(
            SQL(
                """
                SELECT (
                    SELECT json_agg(json_build_array(
                        stage.id,
                        COALESCE(stage.name->>partner.lang, stage.name->>'en_US'),
                        COALESCE(stage.sequence, 0),
                        COALESCE(stage.is_won, FALSE),
                        (SELECT json_agg(rel.%(team)s) FROM %(rel)s rel WHERE rel.%(stage)s = stage.id)
                    ))
                    FROM crm_stage stage
                    LEFT JOIN res_company main ON main.id = %(main_company_id)s
                    LEFT JOIN res_partner partner ON partner.id = main.partner_id
                ), (
                    SELECT json_agg(json_build_array(
                        company.id, company.currency_id, calendar.id, calendar.tz, calendar.hours_per_day
                    ))
                    FROM res_company company
                    LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
                )
                """,
                team=SQL.identifier(team_ids.column2),
                stage=SQL.identifier(team_ids.column1),
                rel=SQL.identifier(team_ids.relation),
                main_company_id=main_company_id,
            )
        )
        stage_by_id = {row[0]: Stage(*row[:4], frozenset(row[4] or ())) for row in stages or ()}
        company_by_id = {row[0]: Company(*row[1:]) for row in companies}
        company_by_id[None] = company_by_id[main_company_id]
        return Context(stage_by_id, company_by_id)

    def _read_context_for(self, rows):
        """The context for rows of deals; read anew if they know a stage or a company that it does not, by raw SQL perhaps."""
        context = self._read_context()
        if all(
            (row.stage_id in context.stages or not row.stage_id) and row.company_id in context.companies for row in rows
        ):
            return context
        self._forget_context()
        return self._read_context()

    def _forget_context(self):
        """A stage, a company or a calendar has changed: what is kept of them is no longer true."""
        self.env.registry.clear_cache()

    def _read_deals(self, lead_refs):
        """The deals as they are now, the last posting of each, and what they share.

        :return: deal by number, those that still exist; (id, kind, date) by number, those that have postings; context
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ref.id, lead.id, lead.type, lead.active, lead.won_status, lead.stage_id,
                       lead.team_id, lead.user_id, lead.company_id, lead.date_deadline,
                       COALESCE(lead.expected_revenue, 0)::text, lead.stage_entered_at,
                       (SELECT max(id) FROM crm_pipeline_movement WHERE lead_ref = ref.id), last.kind, last.date
                FROM unnest(%s) AS ref (id)
                LEFT JOIN crm_lead lead ON lead.id = ref.id
                LEFT JOIN LATERAL (
                    SELECT movement.kind, movement.date
                    FROM crm_pipeline_movement movement
                    WHERE movement.lead_ref = ref.id AND movement.is_correction IS NOT TRUE
                    ORDER BY movement.id DESC
                    LIMIT 1
                ) last ON TRUE
                """,
                list(lead_refs),
            )
        )
        rows = [LeadRow(*row) for row in rows]
        context = self._read_context_for(rows)
        deals = {row.lead_ref: self._deal_of(row, context) for row in rows if row.lead_id}
        last_postings = {
            row.lead_ref: (row.last_movement_id, row.last_kind, row.last_date) for row in rows if row.last_movement_id
        }
        return deals, last_postings, context

    def _deal_of(self, row, context):
        return Deal(
            self._status_of(row.type, row.active, row.won_status),
            context.stages.get(row.stage_id, NO_STAGE),
            Owner(row.team_id, row.user_id, row.company_id, context.companies[row.company_id].currency_id),
            row.date_deadline,
            Decimal(row.amount),
            row.type == "opportunity",
            row.stage_entered_at,
        )

    def _status_of(self, kind, active, won_status):
        """Where a lead stands (D0). Won stays won when it is archived."""
        if kind != "opportunity":
            return OUTSIDE
        if won_status in (WON, LOST):
            return won_status
        return OPEN if active else OUTSIDE

    def _read_known(self, lead_refs, last_postings, context):
        """What the ledgers hold about each deal.

        :param last_postings: as :meth:`_read_deals` returns them
        :return: :class:`Known` by number of the lead
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT lead_ref, id, stage_id, COALESCE(stage_name, ''), COALESCE(stage_sequence, 0), entered_at, left_at, outcome, team_id,
                       user_id, company_id, currency_id, date_deadline, COALESCE(amount, 0)::text, next_stage_id, is_first, converted_at,
                       mover_ref, origin
                FROM crm_stage_visit
                WHERE lead_ref = ANY(%s)
                ORDER BY lead_ref, entered_at, id
                """,
                list(lead_refs),
            )
        )
        visits = defaultdict(list)
        for lead_ref, visit_id, stage_id, name, sequence, entered_at, left_at, outcome, *rest in rows:
            today = context.stages.get(stage_id, NO_STAGE)
            stage = Stage(stage_id, name, sequence, today.is_won, today.team_ids)
            owner, (deadline, amount, *end) = Owner(*rest[:4]), rest[4:]
            visits[lead_ref].append(
                Visit(visit_id, stage, entered_at, left_at, outcome, owner, deadline, Decimal(amount), *end)
            )
        known = {}
        for lead_ref in lead_refs:
            movement_id, kind, last_date = last_postings.get(lead_ref, (0, None, None))
            history = History(tuple(visits[lead_ref]), kind, last_date)
            known[lead_ref] = Known(history, max((visit.id for visit in history.visits), default=0), movement_id)
        return known

    def _without_deleted_references(self, known_by_lead):
        """The same, without the stages, teams, salespersons and companies that this transaction deleted meanwhile: in
        the database their rows have fallen to none."""
        visits = [visit for known in known_by_lead.values() for visit in known.history.visits]
        if not visits:
            return known_by_lead
        wanted = {
            "crm_stage": {visit.stage.id for visit in visits} | {visit.next_stage_id for visit in visits},
            "crm_team": {visit.owner.team_id for visit in visits},
            "res_users": {visit.owner.user_id for visit in visits},
            "res_company": {visit.owner.company_id for visit in visits},
        }
        [found] = self.env.execute_query(
            SQL(
                "SELECT %s",
                SQL(", ").join(
                    SQL("ARRAY(SELECT id FROM %s WHERE id = ANY(%s))", SQL.identifier(table), list(ids - {None}) or [0])
                    for table, ids in wanted.items()
                ),
            )
        )
        stages, teams, users, companies = (set(ids) for ids in found)

        def mended(visit):
            stage, owner = visit.stage, visit.owner
            return visit._replace(
                stage=stage if stage.id in stages else stage._replace(id=None, former_id=stage.id or stage.former_id),
                next_stage_id=visit.next_stage_id if visit.next_stage_id in stages else None,
                owner=owner._replace(
                    team_id=owner.team_id if owner.team_id in teams else None,
                    user_id=owner.user_id if owner.user_id in users else None,
                    company_id=owner.company_id if owner.company_id in companies else None,
                ),
            )

        return {
            lead_ref: known._replace(history=known.history._replace(visits=tuple(map(mended, known.history.visits))))
            for lead_ref, known in known_by_lead.items()
        }

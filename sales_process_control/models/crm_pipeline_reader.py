from collections import defaultdict
from datetime import timezone
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import models
from odoo.tools import SQL

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


class Known(NamedTuple):
    """What was known of a deal when a transaction touched it first.

    :param history: what the ledgers held
    :param last_visit_id: rows of the visit ledger above it are this transaction's own
    :param last_movement_id: likewise of the movement ledger
    """

    history: History = History()
    last_visit_id: int = 0
    last_movement_id: int = 0


class CrmPipelineReader(models.AbstractModel):
    """Reads deals and ledgers as the recorder needs them.

    In SQL and without record rules: the ledgers must hold every deal, whoever changes it. Nothing that is read here
    reaches a reader's screen.
    """

    _name = "crm.pipeline.reader"
    _description = "Pipeline Reader"

    def _read_context(self):
        """Stages and companies in one statement. Names of stages are read in the main company's language, so that rows
        of the ledgers do not change their language with the person who moves a card."""
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

    def _read_deals(self, lead_refs, context):
        """The deals as they are now, and the last posting of each.

        :return: deal by number, those that still exist; (id, kind, date) by number, those that have postings
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ref.id, lead.id, lead.type, lead.active, lead.won_status, lead.stage_id,
                       lead.team_id, lead.user_id, lead.company_id, lead.date_deadline,
                       COALESCE(lead.expected_revenue, 0)::text, last.id, last.kind, last.date
                FROM unnest(%s) AS ref (id)
                LEFT JOIN crm_lead lead ON lead.id = ref.id
                LEFT JOIN LATERAL (
                    SELECT movement.id, movement.kind, movement.date
                    FROM crm_pipeline_movement movement
                    WHERE movement.lead_ref = ref.id
                    ORDER BY movement.id DESC
                    LIMIT 1
                ) last ON TRUE
                """,
                list(lead_refs),
            )
        )
        deals, last_postings = {}, {}
        for lead_ref, lead_id, kind, active, won_status, stage_id, team, user, company, deadline, amount, *last in rows:
            if last[0]:
                last_postings[lead_ref] = last
            if lead_id:
                deals[lead_ref] = Deal(
                    self._status_of(kind, active, won_status),
                    context.stages.get(stage_id, NO_STAGE),
                    Owner(team, user, company, context.companies[company].currency_id),
                    deadline,
                    Decimal(amount),
                    kind == "opportunity",
                )
        return deals, last_postings

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
                stage=stage._replace(id=stage.id if stage.id in stages else None),
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

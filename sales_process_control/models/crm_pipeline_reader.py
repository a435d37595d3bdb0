from collections import defaultdict
from decimal import Decimal

from odoo import models
from odoo.tools import SQL, ormcache

from ..ledger import LOST, NO_STAGE, OPEN, OUTSIDE, WON, Deal, History, Owner, Stage, Visit
from .pipeline_words import Company, Context, Known, LeadRow

#: Says with the callbacks after the commit that this transaction has changed a stage, a company or a calendar.
CHANGED = "crm.pipeline.context_changed"
#: What :class:`LeadRow` tells of the last posting that is no correction.
LAST_POSTING = ("last_kind", "last_date", "last_stage_id")
#: The company that ledgers take where a deal has none: its currency, and its language for names.
MAIN_COMPANY = """
    SELECT company.id, company.currency_id, partner.lang
    FROM res_company company
    JOIN res_partner partner ON partner.id = company.partner_id
    LEFT JOIN ir_model_data data ON data.res_id = company.id AND data.model = 'res.company'
         AND data.module = 'base' AND data.name = 'main_company'
    ORDER BY data.id, company.id
    LIMIT 1
"""


class CrmPipelineReader(models.AbstractModel):
    """Reads deals and ledgers as the recorder needs them.

    In SQL and without record rules: the ledgers must hold every deal, whoever changes it. Nothing that is read here
    reaches a reader's screen.
    """

    _name = "crm.pipeline.reader"
    _description = "Pipeline Reader"

    def _read_context(self):
        """Stages and companies; kept by the process, but for a transaction that has changed them itself.

        Such a transaction may go back to a savepoint, or fail: what it has read must not outlive it. The cache of its
        cursor does not.
        """
        if CHANGED not in self.env.cr.postcommit.data:
            return self._kept_context()
        cache = self.env.cr.cache
        if CHANGED not in cache:
            cache[CHANGED] = self._query_context()
        return cache[CHANGED]

    @ormcache()
    def _kept_context(self):
        return self._query_context()

    def _query_context(self):
        """Read stages and companies.

        Names of stages are read in the main company's language, so that rows of the ledgers do not change theirs with
        the person who moves a card.
        """
        for model in ("crm.stage", "res.company", "resource.calendar"):
            self.env[model].flush_model()
        [(main_company_id, stages, companies)] = self.env.execute_query(self._context_query())
        stage_by_id = {row[0]: Stage(*row[:4], frozenset(row[4] or ())) for row in stages or ()}
        company_by_id = {row[0]: Company(*row[1:]) for row in companies}
        company_by_id[None] = company_by_id[main_company_id]
        rule_by_id = {row[0]: row[5] for row in stages or () if row[5] in ("warning", "stop") and not row[3]}
        return Context(stage_by_id, company_by_id, main_company_id, rule_by_id)

    def _context_query(self):
        team_ids = self.env["crm.stage"]._fields["team_ids"]
        return SQL(
            """
            WITH main AS (%(main)s)
            SELECT (SELECT id FROM main), (
                SELECT json_agg(json_build_array(
                    stage.id,
                    COALESCE(stage.name->>main.lang, stage.name->>'en_US'),
                    COALESCE(stage.sequence, 0),
                    COALESCE(stage.is_won, FALSE),
                    (SELECT json_agg(rel.%(team)s) FROM %(rel)s rel WHERE rel.%(stage)s = stage.id),
                    stage.leaving_rule
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

    def _read_context_for(self, rows):
        """The context for rows of deals; read anew if they know a stage or a company that it does not (raw SQL)."""
        context = self._read_context()
        if all(
            (row.stage_id in context.stages or not row.stage_id) and row.company_id in context.companies for row in rows
        ):
            return context
        self._forget_context()
        return self._read_context()

    def _forget_context(self):
        """A stage, a company or a calendar has changed: what is kept of them is no longer true."""
        registry = self.env.registry
        registry.clear_cache()
        self.env.cr.cache.pop(CHANGED, None)
        if CHANGED not in self.env.cr.postcommit.data:
            self.env.cr.postcommit.data[CHANGED] = True
            # Another thread may read what is not committed yet as it was, and keep that.
            self.env.cr.postcommit.add(registry.clear_cache)

    def _read_deals(self, lead_refs, savepoint=None):
        """The deals as they are now, and what the ledgers hold about them, in one statement.

        :param savepoint: the savepoint that begins with this, if any
        :return: deal by number, those that still exist; :class:`Known` by number, of all; the context that they share
        """
        query = self._deals_query(lead_refs)
        rows = self.env.execute_query(savepoint.set_before(query) if savepoint else query)
        width = len(LeadRow._fields)
        leads, visit_rows = {}, defaultdict(list)
        for row in rows:
            leads[row[0]] = row[:width]
            if row[width]:
                visit_rows[row[0]].append(row[width:])
        leads = self._look_behind_corrections([LeadRow(*row) for row in leads.values()])
        context = self._read_context_for(leads)
        deals = {row.lead_ref: self._deal_of(row, context) for row in leads if row.lead_id}
        known = {row.lead_ref: self._known_of(row, visit_rows[row.lead_ref], context) for row in leads}
        return deals, known, context

    def _deals_query(self, lead_refs):
        """A row a deal and visit: what :class:`LeadRow` names, then the visit.

        It is planned anew for each move, and each further table takes a tenth of its time.
        """
        return SQL(
            """
            SELECT ref.id, lead.id, lead.type, lead.active, lead.won_status, lead.stage_id,
                   lead.team_id, lead.user_id, lead.company_id, lead.date_deadline,
                   COALESCE(lead.expected_revenue, 0)::text, lead.stage_entered_at, lead.last_progress_at,
                   last.id, last.kind, last.date, last.stage_id, last.is_correction,
                   visit.id, visit.stage_id, visit.stage_name, visit.stage_sequence, visit.entered_at,
                   visit.left_at, visit.outcome, visit.team_id, visit.user_id, visit.company_id, visit.currency_id,
                   visit.date_deadline, COALESCE(visit.amount, 0)::text, visit.next_stage_id, visit.is_first,
                   visit.converted_at, visit.mover_ref, visit.origin
            FROM unnest(%s::int[]) AS ref (id)
            LEFT JOIN crm_lead lead ON lead.id = ref.id
            LEFT JOIN LATERAL (
                SELECT id, kind, date, stage_id, is_correction
                FROM crm_pipeline_movement
                WHERE lead_ref = ref.id
                ORDER BY id DESC
                LIMIT 1
            ) last ON TRUE
            LEFT JOIN crm_stage_visit visit ON visit.lead_ref = ref.id
            ORDER BY ref.id, visit.entered_at, visit.id
            """,
            list(lead_refs),
        )

    def _look_behind_corrections(self, leads):
        """Have the rows of deals tell of the last posting that is no correction; few were a slip last.

        :param leads: :class:`LeadRow` of each deal
        """
        lead_refs = [row.lead_ref for row in leads if row.is_last_correction]
        if not lead_refs:
            return leads
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ref.id, last.kind, last.date, last.stage_id
                FROM unnest(%s::int[]) AS ref (id)
                LEFT JOIN LATERAL (
                    SELECT kind, date, stage_id
                    FROM crm_pipeline_movement
                    WHERE lead_ref = ref.id AND is_correction IS NOT TRUE
                    ORDER BY id DESC
                    LIMIT 1
                ) last ON TRUE
                """,
                lead_refs,
            )
        )
        found = {lead_ref: dict(zip(LAST_POSTING, last, strict=True)) for lead_ref, *last in rows}
        return [row._replace(**found.get(row.lead_ref, {})) for row in leads]

    def _deal_of(self, row, context):
        return Deal(
            self._status_of(row.type, row.active, row.won_status),
            context.stages.get(row.stage_id, NO_STAGE),
            Owner(row.team_id, row.user_id, row.company_id, context.companies[row.company_id].currency_id),
            row.date_deadline,
            Decimal(row.amount),
            row.type == "opportunity",
            row.stage_entered_at,
            row.last_progress_at,
        )

    def _status_of(self, kind, active, won_status):
        """Where a lead stands (D0). Won stays won when it is archived."""
        if kind != "opportunity":
            return OUTSIDE
        if won_status in (WON, LOST):
            return won_status
        return OPEN if active else OUTSIDE

    def _known_of(self, row, visit_rows, context):
        visits = tuple(self._visit_of(visit_row, context) for visit_row in visit_rows)
        return Known(
            History(visits, row.last_kind, row.last_date, row.last_stage_id),
            max((visit.id for visit in visits), default=0),
            row.last_movement_id or 0,
        )

    def _visit_of(self, row, context):
        visit_id, stage_id, name, sequence, entered_at, left_at, outcome, *owner = row[:11]
        deadline, amount, next_stage_id, is_first, converted_at, mover_ref, origin = row[11:]
        today = context.stages.get(stage_id, NO_STAGE)
        return Visit(
            visit_id,
            Stage(stage_id, name or "", sequence or 0, today.is_won, today.team_ids),
            entered_at,
            left_at,
            outcome,
            Owner(*owner),
            deadline,
            Decimal(amount),
            next_stage_id,
            is_first,
            converted_at,
            mover_ref,
            origin,
        )

    def _without_deleted_references(self, known_by_lead):
        """The same without the stages, teams, salespersons and companies that this transaction has deleted meanwhile.

        In the database their rows have fallen to none.
        """
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

from decimal import Decimal

from odoo import models
from odoo.tools import SQL, ormcache

from ...ledger import LOST, NO_STAGE, OPEN, OUTSIDE, WON, Deal, Owner, Stage
from .pipeline_words import Company, Context, DealRow

#: Says with the callbacks after the commit that this transaction has changed a stage, a company or a calendar.
CHANGED = "crm.pipeline.context_changed"
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
    """Reads deals, stages and companies as the recorder needs them.

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
        self.env["crm.pipeline.known"]._forget_ahead()
        registry = self.env.registry
        registry.clear_cache()
        self.env.cr.cache.pop(CHANGED, None)
        if CHANGED not in self.env.cr.postcommit.data:
            self.env.cr.postcommit.data[CHANGED] = True
            # Another thread may read what is not committed yet as it was, and keep that.
            self.env.cr.postcommit.add(registry.clear_cache)

    def _read_deals(self, lead_refs, unknown_refs):
        """The deals as they are now, and what the ledgers hold about them.

        :param lead_refs: numbers of the deals
        :param unknown_refs: those of them about which the ledgers are to be read
        :return: deal by number, those that still exist; :class:`Known` by number, of the unknown ones, but for what was
            posted last; the context that they share
        """
        ledgers = self.env["crm.pipeline.known"]
        visit_rows = ledgers._read_visits(unknown_refs)
        seen_refs = self._existing(set(lead_refs).difference(unknown_refs))
        rows = self._deal_rows([*unknown_refs, *seen_refs])
        context = self._read_context_for(rows.values())
        deals = {lead_ref: self._deal_of(row, context) for lead_ref, row in rows.items()}
        known = {ref: ledgers._known_of(visit_rows.get(ref, ()), context) for ref in unknown_refs}
        return deals, known, context

    def _existing(self, lead_refs):
        """Those of some deals that exist: a savepoint may have taken them back without the ORM knowing."""
        if not lead_refs:
            return []
        rows = self.env.execute_query(SQL("SELECT id FROM crm_lead WHERE id = ANY(%s)", list(lead_refs)))
        return [lead_ref for (lead_ref,) in rows]

    def _deal_rows(self, lead_refs):
        """The deals that exist, by number. What the ORM has in its cache has just been written, or is what was read.

        In superuser mode: the ledgers hold every deal, whoever changes it.
        """
        leads = self.env["crm.lead"].sudo()
        caches = [leads._fields[name]._get_cache(leads.env) for name in DealRow._fields]
        found, missing = {}, []
        for lead_ref in lead_refs:
            try:
                found[lead_ref] = DealRow._make([cache[lead_ref] for cache in caches])
            except KeyError:
                missing.append(lead_ref)
        if missing:
            rest = leads.with_context(active_test=False)
            rest = rest.search_fetch([("id", "in", missing)], DealRow._fields, order="id")
            found.update({ref: DealRow._make([cache[ref] for cache in caches]) for ref in rest._ids})
        return found

    def _deal_of(self, row, context):
        return Deal(
            self._status_of(row.type, row.active, row.won_status),
            context.stages.get(row.stage_id, NO_STAGE),
            Owner(row.team_id, row.user_id, row.company_id, context.companies[row.company_id].currency_id),
            row.date_deadline,
            # The shortest decimal that is this number, as Odoo writes it.
            Decimal(repr(row.expected_revenue or 0)),
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

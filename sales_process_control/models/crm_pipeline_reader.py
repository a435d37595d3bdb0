from decimal import Decimal
from operator import itemgetter

from odoo import models
from odoo.tools import SQL, groupby, ormcache

from ..ledger import LOST, NO_STAGE, OPEN, OUTSIDE, WON, Deal, History, Owner, Stage, Visit
from .pipeline_words import Company, Context, DealRow, Known

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

    def _read_deals(self, lead_refs, unknown_refs, savepoint=None):
        """The deals as they are now, and what the ledgers hold about them.

        :param lead_refs: numbers of the deals
        :param unknown_refs: those of them about which the ledgers are to be read
        :param savepoint: the savepoint that begins with the first statement here, if any
        :return: deal by number, those that still exist; :class:`Known` by number, of the unknown ones, but for what was
            posted last; the context that they share
        """
        visit_rows = self._read_visits(unknown_refs, savepoint)
        seen_refs = self._existing(set(lead_refs).difference(unknown_refs), savepoint)
        rows = self._deal_rows([*unknown_refs, *seen_refs])
        context = self._read_context_for(rows.values())
        deals = {lead_ref: self._deal_of(row, context) for lead_ref, row in rows.items()}
        known = {ref: self._known_of(visit_rows.get(ref, ()), context) for ref in unknown_refs}
        return deals, known, context

    def _read_visits(self, lead_refs, savepoint):
        """What the visit ledger holds about deals.

        It is planned anew for each move: a table more, or an order, takes a third of its time.
        """
        if not lead_refs:
            return {}
        query = SQL(
            """
            SELECT lead_ref, entered_at, id, left_at, outcome, stage_id, stage_name, stage_sequence,
                   team_id, user_id, company_id, currency_id, date_deadline, COALESCE(amount, 0)::text,
                   next_stage_id, is_first, converted_at, mover_ref, origin, changed_at
            FROM crm_stage_visit
            WHERE lead_ref = ANY(%s)
            """,
            list(lead_refs),
        )
        rows = self.env.execute_query(savepoint.set_before(query) if savepoint else query)
        # By deal, then by when it came into the stage.
        rows.sort(key=itemgetter(0, 1, 2))
        return dict(groupby(rows, itemgetter(0)))

    def _existing(self, lead_refs, savepoint):
        """Those of some deals that exist: a savepoint may have taken them back without the ORM knowing."""
        if not lead_refs:
            return []
        query = SQL("SELECT id FROM crm_lead WHERE id = ANY(%s)", list(lead_refs))
        rows = self.env.execute_query(savepoint.set_before(query) if savepoint else query)
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

    def _with_last_postings(self, known_by_lead):
        """The same, with what was posted last about each deal, corrections left out.

        :param dict known_by_lead: :class:`Known` by number of the deal
        """
        if not known_by_lead:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ref.id, (SELECT max(id) FROM crm_pipeline_movement WHERE lead_ref = ref.id),
                       last.kind, last.date, last.stage_id
                FROM unnest(%s::int[]) AS ref (id)
                CROSS JOIN LATERAL (
                    SELECT kind, date, stage_id
                    FROM crm_pipeline_movement
                    WHERE lead_ref = ref.id AND is_correction IS NOT TRUE
                    ORDER BY id DESC
                    LIMIT 1
                ) last
                """,
                list(known_by_lead),
            )
        )
        found = {lead_ref: known._replace(is_last_known=True) for lead_ref, known in known_by_lead.items()}
        for lead_ref, movement_id, kind, date, stage_id in rows:
            known = found[lead_ref]
            history = known.history._replace(last_kind=kind, last_date=date, last_stage_id=stage_id)
            found[lead_ref] = known._replace(history=history, last_movement_id=movement_id)
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

    def _known_of(self, visit_rows, context):
        visits = tuple(self._visit_of(row, context) for row in visit_rows)
        return Known(History(visits), max((visit.id for visit in visits), default=0))

    def _visit_of(self, row, context):
        _lead_ref, entered_at, visit_id, left_at, outcome, stage_id, name, sequence = row[:8]
        deadline, amount, next_stage_id, is_first, converted_at, mover_ref, origin, changed_at = row[12:]
        today = context.stages.get(stage_id, NO_STAGE)
        return Visit(
            visit_id,
            Stage(stage_id, name or "", sequence or 0, today.is_won, today.team_ids),
            entered_at,
            left_at,
            outcome,
            Owner(*row[8:12]),
            deadline,
            Decimal(amount),
            next_stage_id,
            is_first,
            converted_at,
            mover_ref,
            origin,
            changed_at,
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

from decimal import Decimal
from operator import itemgetter

from odoo import fields, models
from odoo.sql_db import Cursor
from odoo.tools import SQL, groupby

from ...ledger import NO_STAGE, History, Owner, Stage, Visit
from .pipeline_words import BATCH_SIZE, Known

#: What is read of a visit.
VISIT_COLUMNS = (
    "lead_ref, entered_at, id, left_at, outcome, stage_id, stage_name, stage_sequence, "
    "team_id, user_id, company_id, currency_id, date_deadline, COALESCE(amount, 0)::text, "
    "next_stage_id, is_first, converted_at, mover_ref, origin, changed_at"
)
#: It is planned anew for each move: a table more, or an order, takes a third of its time.
OF_DEALS = "FROM crm_stage_visit WHERE lead_ref = ANY(%s)"
READ_VISITS = f"SELECT {VISIT_COLUMNS} {OF_DEALS}"
#: The same with the time of the transaction, asked for as Odoo does.
READ_VISITS_AND_TIME = f"SELECT {VISIT_COLUMNS}, now() AT TIME ZONE 'UTC' {OF_DEALS}"


class CrmPipelineKnown(models.AbstractModel):
    """Reads what the ledgers hold about deals, as the recorder needs it.

    In SQL and without record rules: the ledgers must hold every deal, whoever changes it. Nothing that is read here
    reaches a reader's screen.
    """

    _name = "crm.pipeline.known"
    _description = "What Ledgers Hold"

    # What was read ahead, by number of the lead. The ORM forgets it with all else that it has read, where that may be
    # true no longer: something was deleted, and references to it fell to none, or a savepoint has taken things back.
    # Whoever deletes in SQL of his own has to tell the ORM, as ever.
    visit_rows = fields.Json("Stays Read Ahead", store=False)

    def _read_ahead(self, lead_refs):
        """Read what the visit ledger holds about deals that are about to change, and the time of the transaction.

        Whoever changes a deal asks for the time, in a round trip of its own: in the same one there is what the recorder
        is going to ask for. Nothing is read where the time is known, as the recorder can do so by itself.

        :param lead_refs: numbers of the deals
        """
        cr = self.env.cr
        # The cursor that tests share with a browser has a clock of its own.
        if not isinstance(cr, Cursor) or cr._now is not None or not 0 < len(lead_refs) <= BATCH_SIZE:
            return
        rows = self.env.execute_query(SQL(READ_VISITS_AND_TIME, list(lead_refs)))
        if rows:
            cr._now = rows[0][-1]
        self._ahead().update({**dict.fromkeys(lead_refs, ()), **self._by_deal(rows)})

    def _forget_ahead(self):
        """Forget what was read ahead: the ledger has changed, or what it names may have."""
        self._ahead().clear()

    def _ahead(self):
        return self._fields["visit_rows"]._get_cache(self.env)

    def _read_visits(self, lead_refs):
        """What the visit ledger holds about deals.

        :param lead_refs: numbers of the deals
        :return: rows by number of the deal, in the order in which it came into its stages
        """
        ahead = self._ahead()
        found = {lead_ref: ahead[lead_ref] for lead_ref in lead_refs if lead_ref in ahead}
        rest = [lead_ref for lead_ref in lead_refs if lead_ref not in found]
        if rest:
            found |= self._by_deal(self.env.execute_query(SQL(READ_VISITS, rest)))
        return found

    def _by_deal(self, rows):
        """Rows by number of the deal, in the order in which it came into its stages."""
        return dict(groupby(sorted(rows, key=itemgetter(0, 1, 2)), itemgetter(0)))

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

    def _known_of(self, visit_rows, context):
        visits = tuple(self._visit_of(row, context) for row in visit_rows)
        return Known(History(visits), max((visit.id for visit in visits), default=0))

    def _visit_of(self, row, context):
        _lead_ref, entered_at, visit_id, left_at, outcome, stage_id, name, sequence = row[:8]
        deadline, amount, next_stage_id, is_first, converted_at, mover_ref, origin, changed_at = row[12:20]
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

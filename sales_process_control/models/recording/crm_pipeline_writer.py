import csv
import io
import json
from collections import defaultdict
from datetime import timedelta
from operator import itemgetter

from odoo import models
from odoo.tools import SQL, ormcache

from .ledger_insert import LedgerInsert

#: Columns of the ledgers that the recorder writes.
VISIT_COLUMNS = (
    "id",
    "lead_id",
    "lead_ref",
    "stage_id",
    "stage_name",
    "stage_sequence",
    "entered_at",
    "left_at",
    "outcome",
    "next_stage_id",
    "is_first",
    "converted_at",
    "working_days",
    "team_id",
    "user_id",
    "company_id",
    "currency_id",
    "date_deadline",
    "amount",
    "mover_ref",
    "origin",
    "changed_at",
)
POSTING_COLUMNS = (
    "date",
    "day",
    "lead_id",
    "lead_ref",
    "kind",
    "stage_id",
    "stage_name",
    "stage_sequence",
    "team_id",
    "user_id",
    "company_id",
    "currency_id",
    "date_deadline",
    "deal_count",
    "amount",
    "is_correction",
    "origin",
)

LEDGERS = ("crm.stage.visit", "crm.pipeline.movement")
#: What is read from the ledgers' tables.
READ_FROM_LEDGERS = (*LEDGERS, "crm.stage.dwell.report", "crm.stage.conversion.report", "crm.win.report")

INSERT_POSTINGS = LedgerInsert("crm_pipeline_movement", POSTING_COLUMNS)
INSERT_VISITS = LedgerInsert(
    "crm_stage_visit",
    VISIT_COLUMNS,
    "ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(
        f"{name} = EXCLUDED.{name}"
        for name in VISIT_COLUMNS
        if name not in ("id", "lead_id", "lead_ref", "working_days")
    )
    # A visit that stays open keeps what the nightly job has written.
    + ", working_days = COALESCE(EXCLUDED.working_days, ledger.working_days)",
)


class CrmPipelineWriter(models.AbstractModel):
    """Writes rows into both ledgers, a constant number of statements whatever their number."""

    _name = "crm.pipeline.writer"
    _description = "Pipeline Writer"

    def _write_ledgers(self, visits, postings, context):
        """Insert visits and postings, and overwrite known visits.

        :param visits: (number of the lead, its id or None if it is gone, visit)
        :param postings: (number of the lead, its id or None if it is gone, moment, posting), in the order of posting
        :param context: companies, for their days and working time
        """
        self._run(self._ledger_queries(visits, postings, context))
        self._forget_read_rows()

    def _run(self, queries):
        """Run queries in one round trip."""
        if queries:
            self.env.cr.execute(SQL("; ").join(queries))

    def _ledger_queries(self, visits, postings, context):
        """The queries of :meth:`_write_ledgers`: one, or none."""
        queries = {}
        if visits:
            # Rows are written in this order, and only one visit of a deal may be open at a time: ended ones come first.
            ordered = sorted(visits, key=lambda visit: visit[2].left_at is None)
            rows = [self._visit_row(*visit, context) for visit in ordered]
            queries["visits"] = INSERT_VISITS.query(rows)
        if postings:
            rows = [self._posting_row(*posting, context) for posting in postings]
            queries["lines"] = INSERT_POSTINGS.query(rows)
            balances = self.env["crm.pipeline.balance"]
            if min(row["day"] for row in rows) < balances._posted_before():
                queries["lines"] = balances._returning(queries["lines"])
                queries["balances"] = balances._post_sql(SQL("lines"))
        return [self._together(queries)] if queries else []

    @staticmethod
    def _together(queries):
        """Some queries as one, in which each may read what those before it return, by their names."""
        *names, last = queries
        if not names:
            return queries[last]
        before = SQL(", ").join(SQL("%s AS (%s)", SQL.identifier(name), queries[name]) for name in names)
        return SQL("WITH %s %s", before, queries[last])

    def _append_to_ledgers(self, visits, postings, context):
        """Append new visits and postings by PostgreSQL's COPY, which is made for many.

        :param visits: (number of the lead, its id or None if it is gone, visit), all of them new
        :param postings: (number of the lead, its id or None if it is gone, moment, posting), in the order of posting
        :param context: companies, for their days and working time
        """
        columns = [name for name in VISIT_COLUMNS if name != "id"]
        self._copy("crm_stage_visit", columns, (self._visit_row(*visit, context) for visit in visits))
        rows = (self._posting_row(*posting, context) for posting in postings)
        # What others write meanwhile this transaction does not see.
        [(last_id,)] = self.env.execute_query(SQL("SELECT COALESCE(max(id), 0) FROM crm_pipeline_movement"))
        self._copy("crm_pipeline_movement", POSTING_COLUMNS, rows)
        appended = SQL("(SELECT * FROM crm_pipeline_movement WHERE id > %s) line", last_id)
        self.env.cr.execute(self.env["crm.pipeline.balance"]._post_sql(appended))
        self._forget_read_rows()

    def _copy(self, table, columns, rows):
        lines = io.StringIO()
        csv.writer(lines).writerows(map(itemgetter(*columns), rows))
        lines.seek(0)
        names = SQL(", ").join(map(SQL.identifier, columns))
        query = SQL("COPY %s (%s) FROM STDIN WITH (FORMAT csv)", SQL.identifier(table), names)
        self.env.cr.copy_expert(query.code, lines)

    def _forget_read_rows(self):
        """Rows are written behind the back of the ORM: what it has read of the ledgers is no longer true.

        Whoever moves a card has read nothing of them, and going through all that is cached takes time.
        """
        self.env["crm.pipeline.known"]._forget_ahead()
        cached = self.env.transaction.field_data
        for field in filter(cached.get, self._fields_read_from_ledgers()):
            self.env[field.model_name].invalidate_model([field.name], flush=False)

    @ormcache()
    def _fields_read_from_ledgers(self):
        """All fields that show what is in the ledgers' tables."""
        fields = {field for name in READ_FROM_LEDGERS for field in self.env[name]._fields.values()}
        return frozenset(fields | {self.env["crm.lead"]._fields["stage_visit_ids"]})

    def _visit_row(self, lead_ref, lead_id, visit, context):
        working_days = None
        if visit.outcome in ("skipped", "correction"):
            working_days = 0.0
        elif visit.left_at:
            company = context.companies.get(visit.owner.company_id) or context.companies[None]
            working_days = company.working_days_between(self.env, visit.entered_at, visit.left_at)
        return {
            "id": visit.id,
            "lead_id": lead_id,
            "lead_ref": lead_ref,
            **_place(visit),
            "entered_at": visit.entered_at,
            "left_at": visit.left_at,
            "outcome": visit.outcome,
            "next_stage_id": visit.next_stage_id,
            "is_first": visit.is_first,
            "converted_at": visit.converted_at,
            "working_days": working_days,
            "mover_ref": visit.mover_ref,
            "origin": visit.origin,
            "changed_at": visit.changed_at,
        }

    def _posting_row(self, lead_ref, lead_id, moment, posting, context):
        return {
            "date": moment.instant,
            "day": context.day_of(moment.instant, posting.owner.company_id),
            "lead_id": lead_id,
            "lead_ref": lead_ref,
            "kind": posting.kind,
            **_place(posting),
            "deal_count": posting.deal_count,
            "is_correction": posting.is_correction,
            "origin": moment.origin,
        }

    def _take_back(self, known_by_lead):
        """Delete what this transaction has written about these deals, and unmark what it has marked, to write it anew.

        :param dict known_by_lead: what was known of each when the transaction touched it first
        """
        rows = [
            {"lead_ref": lead_ref, "visit_id": known.last_visit_id, "movement_id": known.last_movement_id}
            for lead_ref, known in known_by_lead.items()
        ]
        known = SQL(
            "SELECT * FROM json_to_recordset(%s) AS row (lead_ref int, visit_id int, movement_id int)", json.dumps(rows)
        )
        mine = SQL("known.lead_ref = ledger.lead_ref AND ledger.lead_ref = ANY(%s)", list(known_by_lead))
        now = self.env.cr.now()
        visits = SQL("DELETE FROM crm_stage_visit ledger USING known WHERE %s AND ledger.id > known.visit_id", mine)
        lines = SQL(
            "DELETE FROM crm_pipeline_movement ledger USING known "
            "WHERE %s AND ledger.date >= %s AND ledger.id > known.movement_id",
            mine,
            now,
        )
        balances = self.env["crm.pipeline.balance"]
        queries = {"known": known, "visits": visits, "lines": lines}
        # They lie in this day, by the clock of any place.
        if now.date() - timedelta(days=1) < balances._posted_before():
            queries["lines"] = balances._returning(lines)
            queries["balances"] = balances._post_sql(SQL("lines"), -1)
        self.env.cr.execute(self._together(queries))
        marked_ids = [number for known in known_by_lead.values() for number in known.marked_ids]
        if marked_ids:
            self.env.cr.execute(
                SQL("UPDATE crm_pipeline_movement SET is_correction = FALSE WHERE id = ANY(%s)", marked_ids)
            )

    def _mark_corrections(self, slips):
        """Mark the two stage lines of each move that was a slip.

        :param dict slips: instant of the move, by number of the lead
        :return: numbers of the lines, by number of the lead
        """
        rows = [{"lead_ref": lead_ref, "date": instant} for lead_ref, instant in slips.items()]
        marked = self.env.execute_query(
            SQL(
                """
                UPDATE crm_pipeline_movement movement
                SET is_correction = TRUE
                FROM json_to_recordset(%s) AS slip (lead_ref int, date timestamp)
                CROSS JOIN LATERAL (
                    SELECT id FROM crm_pipeline_movement
                    WHERE lead_ref = slip.lead_ref AND date = slip.date
                      AND kind IN ('advanced', 'moved_back') AND is_correction IS NOT TRUE
                    ORDER BY id DESC LIMIT 2
                ) line
                WHERE movement.id = line.id
                RETURNING movement.lead_ref, movement.id
                """,
                json.dumps(rows, default=str),
            )
        )
        ids_by_lead = defaultdict(tuple)
        for lead_ref, movement_id in marked:
            ids_by_lead[lead_ref] += (movement_id,)
        return ids_by_lead


def _place(row):
    """The columns that a visit and a posting have in common."""
    stage, owner = row.stage, row.owner
    return {
        "stage_id": stage.id,
        "stage_name": stage.name,
        "stage_sequence": stage.sequence,
        "team_id": owner.team_id,
        "user_id": owner.user_id,
        "company_id": owner.company_id,
        "currency_id": owner.currency_id,
        "date_deadline": row.date_deadline,
        "amount": row.amount,
    }

import json

from odoo import models
from odoo.tools import SQL

#: Columns of the ledgers that the recorder writes, with the types in which they reach the database.
VISIT_COLUMNS = {
    "id": "int",
    "lead_id": "int",
    "lead_ref": "int",
    "stage_id": "int",
    "stage_name": "varchar",
    "stage_sequence": "int",
    "entered_at": "timestamp",
    "left_at": "timestamp",
    "outcome": "varchar",
    "next_stage_id": "int",
    "is_first": "bool",
    "converted_at": "timestamp",
    "working_days": "float8",
    "team_id": "int",
    "user_id": "int",
    "company_id": "int",
    "currency_id": "int",
    "date_deadline": "date",
    "amount": "numeric",
    "mover_ref": "int",
    "origin": "varchar",
}
POSTING_COLUMNS = {
    "date": "timestamp",
    "day": "date",
    "lead_id": "int",
    "lead_ref": "int",
    "kind": "varchar",
    "stage_id": "int",
    "stage_name": "varchar",
    "stage_sequence": "int",
    "team_id": "int",
    "user_id": "int",
    "company_id": "int",
    "currency_id": "int",
    "date_deadline": "date",
    "deal_count": "int",
    "amount": "numeric",
    "is_correction": "bool",
    "origin": "varchar",
}


class CrmPipelineWriter(models.AbstractModel):
    """Writes rows into both ledgers, a constant number of statements whatever their number."""

    _name = "crm.pipeline.writer"
    _description = "Pipeline Writer"

    def _write_visits(self, visits, context):
        """Insert new visits and overwrite known ones.

        :param visits: (number of the lead, its id or None if it is gone, visit)
        :param context: companies, for the working time of those that end
        """
        if not visits:
            return
        # Rows are written in this order, and only one visit of a deal may be open at any moment: ended ones come first.
        rows = [
            self._visit_row(*visit, context) for visit in sorted(visits, key=lambda visit: visit[2].left_at is None)
        ]
        updates = SQL(", ").join(
            SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
            for name in VISIT_COLUMNS
            if name not in ("id", "lead_id", "lead_ref", "working_days")
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_stage_visit AS visit (%(columns)s)
                SELECT COALESCE(id, nextval('crm_stage_visit_id_seq')), %(rest)s
                FROM json_to_recordset(%(rows)s) AS new (%(types)s)
                ON CONFLICT (id) DO UPDATE SET %(updates)s,
                    working_days = COALESCE(EXCLUDED.working_days, visit.working_days)
                """,
                columns=_names(VISIT_COLUMNS),
                rest=_names([name for name in VISIT_COLUMNS if name != "id"]),
                rows=json.dumps(rows, default=str),
                types=_types(VISIT_COLUMNS),
                updates=updates,
            )
        )

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
        }

    def _write_postings(self, postings, context, slips=None):
        """Insert lines into the movement ledger, in the order given.

        :param postings: (number of the lead, its id or None if it is gone, moment, posting)
        :param context: companies, for the day in their time zone
        :param dict slips: instant of the move that was a slip, by number of the lead: its stage lines become corrections
        """
        if not postings:
            return
        rows = [
            {
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
            for lead_ref, lead_id, moment, posting in postings
        ]
        self.env.cr.execute(
            SQL(
                """
                %(marking)s
                INSERT INTO crm_pipeline_movement (%(names)s)
                SELECT %(names)s FROM json_to_recordset(%(rows)s) AS new (%(types)s)
                """,
                marking=SQL("WITH marked AS (%s)", self._mark_query(slips, True)) if slips else SQL(),
                names=_names(POSTING_COLUMNS),
                rows=json.dumps(rows, default=str),
                types=_types(POSTING_COLUMNS),
            )
        )

    def _write_leads(self, entered, dated):
        """Store on the deals what the ledgers say of them; a deal that says so already is not written.

        :param dict entered: since when each deal is in its stage, naive UTC
        :param set dated: deals whose expected closing may have moved: their pushes are counted anew (D9)
        """
        if not entered:
            return
        rows = [{"id": lead_id, "at": at, "dated": lead_id in dated} for lead_id, at in entered.items()]
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead lead
                SET stage_entered_at = new.at,
                    push_count = COALESCE(push.times, lead.push_count, 0),
                    push_days = COALESCE(push.days, lead.push_days, 0)
                FROM json_to_recordset(%s) AS new (id int, at timestamp, dated bool)
                LEFT JOIN LATERAL (
                    SELECT count(*) AS times, COALESCE(sum(later), 0) AS days
                    FROM (
                        SELECT (array_agg(date_deadline ORDER BY id DESC) FILTER (WHERE deal_count = 1))[1]
                             - (array_agg(date_deadline ORDER BY id) FILTER (WHERE deal_count = -1))[1] AS later
                        FROM crm_pipeline_movement
                        WHERE new.dated AND lead_ref = new.id AND kind IN ('pushed_out', 'pulled_in')
                        GROUP BY day
                    ) net_of_day
                    WHERE later > 0
                ) push ON new.dated
                WHERE lead.id = new.id
                  AND (lead.stage_entered_at IS DISTINCT FROM new.at
                       OR new.dated AND (push.times, push.days) IS DISTINCT FROM (lead.push_count, lead.push_days))
                """,
                json.dumps(rows, default=str),
            )
        )
        if self.env.cr.rowcount:
            leads = self.env["crm.lead"].browse(entered)
            leads.invalidate_recordset(["stage_entered_at", "push_count", "push_days"])

    def _take_back(self, known_by_lead):
        """Delete what this transaction has written about these deals, to write it anew.

        :param dict known_by_lead: what was known of each when the transaction touched it first
        """
        rows = [
            {"lead_ref": lead_ref, "visit_id": known.last_visit_id, "movement_id": known.last_movement_id}
            for lead_ref, known in known_by_lead.items()
        ]
        for table, last_id in (("crm_stage_visit", "visit_id"), ("crm_pipeline_movement", "movement_id")):
            self.env.cr.execute(
                SQL(
                    """
                    DELETE FROM %(table)s ledger
                    USING json_to_recordset(%(rows)s) AS known (lead_ref int, visit_id int, movement_id int)
                    WHERE ledger.lead_ref = known.lead_ref AND ledger.id > known.%(last_id)s
                    """,
                    table=SQL.identifier(table),
                    last_id=SQL.identifier(last_id),
                    rows=json.dumps(rows),
                )
            )

    def _unmark_corrections(self, moves):
        """The stage lines of these moves, marked before in this transaction, may be no corrections after all.

        :param dict moves: instant of a move by number of the lead
        """
        if moves:
            self.env.cr.execute(self._mark_query(moves, False))

    def _mark_query(self, moves, mark):
        rows = [{"lead_ref": lead_ref, "date": instant} for lead_ref, instant in moves.items()]
        return SQL(
            """
            UPDATE crm_pipeline_movement movement
            SET is_correction = %(mark)s
            FROM json_to_recordset(%(rows)s) AS move (lead_ref int, date timestamp)
            WHERE movement.lead_ref = move.lead_ref
              AND movement.date = move.date
              AND movement.kind IN ('advanced', 'moved_back')
              AND movement.is_correction IS DISTINCT FROM %(mark)s
            """,
            rows=json.dumps(rows, default=str),
            mark=mark,
        )


def _place(row):
    """The columns that a visit and a posting have in common."""
    return {
        "stage_id": row.stage.id,
        "stage_name": row.stage.name,
        "stage_sequence": row.stage.sequence,
        **row.owner._asdict(),
        "date_deadline": row.date_deadline,
        "amount": row.amount,
    }


def _names(columns):
    return SQL(", ").join(map(SQL.identifier, columns))


def _types(columns):
    return SQL(", ").join(SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in columns.items())

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: How many entries of a stay the page shows at once, and how many letters of a text.
ENTRIES, LETTERS = 5, 400
#: What is no stay to a person: a skip is none, and a slip never happened.
NO_STAYS = ("skipped", "correction")
#: Columns of an entry that the page shows as they are.
ENTRY_COLUMNS = ("id", "date", "source", "step_name", "reaction", "likelihood", "date_deadline", "currency_id")
#: Each entry of a deal with its stay: the one it was written under. Where that was a slip, or was written anew, or is
#: another deal's that was merged into this one, it is the stay that lasted at that moment. The newest has place 1.
PLACED = """
    WITH stay AS MATERIALIZED (%(stays)s), entry AS MATERIALIZED (%(entries)s), placed AS (
        SELECT entry.*, COALESCE(own.id, lasting.id) AS stay_id
        FROM entry
        LEFT JOIN stay own ON own.id = entry.visit_id
        LEFT JOIN LATERAL (
            SELECT id FROM stay
            WHERE own.id IS NULL AND stay.entered_at <= entry.date
              AND (stay.left_at IS NULL OR stay.left_at > entry.date)
            ORDER BY stay.entered_at DESC, id DESC LIMIT 1
        ) lasting ON TRUE
    ), ranked AS (
        SELECT *, row_number() OVER (PARTITION BY stay_id ORDER BY date DESC, id DESC) AS place FROM placed
    )
"""


class CrmProcessEntries(models.AbstractModel):
    """Finds what was done for a deal in each of its stays, with the reader's record rules."""

    _name = "crm.process.entries"
    _description = "Entries of a Process"

    def _stays_domain(self, lead):
        return Domain("lead_ref", "=", lead.id) & Domain("outcome", "not in", NO_STAYS)

    def _more_domain(self, lead, stay_id):
        """What was done in a stay, or where it is false, in none: all but the newest, which the page shows."""
        stay = SQL("stay_id = %s", int(stay_id)) if stay_id else SQL("stay_id IS NULL")
        rows = self.env.execute_query(
            SQL("%s SELECT id FROM ranked WHERE place > %s AND %s", self._placed(lead), ENTRIES, stay)
        )
        return Domain("id", "in", [number for (number,) in rows])

    def _placed(self, lead):
        """All entries of the deal with the stay that each belongs to, of what the reader may read of both."""
        visit, progress = self.env["crm.stage.visit"], self.env["crm.lead.progress"]
        stays = visit._search(self._stays_domain(lead))
        entries = progress._search([("lead_id", "=", lead.id)])
        return SQL(
            PLACED,
            stays=stays.select(*self._columns(visit, stays, ("id", "entered_at", "left_at"))),
            entries=entries.select(*self._columns(progress, entries, ("id", "visit_id", "date", "step_name"))),
        )

    def _columns(self, model, query, names):
        """Columns of a query under their names."""
        return [SQL("%s AS %s", model._field_to_sql(query.table, name, query), SQL.identifier(name)) for name in names]

    def _read_summaries(self, lead):
        """How much was done in each stay, the newest entries of it, and the steps that were taken.

        :return: by id of the stay, None for what was done in none
        """
        rows = self.env.execute_query(
            SQL(
                """
                %s
                SELECT stay_id, count(*), array_agg(id ORDER BY place) FILTER (WHERE place <= %s),
                       array_agg(DISTINCT step_name) FILTER (WHERE step_name <> '')
                FROM ranked GROUP BY stay_id
                """,
                self._placed(lead),
                ENTRIES,
            )
        )
        return {
            stay_id: {"count": count, "ids": ids, "steps_taken": sorted(names or ())}
            for stay_id, count, ids, names in rows
        }

    def _read_entries(self, ids):
        """What is shown of entries, by id; of what the customer said the beginning, as it may be a whole letter."""
        progress = self.env["crm.lead.progress"]
        query = progress._search([("id", "in", ids)])
        feedback, budget, user_id, type_id = (
            progress._field_to_sql(query.table, name, query)
            for name in ("feedback", "customer_budget", "user_id", "activity_type_id")
        )
        rows = self.env.execute_query_dict(
            query.select(
                *self._columns(progress, query, ENTRY_COLUMNS),
                SQL("LEFT(%s, %s) AS words, LENGTH(%s) > %s AS is_cut", feedback, LETTERS, feedback, LETTERS),
                SQL("%s::float8 AS budget, %s AS user_id, %s AS activity_type_id", budget, user_id, type_id),
            )
        )
        users = self._names_of_users({row["user_id"] for row in rows})
        kinds = self.env["mail.activity.type"].browse({row["activity_type_id"] for row in rows} - {None})
        kinds = {kind.id: kind.name for kind in kinds}
        sources = dict(progress._fields["source"]._description_selection(self.env))
        return {
            row["id"]: {
                "id": row["id"],
                "date": fields.Datetime.to_string(row["date"]),
                "source": row["source"],
                "what": row["step_name"] or kinds.get(row["activity_type_id"]) or sources[row["source"]],
                "is_step": bool(row["step_name"]),
                "words": row["words"] or "",
                "is_cut": bool(row["is_cut"]),
                "reaction": row["reaction"] or False,
                "user_name": users.get(row["user_id"], False),
                "likelihood": row["likelihood"] or False,
                "date_deadline": fields.Date.to_string(row["date_deadline"]),
                "budget": row["budget"] or False,
                "currency_id": row["currency_id"] or False,
            }
            for row in rows
        }

    def _names_of_users(self, user_ids):
        # In superuser mode: a colleague of another company may have done something for a deal that one may read.
        users = self.env["res.users"].sudo().browse(user_ids - {None})
        return {user.id: user.name for user in users}

"""Reads the process of a deal for its *Process* page."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger import outcomes

#: How many entries of a visit the page shows at first, and how many characters of a text.
MAX_ENTRIES, MAX_CHARACTERS = 5, 400
#: How many visits the page shows, and how many skips and passes.
MAX_VISITS, MAX_OTHERS = 20, 200
#: Columns of an entry that are read without conversion.
ENTRY_COLUMNS = ("id", "date", "source", "step_name", "reaction", "likelihood", "date_deadline", "currency_id")
#: All entries of a deal, each with its visit: the one that the entry names, if that visit is shown. Other entries, such
#: as those written during an undone move or those of a merged deal, belong to the visit that was open at their date.
#: Place 1 is the newest entry of its visit.
PLACED = """
    WITH visit AS MATERIALIZED (%(visits)s), entry AS MATERIALIZED (%(entries)s), placed AS (
        SELECT entry.*, COALESCE(own.id, lasting.id) AS shown_visit_id
        FROM entry
        LEFT JOIN visit own ON own.id = entry.visit_id
        LEFT JOIN LATERAL (
            SELECT id FROM visit
            WHERE own.id IS NULL AND visit.entered_at <= entry.date
              AND (visit.left_at IS NULL OR visit.left_at > entry.date)
            ORDER BY visit.entered_at DESC, id DESC LIMIT 1
        ) lasting ON TRUE
    ), ranked AS (
        SELECT *, row_number() OVER (PARTITION BY shown_visit_id ORDER BY date DESC, id DESC) AS place FROM placed
    )
"""


class ProcessReader:
    """Reads the process of one deal in a constant number of queries.

    Records are read under the record rules of the user, so that no number counts records that the user may not read.

    :param lead: a record of `crm.lead` that the user may read
    """

    def __init__(self, lead):
        self.lead = lead
        self.env = lead.env

    def describe(self):
        """Return the process, see :meth:`~.crm.lead.get_process`."""
        lead = self.lead
        visits = self.env["crm.stage.visit"].search(self.visits_domain(), limit=MAX_VISITS)
        skips = self._read_skips(visits)
        summaries = self._read_summaries()
        shown = {visit_id: summaries.get(visit_id) for visit_id in (*visits.ids, None)}
        entries = self._read_entries([entry_id for summary in shown.values() if summary for entry_id in summary["ids"]])
        steps = self._read_steps(visits.stage_id | lead.stage_id)
        passes = self._read_passes(visits)
        names = self._read_stage_names(visits | skips)
        rows = []
        for visit in visits:
            row = self._describe_visit(visit, names[visit])
            self._add_entries(row, shown[visit.id], entries, passes.get(visit.id))
            rows.append((visit.entered_at, 1, visit.id, row))
        self._add_open_steps(rows, visits, steps)
        rows += [(skip.entered_at, 0, skip.id, self._describe_skip(skip, names[skip])) for skip in skips]
        rows = [row for *_order, row in sorted(rows, key=lambda row: row[:3], reverse=True)]
        current = rows.pop(0) if rows and rows[0].get("outcome") == outcomes.OPEN else False
        outside = {"id": False}
        self._add_entries(outside, shown[None], entries, passes.get(None))
        return {
            **self._describe_lead(),
            "steps": [step for step in steps.values() if step["stage_id"] == lead.stage_id.id],
            "next_action": self._describe_next_action(),
            "current": current,
            "stays": rows,
            "more_stays": self._count_earlier(visits),
            "outside": outside,
        }

    # ------------------------------------------------------------
    # VISITS
    # ------------------------------------------------------------

    def visits_domain(self):
        """Return the domain of the deal's visits, without skips and undone moves."""
        return Domain("lead_ref", "=", self.lead.id) & Domain("outcome", "not in", outcomes.NO_STAY)

    def earlier_domain(self):
        """Return the domain of the visits that the page leaves out."""
        shown = self.env["crm.stage.visit"].search(self.visits_domain(), limit=MAX_VISITS)
        return self.visits_domain() & Domain("id", "not in", shown.ids)

    def _count_earlier(self, visits):
        if len(visits) < MAX_VISITS:
            return 0
        return self.env["crm.stage.visit"].search_count(self.visits_domain()) - len(visits)

    def _read_skips(self, visits):
        """Return the skips since the earliest visit that is shown."""
        domain = Domain("lead_ref", "=", self.lead.id) & Domain("outcome", "=", outcomes.SKIPPED)
        if len(visits) == MAX_VISITS:
            domain &= Domain("entered_at", ">=", visits[-1].entered_at)
        return self.env["crm.stage.visit"].search(domain, limit=MAX_OTHERS)

    def _read_stage_names(self, visits):
        """Return the stage name of each visit: the name at that time.

        The recorded name is in the language of the main company. It is replaced by the present name in the user's
        language, unless the stage was renamed since.
        """
        stages = visits.stage_id
        columns = SQL("SELECT id, name FROM crm_stage WHERE id = ANY(%s)", stages.ids, to_flush=stages._fields["name"])
        present = {stage_id: set(names.values()) for stage_id, names in self.env.execute_query(columns)}
        return {
            visit: visit.stage_id.name
            if not visit.stage_name or visit.stage_name in present.get(visit.stage_id.id, ())
            else visit.stage_name
            for visit in visits
        }

    def _describe_visit(self, visit, name):
        labels = dict(visit._fields["outcome"]._description_selection(self.env))
        moved_on = visit.outcome in (*outcomes.WENT_ON, outcomes.MOVED_BACK) and visit.next_stage_id
        return {
            "id": visit.id,
            "kind": "stay",
            "name": name or self.env._("Deleted stage"),
            "entered_at": fields.Datetime.to_string(visit.entered_at),
            "left_at": fields.Datetime.to_string(visit.left_at),
            "days": visit.days,
            "outcome": visit.outcome,
            "outcome_label": labels[visit.outcome],
            "next_stage": visit.next_stage_id.name if moved_on else False,
            # sudo: only the name of the salesperson, who may belong to another company.
            "user_name": visit.user_id.sudo().name or False,
            "steps_open": [],
        }

    def _describe_skip(self, visit, name):
        return {
            "id": visit.id,
            "kind": "skip",
            "name": name or self.env._("Deleted stage"),
            "date": fields.Datetime.to_string(visit.entered_at),
        }

    # ------------------------------------------------------------
    # ENTRIES
    # ------------------------------------------------------------

    def more_domain(self, visit_id):
        """Return the domain of the entries of a visit that the page leaves out.

        :param visit_id: id of the visit, False for the entries of no visit
        """
        of_visit = SQL("shown_visit_id = %s", int(visit_id)) if visit_id else SQL("shown_visit_id IS NULL")
        rows = self.env.execute_query(
            SQL("%s SELECT id FROM ranked WHERE place > %s AND %s", self._placed(), MAX_ENTRIES, of_visit)
        )
        return Domain("id", "in", [entry_id for (entry_id,) in rows])

    def _placed(self):
        """Return :data:`PLACED` for the visits and entries that the user may read."""
        visit, progress = self.env["crm.stage.visit"], self.env["crm.lead.progress"]
        visits = visit._search(self.visits_domain())
        entries = progress._search([("lead_id", "=", self.lead.id)])
        return SQL(
            PLACED,
            visits=visits.select(*_columns(visit, visits, ("id", "entered_at", "left_at"))),
            entries=entries.select(*_columns(progress, entries, ("id", "visit_id", "date", "step_name"))),
        )

    def _read_summaries(self):
        """Return the entries of each visit in short.

        :return: dict by visit id, None for entries of no visit: ``count``, the ``ids`` of the newest entries, and
            ``steps_taken``, the names of the sales actions that were taken
        """
        rows = self.env.execute_query(
            SQL(
                """
                %s
                SELECT shown_visit_id, count(*), array_agg(id ORDER BY place) FILTER (WHERE place <= %s),
                       array_agg(DISTINCT step_name) FILTER (WHERE step_name <> '')
                FROM ranked GROUP BY shown_visit_id
                """,
                self._placed(),
                MAX_ENTRIES,
            )
        )
        return {
            visit_id: {"count": count, "ids": ids, "steps_taken": sorted(names or ())}
            for visit_id, count, ids, names in rows
        }

    def _read_entries(self, entry_ids):
        """Return the entries that are shown, by id. Their texts are cut in the database, since they may be long."""
        progress = self.env["crm.lead.progress"]
        query = progress._search([("id", "in", entry_ids)])
        feedback, budget, user_id, type_id = (
            progress._field_to_sql(query.table, name, query)
            for name in ("feedback", "customer_budget", "user_id", "activity_type_id")
        )
        length = MAX_CHARACTERS
        rows = self.env.execute_query_dict(
            query.select(
                *_columns(progress, query, ENTRY_COLUMNS),
                SQL("LEFT(%s, %s) AS words, LENGTH(%s) > %s AS is_cut", feedback, length, feedback, length),
                SQL("%s::float8 AS budget, %s AS user_id, %s AS activity_type_id", budget, user_id, type_id),
            )
        )
        users = self._read_user_names({row["user_id"] for row in rows})
        types = self.env["mail.activity.type"].browse({row["activity_type_id"] for row in rows} - {None})
        type_names = {activity_type.id: activity_type.name for activity_type in types}
        sources = dict(progress._fields["source"]._description_selection(self.env))
        return {
            row["id"]: {
                "id": row["id"],
                "date": fields.Datetime.to_string(row["date"]),
                "source": row["source"],
                "what": row["step_name"] or type_names.get(row["activity_type_id"]) or sources[row["source"]],
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

    def _add_entries(self, row, summary, entries, passes):
        """Add the entries and passes of a visit to its description."""
        summary = summary or {"count": 0, "ids": (), "steps_taken": []}
        row["count"], row["steps_taken"] = summary["count"], summary["steps_taken"]
        row["entries"] = [entries[entry_id] for entry_id in summary["ids"] if entry_id in entries]
        row["passes"] = passes or []

    def _read_user_names(self, user_ids):
        # sudo: only the names of users, who may belong to another company than the deal's reader.
        users = self.env["res.users"].sudo().browse(user_ids - {None})
        return {user.id: user.name for user in users}

    # ------------------------------------------------------------
    # SALES ACTIONS AND PASSES
    # ------------------------------------------------------------

    def _read_steps(self, stages):
        """Return the sales actions that stages expect of the deal, by id, each with the last time it was taken."""
        steps = self.env["crm.stage.step"].search([("stage_id", "in", stages.ids)])
        taken = self._read_taken(steps)
        expected = steps.browse().union(*(steps._applies_to(self.lead, stage) for stage in stages))
        return {
            step.id: {
                "id": step.id,
                "stage_id": step.stage_id.id,
                "name": step.name,
                "is_required": step.is_required,
                "guidance": step.guidance or "",
                "activity_type": step.activity_type_id.name or "",
                **taken.get(step.id, {"count": 0, "done": False}),
            }
            for step in steps
            if step in expected
        }

    def _read_taken(self, steps):
        """Return how often each sales action was taken (``count``), and the last time (``done``), by id."""
        progress = self.env["crm.lead.progress"]
        query = progress._search([("lead_id", "=", self.lead.id), ("step_id", "in", steps.ids)])
        step, row_id, date = (progress._field_to_sql(query.table, name, query) for name in ("step_id", "id", "date"))
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) taken WHERE place = 1",
                query.select(
                    *_columns(progress, query, ("step_id", "date", "user_id", "reaction")),
                    SQL("count(*) OVER (PARTITION BY %s) AS count", step),
                    SQL("row_number() OVER (PARTITION BY %s ORDER BY %s DESC, %s DESC) AS place", step, date, row_id),
                ),
            )
        )
        users = self._read_user_names({user_id for _step_id, _date, user_id, *_rest in rows})
        return {
            step_id: {
                "count": count,
                "done": {
                    "date": fields.Datetime.to_string(date),
                    "user_name": users.get(user_id, False),
                    "reaction": reaction or False,
                },
            }
            for step_id, date, user_id, reaction, count, _place in rows
        }

    def _add_open_steps(self, rows, visits, steps):
        """Add the sales actions that were never taken to the last visit of each stage.

        Those of the deal's present stage are left out, since the page shows them above the visits.
        """
        done_stage_ids = set(self.lead.stage_id.ids)
        for (*_order, row), visit in zip(rows, visits, strict=True):
            if visit.stage_id and visit.stage_id.id not in done_stage_ids:
                done_stage_ids.add(visit.stage_id.id)
                row["steps_open"] = [
                    step["name"]
                    for step in steps.values()
                    if step["stage_id"] == visit.stage_id.id and not step["done"]
                ]

    def _read_passes(self, visits):
        """Return the managers' passes by the id of the visit that each ended, None for those of no visit."""
        passes = self.env["crm.stage.pass"].search([("lead_id", "=", self.lead.id)], limit=MAX_OTHERS)
        users = self._read_user_names(set(passes.user_id.ids))
        oldest = visits[-1].entered_at if len(visits) == MAX_VISITS else False
        found = {}
        for row in passes:
            if oldest and row.date < oldest:
                continue  # of a visit that the page leaves out
            found.setdefault(self._visit_id_of_pass(row, visits), []).append(
                {
                    "id": row.id,
                    "date": fields.Datetime.to_string(row.date),
                    "user_name": users.get(row.user_id.id, False),
                    "words": row.reason[:MAX_CHARACTERS],
                    "is_cut": len(row.reason) > MAX_CHARACTERS,
                    "next_stage": row.next_stage_id.name or "",
                    "steps": [name for name in (row.step_names or "").splitlines() if name.strip()],
                }
            )
        return found

    def _visit_id_of_pass(self, row, visits):
        """Return the id of the visit that was open at a pass: it ended then, or goes on if the move was undone."""
        precision = timedelta(seconds=1)  # dates of passes have no fractions of a second
        lasting = visits.filtered(
            lambda visit: (
                visit.entered_at <= row.date + precision
                and (not visit.left_at or visit.left_at >= row.date - precision)
            )
        )
        same = lasting.filtered(lambda visit: visit.stage_id == row.stage_id)
        return (same or lasting)[-1:].id or None

    # ------------------------------------------------------------
    # THE DEAL
    # ------------------------------------------------------------

    def _describe_lead(self):
        lead = self.lead
        stage, is_open = lead.stage_id, lead.active and lead.won_status == "pending"
        status = lead.won_status if lead.won_status in ("won", "lost") else "archived"
        return {
            "status": "open" if is_open else status,
            "can_record": lead.has_access("write"),
            "stage": {
                "name": stage.name or "",
                "days": lead.stage_days,
                "limit": stage.pace_limit_days if is_open else 0,
                "limit_source": stage.pace_limit_source,
                "pace": lead.pace,
                "pace_reason": lead.pace_reason,
                "age_outcome": lead.age_outcome,
            },
        }

    def _describe_next_action(self):
        planned = self.lead.activity_ids.filtered("is_next_action").sorted(
            lambda activity: (activity.date_deadline, activity.id)
        )
        if not planned:
            return False
        first = planned[0]
        # sudo: only the name, which the chatter of the deal shows as well.
        user = first.user_id.sudo()
        today = fields.Date.context_today(self.lead, self.env.cr.now())
        return {
            "type": first.activity_type_id.name or self.env._("Next action"),
            "icon": first.icon or first.activity_type_id.icon or False,
            "summary": first.summary or "",
            "date_deadline": fields.Date.to_string(first.date_deadline),
            "days_to_due": (first.date_deadline - today).days,
            "user_name": user.name or False,
            "is_own": user.id == self.env.uid,
            "count": len(planned),
        }


def _columns(model, query, names):
    """Return SQL that selects fields of a query under their names."""
    return [SQL("%s AS %s", model._field_to_sql(query.table, name, query), SQL.identifier(name)) for name in names]

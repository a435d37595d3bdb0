from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_process_entries import LETTERS

#: What the page shows at once: stays; skips and passes in all.
STAYS, OTHERS = 20, 200


class CrmProcessReader(models.AbstractModel):
    """Reads the process of one deal for its page, whatever its length in a constant number of statements.

    Everything is read with the reader's record rules: what one may not read is in no number. Only names of people are
    read in superuser mode.
    """

    _name = "crm.process.reader"
    _inherit = ["crm.process.entries"]
    _description = "Process Reader"

    def _read(self, lead):
        visits = self.env["crm.stage.visit"].search(self._stays_domain(lead), limit=STAYS)
        skips = self._read_skips(lead, visits)
        summaries = self._read_summaries(lead)
        shown = {stay_id: summaries.get(stay_id) for stay_id in (*visits.ids, None)}
        entries = self._read_entries([number for summary in shown.values() if summary for number in summary["ids"]])
        steps = self._read_steps(lead, visits.stage_id | lead.stage_id)
        passes = self._read_passes(lead, visits)
        names = self._read_stage_names(visits | skips)
        stays = []
        for visit in visits:
            stay = self._describe_stay(visit, names[visit])
            self._fill(stay, shown[visit.id], entries, passes.get(visit.id))
            stays.append((visit.entered_at, 1, visit.id, stay))
        self._note_open_steps(lead, stays, visits, steps)
        stays += [(skip.entered_at, 0, skip.id, self._describe_skip(skip, names[skip])) for skip in skips]
        stays = [stay for *_order, stay in sorted(stays, key=lambda stay: stay[:3], reverse=True)]
        current = stays.pop(0) if stays and stays[0].get("outcome") == "open" else False
        outside = {"id": False}
        self._fill(outside, shown[None], entries, passes.get(None))
        return {
            **self._describe_lead(lead),
            "steps": [step for step in steps.values() if step["stage_id"] == lead.stage_id.id],
            "next_action": self._describe_next_action(lead),
            "current": current,
            "stays": stays,
            "more_stays": self._count_earlier(lead, visits),
            "outside": outside,
        }

    def _earlier_domain(self, lead):
        """The stays that the page leaves out."""
        shown = self.env["crm.stage.visit"].search(self._stays_domain(lead), limit=STAYS)
        return self._stays_domain(lead) & Domain("id", "not in", shown.ids)

    def _read_skips(self, lead, visits):
        """The stages that were skipped in the time that is shown."""
        domain = Domain("lead_ref", "=", lead.id) & Domain("outcome", "=", "skipped")
        if len(visits) == STAYS:
            domain &= Domain("entered_at", ">=", visits[-1].entered_at)
        return self.env["crm.stage.visit"].search(domain, limit=OTHERS)

    def _read_steps(self, lead, stages):
        """The steps that stages expect of the deal, each with the last time that it was taken, by id."""
        steps = self.env["crm.stage.step"].search([("stage_id", "in", stages.ids)])
        taken = self._read_taken(lead, steps)
        expected = steps.browse().union(*(steps._applies_to(lead, stage) for stage in stages))
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

    def _read_taken(self, lead, steps):
        """How often each step was taken, and when it was for the last time."""
        progress = self.env["crm.lead.progress"]
        query = progress._search([("lead_id", "=", lead.id), ("step_id", "in", steps.ids)])
        step, number, date = (progress._field_to_sql(query.table, name, query) for name in ("step_id", "id", "date"))
        # The newest of each step, and before the others go, how many there are.
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) taken WHERE place = 1",
                query.select(
                    *self._columns(progress, query, ("step_id", "date", "user_id", "reaction")),
                    SQL("count(*) OVER (PARTITION BY %s) AS count", step),
                    SQL("row_number() OVER (PARTITION BY %s ORDER BY %s DESC, %s DESC) AS place", step, date, number),
                ),
            )
        )
        users = self._names_of_users({user_id for _step, _date, user_id, *_rest in rows})
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

    def _read_passes(self, lead, visits):
        """The passes of managers, by id of the stay that each let go; None for those of no stay that is shown."""
        passes = self.env["crm.stage.pass"].search([("lead_id", "=", lead.id)], limit=OTHERS)
        users = self._names_of_users(set(passes.user_id.ids))
        oldest = visits[-1].entered_at if len(visits) == STAYS else False
        found = {}
        for row in passes:
            if oldest and row.date < oldest:
                continue  # of a stay that the page leaves out
            stay_id = self._stay_of_pass(row, visits)
            found.setdefault(stay_id, []).append(
                {
                    "id": row.id,
                    "date": fields.Datetime.to_string(row.date),
                    "user_name": users.get(row.user_id.id, False),
                    "words": row.reason[:LETTERS],
                    "is_cut": len(row.reason) > LETTERS,
                    "next_stage": row.next_stage_id.name or "",
                    "steps": [name for name in (row.step_names or "").splitlines() if name.strip()],
                }
            )
        return found

    def _stay_of_pass(self, row, visits):
        """The stay that a pass let go: it ended then, or, where the move was taken back, goes on."""
        moment = timedelta(seconds=1)  # dates of passes have no fractions of one
        lasting = visits.filtered(
            lambda visit: (
                visit.entered_at <= row.date + moment and (not visit.left_at or visit.left_at >= row.date - moment)
            )
        )
        same = lasting.filtered(lambda visit: visit.stage_id == row.stage_id)
        return (same or lasting)[-1:].id or None

    def _read_stage_names(self, visits):
        """How the stage of each row is called: as it was called then, in the reader's language where it still is."""
        stages = visits.stage_id
        columns = SQL("SELECT id, name FROM crm_stage WHERE id = ANY(%s)", stages.ids, to_flush=stages._fields["name"])
        known = {number: set(names.values()) for number, names in self.env.execute_query(columns)}
        return {
            visit: visit.stage_id.name
            if not visit.stage_name or visit.stage_name in known.get(visit.stage_id.id, ())
            else visit.stage_name
            for visit in visits
        }

    def _count_earlier(self, lead, visits):
        if len(visits) < STAYS:
            return 0
        return self.env["crm.stage.visit"].search_count(self._stays_domain(lead)) - len(visits)

    # ------------------------------------------------------------
    # DESCRIBING
    # ------------------------------------------------------------

    def _describe_lead(self, lead):
        stage, is_open = lead.stage_id, lead.active and lead.won_status == "pending"
        status = lead.won_status if lead.won_status in ("won", "lost") else "archived"
        return {
            "status": "open" if is_open else status,
            "can_record": lead.has_access("write"),
            "stage": {
                "name": stage.name or "",
                "days": lead.stage_days,
                "limit": max(stage.rotting_threshold_days, 0) if is_open else 0,
                "pace": lead.pace,
                "pace_reason": lead.pace_reason,
            },
        }

    def _describe_next_action(self, lead):
        planned = lead.activity_ids.filtered("active").sorted(lambda planned: (planned.date_deadline, planned.id))
        if not planned:
            return False
        first = planned[0]
        # In superuser mode: only the name, which the deal shows in its chatter, too.
        user = first.user_id.sudo()
        return {
            "type": first.activity_type_id.name or self.env._("Next action"),
            "icon": first.icon or first.activity_type_id.icon or False,
            "summary": first.summary or "",
            "date_deadline": fields.Date.to_string(first.date_deadline),
            "days_to_due": (first.date_deadline - fields.Date.context_today(self, self.env.cr.now())).days,
            "user_name": user.name or False,
            "is_own": user.id == self.env.uid,
            "count": len(planned),
        }

    def _describe_stay(self, visit, name):
        outcomes = dict(visit._fields["outcome"]._description_selection(self.env))
        went_on = visit.outcome in ("advanced", "moved_back", "won") and visit.next_stage_id
        return {
            "id": visit.id,
            "kind": "stay",
            "name": name or self.env._("A stage that was deleted"),
            "entered_at": fields.Datetime.to_string(visit.entered_at),
            "left_at": fields.Datetime.to_string(visit.left_at),
            "days": visit.days,
            "outcome": visit.outcome,
            "outcome_label": outcomes[visit.outcome],
            "next_stage": visit.next_stage_id.name if went_on else False,
            # sudo: the name of a colleague, and nothing else of him, also where he belongs to another company.
            "user_name": visit.user_id.sudo().name or False,
            "steps_open": [],
        }

    def _describe_skip(self, visit, name):
        return {
            "id": visit.id,
            "kind": "skip",
            "name": name or self.env._("A stage that was deleted"),
            "date": fields.Datetime.to_string(visit.entered_at),
        }

    def _fill(self, stay, summary, entries, passes):
        """Put into a stay what was done in it."""
        summary = summary or {"count": 0, "ids": (), "steps_taken": []}
        stay["count"], stay["steps_taken"] = summary["count"], summary["steps_taken"]
        stay["entries"] = [entries[number] for number in summary["ids"] if number in entries]
        stay["passes"] = passes or []

    def _note_open_steps(self, lead, stays, visits, steps):
        """Say of the last stay in each stage which steps were never taken; those of the present stage stand above."""
        told = set(lead.stage_id.ids)
        for (*_order, stay), visit in zip(stays, visits, strict=True):
            if visit.stage_id and visit.stage_id.id not in told:
                told.add(visit.stage_id.id)
                stay["steps_open"] = [
                    step["name"]
                    for step in steps.values()
                    if step["stage_id"] == visit.stage_id.id and not step["done"]
                ]

"""Apply to the rows that exist what ends, and deals that were created as lost, mean now.

- An end that the same person took back within five minutes is an undo: the visit goes on.
- What rested on a win that was taken back does not count: skips become corrections, conversions are cleared.
- A deal that was created as lost has no visit.
- All lines of a change carry one day, and the days of a deal never go back.

See docs/definitions.md, Undo within five minutes, Stage visits, Days and working days.
"""

import json
import logging
from itertools import groupby, pairwise
from operator import itemgetter

from odoo import SUPERUSER_ID, api
from odoo.addons.sales_process_control.ledger import ENDS, UNDO_SECONDS, outcomes
from odoo.tools import SQL, split_every

_logger = logging.getLogger(__name__)

BATCH_SIZE = 5000
VISIT_COLUMNS = (
    "id",
    "lead_ref",
    "stage_id",
    "stage_sequence",
    "entered_at",
    "left_at",
    "outcome",
    "is_first",
    "converted_at",
    "next_stage_id",
    "team_id",
    "user_id",
    "company_id",
    "currency_id",
    "date_deadline",
    "amount",
    "mover_ref",
    "changed_at",
    "working_days",
)
#: What a visit that goes on takes from the visit that followed the undone end.
TAKEN_OVER = (
    "left_at",
    "outcome",
    "next_stage_id",
    "team_id",
    "user_id",
    "company_id",
    "currency_id",
    "date_deadline",
    "amount",
)
#: Columns that the migration writes.
WRITTEN = (*TAKEN_OVER, "is_first", "converted_at", "changed_at", "working_days")
#: Deals that came back after an end, and deals that may have been created as lost.
AFFECTED = """
    SELECT lead_ref FROM crm_pipeline_movement WHERE kind IN ('reopened', 'restored')
    UNION
    SELECT lead_ref FROM crm_stage_visit WHERE outcome = 'lost' AND left_at = entered_at
    ORDER BY lead_ref
"""
#: Who ended a visit, as far as it is known: by skips of the win, by the message or the flag of the same transaction.
ENDERS = """
    SELECT visit.id, COALESCE(
        (SELECT min(skip.mover_ref) FROM crm_stage_visit skip
         WHERE skip.lead_ref = visit.lead_ref AND skip.entered_at = visit.left_at AND skip.outcome = 'skipped'),
        (SELECT min(message.create_uid) FROM mail_message message
         WHERE message.model = 'crm.lead' AND message.res_id = visit.lead_ref AND message.create_date = visit.left_at),
        (SELECT min(flag.write_uid) FROM crm_hot_flag flag
         WHERE flag.lead_ref = visit.lead_ref AND flag.closed_at = visit.left_at AND flag.closed_by_id IS NULL)
    )
    FROM crm_stage_visit visit
    WHERE visit.lead_ref = ANY(%s) AND visit.outcome IN ('won', 'lost', 'removed')
"""


def migrate(cr, version):
    """Correct both ledgers, batch by batch."""
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    lead_refs = [lead_ref for (lead_ref,) in env.execute_query(SQL(AFFECTED))]
    done = 0
    for batch in split_every(BATCH_SIZE, lead_refs, list):
        _correct(env, batch)
        done += len(batch)
        _logger.info("Ledgers: looked at %s of %s deals that came back or were created as lost", done, len(lead_refs))
    _correct_days(env)
    env.invalidate_all()


def _correct(env, lead_refs):
    visits = _grouped(
        env.execute_query_dict(
            SQL(
                "SELECT %s FROM crm_stage_visit WHERE lead_ref = ANY(%s) ORDER BY lead_ref, entered_at, id",
                SQL(", ").join(
                    SQL("amount::text AS amount") if name == "amount" else SQL.identifier(name)
                    for name in VISIT_COLUMNS
                ),
                lead_refs,
            )
        )
    )
    lines = _grouped(
        env.execute_query_dict(
            SQL(
                """
                SELECT id, lead_ref, date, kind, team_id, user_id, company_id, currency_id, date_deadline,
                       deal_count, amount::text AS amount, is_correction
                FROM crm_pipeline_movement WHERE lead_ref = ANY(%s) ORDER BY lead_ref, id
                """,
                lead_refs,
            )
        )
    )
    enders = dict(env.execute_query(SQL(ENDERS, lead_refs)))
    deals = [Deal(rows, lines.get(lead_ref, []), enders) for lead_ref, rows in visits.items()]
    for deal in deals:
        deal.correct()
    _write(env, [deal for deal in deals if deal.is_changed])


def _grouped(rows):
    return {lead_ref: list(group) for lead_ref, group in groupby(rows, itemgetter("lead_ref"))}


class Deal:
    """The rows of one deal.

    :ivar dict replaced: id of the visit that goes on, by id of a visit that is deleted; None if the deal was not there
    :ivar list marked_ids: movement lines that become corrections
    :ivar entered_at: since when the deal is in its stage, if that is another time now
    """

    def __init__(self, visits, lines, enders):
        self.visits, self._lines, self._enders = visits, lines, enders
        self.lead_ref = visits[0]["lead_ref"]
        self.replaced, self.marked_ids, self.entered_at = {}, [], None
        self._before = [dict(visit) for visit in visits]
        stays = [visit for visit in visits if visit["outcome"] not in outcomes.NO_STAY]
        # A won deal is in its stage since it was won.
        self._last_stay_id = stays[-1]["id"] if stays and stays[-1]["outcome"] != outcomes.WON else None
        # Instants of what is taken back: conversions of these instants are computed again.
        self._instants = set()

    @property
    def is_changed(self):
        return bool(self.replaced) or self.visits != self._before

    def changed_visits(self):
        """Return the rows to write."""
        before = {visit["id"]: visit for visit in self._before}
        return [visit for visit in self.visits if visit != before[visit["id"]]]

    def correct(self):
        """Apply the definitions to the rows."""
        self._drop_visits_of_no_stay()
        visit, *others = [visit for visit in self.visits if visit["outcome"] not in outcomes.NO_STAY] or [None]
        for following in others:
            if visit["outcome"] == outcomes.WON:
                self._take_back_win(visit, following)
            if visit["outcome"] in outcomes.ENDS and self._is_undone(visit, following):
                self._resume(visit, following)
            else:
                visit = following
        if self._instants:
            self._convert_again(self._mark_first_rows())

    def _drop_visits_of_no_stay(self):
        """Drop the visits of a deal that was created as won or lost, until it first was open."""
        for entry, end in zip(self._lines[::2], self._lines[1::2], strict=False):
            if entry["date"] != end["date"] or end["kind"] not in ENDS or entry["deal_count"] != 1:
                return
            for visit in list(self.visits):
                if visit["entered_at"] == visit["left_at"] == end["date"]:
                    self._drop(visit, None)

    def _drop(self, visit, replacement_id):
        self.visits.remove(visit)
        self.replaced[visit["id"]] = replacement_id
        self._instants.add(visit["entered_at"])

    def _take_back_win(self, won, following):
        self._instants.add(won["left_at"])
        for visit in self.visits:
            is_of_win = visit["entered_at"] == won["left_at"] and won["id"] < visit["id"] < following["id"]
            if is_of_win and visit["outcome"] == outcomes.SKIPPED:
                visit.update(outcome=outcomes.CORRECTION, is_first=False)

    def _is_undone(self, visit, following):
        return (
            visit["stage_id"] == following["stage_id"] is not None
            and following["mover_ref"]
            and following["mover_ref"] == self._enders.get(visit["id"])
            and (following["entered_at"] - visit["left_at"]).total_seconds() <= UNDO_SECONDS
        )

    def _resume(self, visit, following):
        """Let a visit go on as the one after it."""
        self._mark_lines(visit["left_at"], following["entered_at"])
        self._enders[visit["id"]] = self._enders.get(following["id"])
        visit.update({name: following[name] for name in TAKEN_OVER})
        visit["changed_at"] = following["changed_at"] or following["entered_at"]
        # The nightly job computes the working days of open visits; those of an ended visit are computed when written.
        visit["working_days"] = None
        self._drop(following, visit["id"])
        if following["id"] == self._last_stay_id:
            self.entered_at = visit["entered_at"]

    def _mark_lines(self, ended_at, returned_at):
        """Mark the line of the end and that of the return as corrections if they cancel."""
        counted = [line for line in self._lines if not line["is_correction"]]
        for end, entry in pairwise(counted):
            place = ("team_id", "user_id", "company_id", "currency_id", "date_deadline")
            if (
                end["kind"] in ENDS
                and end["date"] == ended_at
                and entry["kind"] in ("reopened", "restored")
                and entry["date"] == returned_at
                and all(end[name] == entry[name] for name in place)
                and float(end["amount"] or 0) == -float(entry["amount"] or 0)
            ):
                end["is_correction"] = entry["is_correction"] = True
                self.marked_ids += [end["id"], entry["id"]]
                return

    def _mark_first_rows(self):
        """Mark the first row of each stage that has lost it.

        :return: ids of the rows that are first now
        """
        counted = [visit for visit in self.visits if visit["outcome"] != outcomes.CORRECTION]
        stages = {visit["stage_id"] for visit in counted if visit["is_first"]}
        newly_first = set()
        for visit in counted:
            if visit["stage_id"] not in stages:
                visit["is_first"] = True
                stages.add(visit["stage_id"])
                newly_first.add(visit["id"])
        return newly_first

    def _convert_again(self, newly_first):
        """Compute the conversions anew that rested on what is taken back."""
        last = next((visit for visit in reversed(self.visits) if visit["outcome"] not in outcomes.NO_STAY), None)
        won_at = last["left_at"] if last and last["outcome"] == outcomes.WON else None
        for position, visit in enumerate(self.visits):
            if visit["outcome"] == outcomes.CORRECTION and not visit["is_first"]:
                visit["converted_at"] = None if visit["converted_at"] in self._instants else visit["converted_at"]
            elif visit["id"] in newly_first or visit["converted_at"] in self._instants:
                later = [
                    other["entered_at"]
                    for other in self.visits[position + 1 :]
                    if other["outcome"] != outcomes.CORRECTION and _rank(other) > _rank(visit)
                ]
                visit["converted_at"] = min([*later, *([won_at] if won_at else [])], default=None)


def _rank(visit):
    return visit["stage_sequence"] or 0, visit["stage_id"] or 0


def _write(env, deals):
    """Write the rows of deals."""
    cr = env.cr
    replaced = {old: new for deal in deals for old, new in deal.replaced.items()}
    rows = [visit for deal in deals for visit in deal.changed_visits()]
    _set_working_days(env, rows)
    pairs = json.dumps([{"old_id": old, "new_id": new} for old, new in replaced.items()])
    cr.execute(
        SQL(
            """
            UPDATE crm_lead_progress progress SET visit_id = pair.new_id
            FROM json_to_recordset(%s) AS pair (old_id int, new_id int)
            WHERE progress.visit_id = pair.old_id
            """,
            pairs,
        )
    )
    cr.execute(SQL("DELETE FROM crm_stage_visit WHERE id = ANY(%s)", list(replaced)))
    cr.execute(
        SQL(
            """
            UPDATE crm_stage_visit visit SET %s
            FROM json_populate_recordset(NULL::crm_stage_visit, %s) AS new
            WHERE visit.id = new.id
            """,
            SQL(", ").join(SQL("%s = new.%s", SQL.identifier(name), SQL.identifier(name)) for name in WRITTEN),
            json.dumps(rows, default=str),
        )
    )
    marked_ids = [line_id for deal in deals for line_id in deal.marked_ids]
    cr.execute(SQL("UPDATE crm_pipeline_movement SET is_correction = TRUE WHERE id = ANY(%s)", marked_ids))
    entered = {deal.lead_ref: deal.entered_at for deal in deals if deal.entered_at}
    cr.execute(
        SQL(
            """
            UPDATE crm_lead lead SET stage_entered_at = entry.at
            FROM unnest(%s::int[], %s::timestamp[]) AS entry (id, at) WHERE lead.id = entry.id
            """,
            list(entered),
            list(entered.values()),
        )
    )


def _set_working_days(env, rows):
    context = env["crm.pipeline.reader"]._read_context()
    for visit in rows:
        if visit["working_days"] is None and visit["left_at"]:
            company = context.company(visit["company_id"])
            visit["working_days"] = company.working_days_between(env, visit["entered_at"], visit["left_at"])


def _correct_days(env):
    """Give all lines of a change the day of the company before it, where companies have several time zones."""
    context = env["crm.pipeline.reader"]._read_context()
    if not context.has_several_zones:
        return
    zones = [{"company_id": key, "tz": company.tz or "UTC"} for key, company in context.companies.items()]
    rows = env.execute_query(
        SQL(
            """
            WITH zone AS (
                SELECT * FROM json_to_recordset(%s) AS row (company_id int, tz varchar)
            ), travelled AS (
                SELECT line.lead_ref
                FROM crm_pipeline_movement line
                JOIN zone ON zone.company_id IS NOT DISTINCT FROM line.company_id
                GROUP BY line.lead_ref HAVING count(DISTINCT zone.tz) > 1
            ), line AS (
                SELECT id, lead_ref, day, date, first_value(zone.tz) OVER (
                    PARTITION BY lead_ref, date ORDER BY id
                ) AS tz
                FROM crm_pipeline_movement
                JOIN travelled USING (lead_ref)
                JOIN zone ON zone.company_id IS NOT DISTINCT FROM crm_pipeline_movement.company_id
            ), corrected AS (
                SELECT id, day, max((date AT TIME ZONE 'UTC' AT TIME ZONE tz)::date) OVER (
                    PARTITION BY lead_ref ORDER BY id
                ) AS new_day
                FROM line
            )
            UPDATE crm_pipeline_movement movement SET day = corrected.new_day
            FROM corrected
            WHERE movement.id = corrected.id AND corrected.day <> corrected.new_day
            RETURNING movement.lead_ref
            """,
            json.dumps(zones),
        )
    )
    lead_refs = {lead_ref for (lead_ref,) in rows}
    if lead_refs:
        env["crm.pipeline.recorder"]._count_pushes(sorted(lead_refs))
    _logger.info("Ledgers: one day for all lines of a change, %s lines of %s deals", len(rows), len(lead_refs))

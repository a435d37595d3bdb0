from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import PREFETCH_FOR_DISPLAY
from ...statistics import PaceState
from ..progress.crm_progress_messages import CUSTOMER_MESSAGE_TYPES

#: Fields whose change may change the pace; it is read from the database, when they are stored there.
PACE_FIELDS = (
    "stage_id.rotting_threshold_days",
    "stage_entered_at",
    "last_progress_at",
    "type",
    "active",
    "won_status",
    "activity_ids.date_deadline",
    "activity_ids.active",
)
#: What is found out about the progress of deals, and never said by a person.
PROGRESS_FIELDS = ("last_progress_at", "merged_progress_at")
PACES = [("on_pace", "On pace"), ("slow", "Slow"), ("stalled", "Stalled")]


class CrmLead(models.Model):
    _inherit = "crm.lead"

    progress_ids = fields.One2many("crm.lead.progress", "lead_id", readonly=True, copy=False)
    last_progress_at = fields.Datetime(
        "Last Progress",
        readonly=True,
        copy=False,
        help="When something last happened that brings an opportunity forward: an activity marked done, a meeting that "
        "took place, a mail or message from the customer, or a move to a later stage. Moving the expected closing is "
        "none.",
    )
    merged_progress_at = fields.Datetime(
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        help="When an opportunity that was merged into this one last moved to a later stage.",
    )
    pace = fields.Selection(
        PACES,
        compute="_compute_pace",
        search="_search_pace",
        help="How an open opportunity moves, by the days to rot of its stage, its limit.\n"
        "- On pace: not longer in its stage than the limit.\n"
        "- Slow: longer, but the last progress is no older than as many days, or a next activity is planned. A planned "
        "activity excuses no more once two others have been planned since the limit passed.\n"
        "- Stalled: longer, and neither.\n"
        "Empty where the stage has no limit, and for opportunities that are closed.",
    )
    pace_reason = fields.Char(
        "Reason of the Pace",
        compute="_compute_pace_reason",
        help="The facts that make an opportunity slow or stalled.",
    )

    # Who looks for stalled deals looks among the open ones only, and those that entered their stage long ago.
    _open_stage_entered_index = models.Index(
        "(stage_entered_at) WHERE active AND type = 'opportunity' AND won_status = 'pending'"
    )

    # ------------------------------------------------------------
    # PACE
    # ------------------------------------------------------------

    @api.depends(*PACE_FIELDS)
    @api.depends_context("tz")
    def _compute_pace(self):
        paces = {}
        if self._origin.ids:
            query = self._origin._as_query(ordered=False)
            columns = (self._field_to_sql(query.table, name, query) for name in ("id", "pace"))
            paces = dict(self.env.execute_query(query.select(*columns)))
        for lead in self:
            lead.pace = paces.get(lead._origin.id) or False

    @api.depends("pace", "push_count")
    @api.depends_context("tz", "lang")
    def _compute_pace_reason(self):
        late = self.filtered(lambda lead: lead.pace in ("slow", "stalled"))
        (self - late).pace_reason = False
        states, words = late._origin._read_pace_states(), self.env["crm.pace.words"]
        for lead in late:
            state = states.get(lead._origin.id)
            lead.pace_reason = words._sentence(state, lead.stage_id.name) if state else False

    def _search_pace(self, operator, value):
        if operator != "in":
            return NotImplemented
        paces = [pace for pace in value if pace]

        def to_sql(model, alias, query):
            pace = model._field_to_sql(alias, "pace", query)
            found = SQL("%s = ANY(%s)", pace, paces)
            if paces and set(paces) <= {"slow", "stalled"}:
                # What follows from it, and an index can answer.
                found = SQL("%s AND %s", model._is_perhaps_late_sql(alias, query), found)
            return SQL("(%s OR %s IS NULL)", found, pace) if len(paces) < len(value) else found

        return Domain.custom(to_sql=to_sql)

    def _read_pace_states(self):
        """What is known of deals that are slow or stalled.

        :return: :class:`PaceState` by id
        """
        if not self:
            return {}
        query = self._as_query(ordered=False)
        alias, now = query.table, self.env.cr.now()
        lead_id = self._field_to_sql(alias, "id", query)
        names = ("id", "pace", "stage_days", "last_progress_at", "push_count")
        rows = self.env.execute_query(
            query.select(
                *(self._field_to_sql(alias, name, query) for name in names),
                self._limit_sql(alias, query),
                self._contact_sql(lead_id),
                SQL("(SELECT min(planned.date_deadline) %s)", self._next_activity_sql(lead_id)),
                self._plans_sql(alias, query),
            )
        )
        today = fields.Date.context_today(self, now)
        states = {}
        for number, pace, days, progress_at, pushes, limit, contact_at, next_day, plans in rows:
            states[number] = PaceState(
                is_stalled=pace == "stalled",
                is_moving=bool(progress_at) and progress_at + timedelta(days=limit) >= now,
                days=int(days),
                limit=limit,
                progress_days=(now - progress_at).days if progress_at else None,
                contact_days=(now - contact_at).days if contact_at else None,
                next_days=(next_day - today).days if next_day else None,
                plans=plans,
                pushes=pushes or 0,
            )
        return states

    # ------------------------------------------------------------
    # PROGRESS
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # As values, for defaults of the context say nothing then either.
            vals_list = [{**vals, **dict.fromkeys(PROGRESS_FIELDS, False)} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and not vals.keys().isdisjoint(PROGRESS_FIELDS):
            vals = {name: value for name, value in vals.items() if name not in PROGRESS_FIELDS}
        return super().write(vals)

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if message.message_type in CUSTOMER_MESSAGE_TYPES:
            self.env["crm.progress.recorder"]._record_messages(message)
        return result

    def _merge_dependences(self, opportunities):
        """Keep what was done for the deals that go."""
        moments = [lead.last_progress_at for lead in self | opportunities if lead.last_progress_at]
        # Most deals that are merged are new: nothing was done for them or planned, so no statement is spent on it.
        if moments or opportunities.activity_ids:
            self.env["crm.progress.recorder"]._move(opportunities.ids, self.id)
        result = super()._merge_dependences(opportunities)
        if moments and max(moments) != self.last_progress_at:
            # In superuser mode: who merges does not say when there was progress, the deals themselves knew it.
            self.sudo().last_progress_at = max(moments)
        return result

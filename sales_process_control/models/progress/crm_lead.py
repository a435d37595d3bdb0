from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_INTERNAL, GROUP_SALESPERSON, LARGEST_AMOUNT
from ..recording.numbers import is_amount
from .crm_progress_recorder import CUSTOMER_MESSAGE_TYPES
from .mail_activity import NO_NEXT_ACTION

#: Fields that only `crm.progress.recorder` writes.
PROGRESS_FIELDS = frozenset(("last_progress_at", "merged_progress_at"))


class CrmLead(models.Model):
    """Progress of a deal, the sales actions that are expected of it, and the customer's budget."""

    _inherit = "crm.lead"

    progress_ids = fields.One2many("crm.lead.progress", "lead_id", readonly=True, copy=False, groups=GROUP_SALESPERSON)
    last_progress_at = fields.Datetime(
        "Last Progress",
        compute="_compute_last_progress_at",
        store=True,
        readonly=True,
        copy=False,
        groups=GROUP_INTERNAL,
        help="When the opportunity last made progress: an activity marked as done, a meeting, an email or message "
        "from the customer, or a move to a later stage. Changes of the expected closing and automatic emails, such "
        "as out-of-office replies, do not count.",
    )
    merged_progress_at = fields.Datetime(
        readonly=True,
        copy=False,
        groups=GROUP_INTERNAL,
        help="When an opportunity that was merged into this one last moved to a later stage.",
    )
    customer_budget = fields.Monetary(
        currency_field="company_currency",
        tracking=True,
        groups=GROUP_INTERNAL,
        help="What the customer can spend, if known. Empty or zero if not known.",
    )
    is_over_budget = fields.Boolean(
        "Over Budget",
        compute="_compute_is_over_budget",
        # Facts of the deal itself: checking the groups of the fields they rest on takes longer than computing them.
        compute_sudo=True,
        search="_search_is_over_budget",
        groups=GROUP_INTERNAL,
        help="The expected revenue is above the customer's budget.",
    )

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends("stage_id")
    def _compute_last_progress_at(self):
        """Write the last progress of deals that move forward together with their stage, and keep that of others.

        `crm.progress.recorder` writes it in all other cases.
        """
        advancing = self.env["crm.progress.recorder"]._advancing_now(self._origin)
        now = self.env.cr.now()
        for lead in self:
            lead.last_progress_at = now if lead._origin.id in advancing else lead._origin.last_progress_at

    @api.depends("expected_revenue", "customer_budget")
    def _compute_is_over_budget(self):
        over = self.filtered(lambda lead: 0 < lead.customer_budget < lead.expected_revenue)
        over.is_over_budget = True
        (self - over).is_over_budget = False

    def _search_is_over_budget(self, operator, value):
        if operator != "in":
            return NotImplemented

        def to_sql(model, alias, query):
            return SQL(
                "%s = ANY(%s)", model._field_to_sql(alias, "is_over_budget", query), [bool(one) for one in value]
            )

        return Domain.custom(to_sql=to_sql)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Return the SQL of a field, also of the comparison with the budget."""
        if field_expr == "is_over_budget":
            self._check_field_access(self._fields[field_expr], "read")
            budget, revenue = (
                self._field_to_sql(alias, name, query) for name in ("customer_budget", "expected_revenue")
            )
            return SQL("COALESCE(%s > 0 AND %s < %s, FALSE)", budget, budget, revenue)
        return super()._field_to_sql(alias, field_expr, query)

    @api.depends("activity_ids.date_deadline", "activity_ids.is_next_action")
    def _compute_activity_date_deadline(self):
        """Return the due date of the next action: lists of this module show the field as *Next Action*."""
        for lead in self:
            lead.activity_date_deadline = lead.activity_ids.filtered("is_next_action")[:1].date_deadline

    def _next_actions(self):
        """Return summary and due date of the next action of each of these deals, by one statement.

        The dates are the values of `activity_date_deadline`, which takes several times as long for the cards of a
        pipeline. The record rules of activities apply, but not to cards, which are computed in superuser mode.

        :return: (summary, date) by the id of the deal; deals without a next action are missing
        :rtype: dict
        """
        if not self.ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ON (res_id) res_id, summary, date_deadline FROM (%s) planned "
                "WHERE res_id = ANY(%s) ORDER BY res_id, date_deadline, id",
                self.env["mail.activity"]._planned_sql(),
                list(self.ids),
            )
        )
        return {lead_id: (summary, day) for lead_id, summary, day in rows}

    def _search_activity_date_deadline(self, operator, operand):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        if operator == "in" and False in operand:
            return NO_NEXT_ACTION | Domain(self._search_activity_date_deadline("in", set(operand) - {False}))
        dated = Domain("is_next_action", "=", True) & Domain("date_deadline", operator, operand)
        return Domain("activity_ids", "any", dated)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def _computed_field_names(self):
        return super()._computed_field_names() | PROGRESS_FIELDS

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_budget(vals.get("customer_budget"))
        return super().create(vals_list)

    def write(self, vals):
        self._check_budget(vals.get("customer_budget"))
        return super().write(vals)

    @api.model
    def _check_budget(self, budget):
        """Check a budget as it comes through RPC.

        :raises ValidationError: for a negative or very large number, or for a value that is no number
        """
        if not is_amount(budget):
            raise ValidationError(
                self.env._("The budget of a customer must be between 0 and %s.", f"{LARGEST_AMOUNT:,}")
            )

    def _message_post_after_hook(self, message, msg_vals):
        """Record the message as progress if a customer wrote it."""
        result = super()._message_post_after_hook(message, msg_vals)
        if message.message_type in CUSTOMER_MESSAGE_TYPES:
            self.env["crm.progress.recorder"]._record_messages(message)
        return result

    # ------------------------------------------------------------
    # MERGE
    # ------------------------------------------------------------

    def _merge_get_fields(self):
        return [*super()._merge_get_fields(), "customer_budget"]

    def _merge_dependences(self, opportunities):
        """Give the progress and the planned activities of the merged deals to the one that stays."""
        # sudo: Odoo moves all messages, whatever the user may read. Only whether a customer wrote them is used.
        self.env["crm.progress.recorder"]._record_before_move(opportunities.sudo().message_ids)
        # Saves statements: most deals that are merged are new, without progress or activities.
        if (
            any((self | opportunities).mapped("last_progress_at"))
            or opportunities.activity_ids
            or opportunities._has_planned_activities()
        ):
            # Before the call: Odoo moves the meetings, and progress of a meeting must belong to the meeting's deal.
            self.env["crm.progress.recorder"]._merge(opportunities.ids, self.id)
        return super()._merge_dependences(opportunities)

    def _has_planned_activities(self):
        """Return whether activities were planned on these deals, also if they were cancelled since."""
        earlier = self.filtered(lambda lead: lead.create_date and lead.create_date < self.env.cr.now())
        # sudo: the rows are of no user's own, and only whether there are any is used.
        plans = self.env["crm.planned.activity"].sudo()
        return bool(earlier) and bool(plans.search_count([("lead_id", "in", earlier.ids)], limit=1))

    # ------------------------------------------------------------
    # EXPECTED SALES ACTIONS
    # ------------------------------------------------------------

    def _expected_steps(self):
        """Return the sales actions that can be recorded on this deal.

        These are the actions of its stage that apply to its team. Lost and archived deals, and leads, have none of
        these. In addition, the actions that the stage gate would require before the deal is won, also in stages that
        the deal went back from: each action that a blocked move names can be recorded.
        """
        steps = self.env["crm.stage.step"]
        if self and self.type == "opportunity" and self.active:
            steps = self.stage_id.step_ids._applies_to(self)
        return steps | self._steps_required_for_win()

    def _steps_required_for_win(self):
        """Return the readable open steps that the stage gate would require, or warn of, before this deal is won."""
        open_steps = self.env["crm.stage.step"]._open_required_of(self._gate_checks_for_win()).values()
        steps = self.env["crm.stage.step"].browse(step_id for names in open_steps for step_id in names)
        return steps._filtered_access("read")

    def _step_choices(self):
        """Return the choices of the dialog: open steps first, of these the required ones of the deal's stage first.

        :return: list of {id, label, title, remark, is_done}
        """
        steps = self._expected_steps()
        if not steps:
            return []
        domain = [("lead_id", "=", self.id), ("step_id", "in", steps.ids)]
        groups = self.env["crm.lead.progress"]._read_group(domain, ["step_id"])
        taken = {step for (step,) in groups}
        return [
            {
                "id": step.id,
                "label": step.name,
                "title": step.guidance or "",
                "remark": self.env._("done") if step in taken else self._remark_on(step),
                "is_done": step in taken,
            }
            for step in sorted(
                steps.sorted(),
                key=lambda step: (step in taken, not step.is_required, step.stage_id != self.stage_id),
            )
        ]

    def _remark_on(self, step):
        """Return the text beside the name of an open step."""
        if step.stage_id != self.stage_id:
            return self.env._("required in %s", step.stage_id.name)
        return self.env._("required") if step.is_required else ""

    def _planned_activities(self, activity_type):
        """Return the planned activities of a type that may have been done now: own ones first, then by due date.

        Meetings that have not begun are left out.
        """
        activities = self.env["mail.activity"]
        if not self or not activity_type:
            return activities
        domain = [("res_model", "=", "crm.lead"), ("res_id", "=", self.id), ("activity_type_id", "=", activity_type.id)]
        now = self.env.cr.now()
        # sudo: a meeting may be private. Only its start is read.
        planned = activities.search(domain, order="date_deadline, id").filtered(
            lambda activity: not (start := activity.sudo().calendar_event_id.start) or start <= now
        )
        return planned.sorted(lambda activity: activity.user_id != self.env.user)

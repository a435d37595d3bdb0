import logging

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from ...const import GROUP_SALES_MANAGER
from ...ledger import NO_STAGE, Stage, left_behind
from ..recording.crm_pipeline_loader import is_loading
from .crm_pipeline_reader import RULES
from .stage_gate import GateCheck, IncompleteStage, blocked_message, warning_message
from .ungated import is_ungated, ungated

#: Server actions that the button in the message of a blocked move runs.
RECORD_ACTION = "sales_process_control.crm_lead_leaving_action_record"
OVERRIDE_ACTION = "sales_process_control.crm_lead_leaving_action_pass"
#: A won stage. Odoo chooses which one a won deal gets; the stage gate treats all of them alike.
WON_STAGE = Stage(-1, "", 0, is_won=True)
#: Context key of an import by a user who is no sales manager: a blocked move is an error of its row, and no warnings
#: are sent. Remote callers may set the key, since it opens nothing.
IMPORTING = "stage_gate_importing"


class CrmLead(models.Model):
    """The stage gate: a stage may warn of, or block, a person's move of a deal while required steps are open.

    The gate runs before anything is written, so that a blocked move leaves no trace (docs/definitions.md, Stage gate).
    """

    _inherit = "crm.lead"

    stage_pass_ids = fields.One2many("crm.stage.pass", "lead_id", "Overrides", readonly=True, copy=False)
    # Saves merges a query: most deals have no override.
    was_passed = fields.Boolean(
        "Stage Gate Overridden",
        readonly=True,
        copy=False,
        help="A sales manager approved a move of the opportunity with required sales actions open.",
    )

    # ------------------------------------------------------------
    # GATED MOVES
    # ------------------------------------------------------------

    @api.model
    def _computed_field_names(self):
        return super()._computed_field_names() | {"was_passed"}

    def write(self, vals):
        if "was_passed" in vals and not self.env.su:
            vals = {name: value for name, value in vals.items() if name != "was_passed"}
        incomplete = self._check_stage_gate([(self, vals)]) if "stage_id" in vals else []
        result = super().write(vals)
        self._warn_of_open_steps(incomplete)
        return result

    def web_save_multi(self, vals_list, specification):
        """Check all deals at once, instead of one by one as Odoo writes them."""
        changes = [(lead, vals) for lead, vals in zip(self, vals_list, strict=False) if "stage_id" in vals]
        if not changes:
            return super().web_save_multi(vals_list, specification)
        incomplete = self._check_stage_gate(changes)
        with ungated(self.env.cr):
            result = super().web_save_multi(vals_list, specification)
        self._warn_of_open_steps(incomplete)
        return result

    def action_set_won(self):
        """Check all deals at once, including lost and archived ones."""
        incomplete = self._check_stage_gate_for_win()
        with ungated(self.env.cr):
            result = super().action_set_won()
        self._warn_of_open_steps(incomplete)
        return result

    # ------------------------------------------------------------
    # IMPORTS AND MERGES
    # ------------------------------------------------------------

    @api.model
    def load(self, fields, data):
        """Import without the stage gate for sales managers. For other users a blocked move is an error of its row."""
        if not self.env.user.has_group(GROUP_SALES_MANAGER):
            return super(CrmLead, self.with_context(**{IMPORTING: True})).load(fields, data)
        with ungated(self.env.cr):
            return super().load(fields, data)

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        with ungated(self.env.cr):
            return super()._merge_opportunity(user_id, team_id, auto_unlink, max_length)

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        if any(opportunities.mapped("was_passed")):
            # sudo: nobody may write overrides, and a user who merges deals need not be able to read all of them.
            opportunities.sudo().stage_pass_ids.lead_id = self.sudo()
            self.sudo().was_passed = True
        return result

    # ------------------------------------------------------------
    # STAGE GATE
    # ------------------------------------------------------------

    @api.model
    def _check_stage_gate(self, changes):
        """Check whether deals may leave their stages.

        :param changes: [(deals, values about to be written, with `stage_id`)]
        :return: the stages that the deals leave with a warning, as a list of :class:`IncompleteStage`
        :raises RedirectWarning: for a blocked move with a remedy: an override, or recording progress of one deal
        :raises UserError: for another blocked move
        """
        has_rules = self.env["crm.pipeline.reader"]._read_context().extras[RULES]
        if not has_rules or self._is_ungated():
            return []
        checks = [check for leads, vals in changes for check in leads._gate_checks(vals)]
        target_ids = {self._stage_from_value(vals["stage_id"]).id for _leads, vals in changes}
        can_override = len(target_ids) == 1 and None not in target_ids
        override_context = {"pass_stage_id": target_ids.pop()} if can_override else None
        leads = self.browse().concat(*(leads for leads, _vals in changes))
        return leads._raise_if_blocked(checks, override_context)

    def _check_stage_gate_for_win(self):
        """Check whether these deals may be won. Parameters apart, this is :meth:`_check_stage_gate`."""
        return [] if self._is_ungated() else self._raise_if_blocked(self._gate_checks_for_win(), {})

    def _is_ungated(self):
        """Return whether the stage gate is off: in superuser mode, jobs, merges, overrides, and while pasts load."""
        cr = self.env.cr
        return self.env.su or is_ungated(cr) or is_loading(cr)

    def _raise_if_blocked(self, checks, override_context):
        """Raise if one of these deals is blocked.

        :param checks: list of :class:`GateCheck`
        :param override_context: context keys for :meth:`action_pass_stage`; None if an override cannot make this move
        :return: the stages that the deals leave with a warning, as a list of :class:`IncompleteStage`
        """
        incomplete = self._incomplete_stages(checks)
        blocked = [one for one in incomplete if one.blocks]
        if blocked:
            # A user who may not write a deal must not learn which steps are open.
            self.check_access("write")
            raise self._blocked_error(blocked, override_context)
        return incomplete

    @api.model
    def _incomplete_stages(self, checks):
        """Return the stages that deals leave with required steps open, as a list of :class:`IncompleteStage`.

        :param checks: list of :class:`GateCheck`
        """
        steps = self.env["crm.stage.step"]._open_required_of(checks)
        return [
            IncompleteStage(lead, self.env["crm.stage"].browse(stage_id), steps[lead.id, stage_id])
            for lead, stage_id, _needs_visit in checks
            if (lead.id, stage_id) in steps
        ]

    def _blocked_error(self, blocked, override_context):
        """Return the exception for a blocked move of these deals.

        :param blocked: list of :class:`IncompleteStage`
        :param override_context: see :meth:`_raise_if_blocked`
        :return: RedirectWarning for sales managers, who may override, and for a single blocked deal, whose progress can
            be recorded; UserError for several deals, and in imports, where only a UserError has its message shown
        """
        is_importing = self.env.context.get(IMPORTING)
        is_manager = self.env.user.has_group(GROUP_SALES_MANAGER)
        can_override = is_manager and override_context is not None and not is_importing
        message = blocked_message(self.env, blocked, can_override=can_override, is_batch=len(self) > 1)
        leads = self if can_override else blocked[0].lead
        context = {"active_model": self._name, "active_id": leads.ids[0], "active_ids": leads.ids}
        find = self.env["ir.model.data"]._xmlid_to_res_id
        if can_override:
            context.update(override_context)
            error = RedirectWarning(message, find(OVERRIDE_ACTION), self.env._("Move Anyway"), context)
        elif len({one.lead for one in blocked}) == 1 and not is_importing:
            step_ids = [step_id for one in blocked for step_id in one.open_steps]
            if len(step_ids) == 1:
                context["default_step_id"] = step_ids[0]
            error = RedirectWarning(message, find(RECORD_ACTION), self.env._("Record Progress"), context)
        else:
            error = UserError(message)
        # The form reads this key and shows the deal's stage again.
        error.context = {"is_leaving_stop": True}
        # A blocked move is no fault of the program. Odoo would log a traceback.
        error.loglevel = logging.INFO
        return error

    def _warn_of_open_steps(self, incomplete):
        """Notify the user that deals have left stages with required steps open.

        :param incomplete: list of :class:`IncompleteStage`
        """
        if not incomplete or self.env.context.get(IMPORTING):
            return
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "title": self.env._("Required sales actions are open"),
                "message": warning_message(self.env, incomplete),
                "sticky": True,
            },
        )

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    def _gate_checks(self, vals):
        """Return the checks before these deals get another stage, as a list of :class:`GateCheck`.

        Lost and archived deals are checked, too. Otherwise a deal could be lost, moved and restored.

        :param dict vals: values about to be written, with `stage_id`
        """
        target = self._stage_from_value(vals["stage_id"])
        checks = self._gate_checks_before(target)
        if checks and not target.is_won:
            forced = self.browse().concat(*(check.lead for check in checks))._without_stage_in_team(vals)
            checks = [check for check in checks if check.lead not in forced]
        return checks

    def _gate_checks_for_win(self):
        """Return the checks before these deals are won, as a list of :class:`GateCheck`."""
        return self._gate_checks_before(WON_STAGE)

    def _gate_checks_before(self, target):
        """Return the checks before these deals go to a stage of the ledger, as a list of :class:`GateCheck`."""
        context = self.env["crm.pipeline.reader"]._read_context()
        stages = [context.stages[stage_id] for stage_id in context.extras[RULES]]
        if not stages:
            return []
        checks = []
        for lead in self:
            # A won deal is not checked, to whatever stage it goes.
            if lead.won_status == "won":
                continue
            stage_now = context.stages.get(lead.stage_id.id, NO_STAGE)
            is_deal = lead.type == "opportunity"
            checks += [
                GateCheck(lead, stage.id, not is_deal or stage.id != stage_now.id)
                for stage in left_behind(stage_now, target, lead.team_id.id or None, stages)
            ]
        return checks

    @api.model
    def _stage_from_value(self, value):
        """Return the ledger's stage for a value of `stage_id` as it comes through RPC, NO_STAGE for no stage."""
        if isinstance(value, tuple):
            value = value[0] if value else None
        stages = self.env["crm.pipeline.reader"]._read_context().stages
        # Odoo writes NULL for a value that is no integer.
        return stages.get(value, NO_STAGE) if type(value) is int else NO_STAGE

    def _without_stage_in_team(self, vals):
        """Return those of the deals that go to a team which does not have their present stage.

        :param dict vals: values about to be written
        """
        if vals.keys().isdisjoint(("team_id", "user_id")):
            return self.browse()
        team_by_kind = {}

        def new_team_id(lead):
            if "team_id" in vals:
                return vals["team_id"]
            # Odoo derives the team from the new salesperson, the present team and the type.
            kind = (lead.team_id, lead.type)
            if kind not in team_by_kind:
                draft = self.new({"user_id": vals["user_id"]}, origin=lead)
                draft._compute_team_id()
                team_by_kind[kind] = draft.team_id._origin.id
            return team_by_kind[kind]

        def loses_stage(lead):
            team_id = new_team_id(lead)
            return bool(team_id) and not self._stage_from_value(lead.stage_id.id).is_available_to(team_id)

        return self.filtered(loses_stage)

import logging

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from ...const import GROUP_INTERNAL, GROUP_SALES_MANAGER, GROUP_SALESPERSON
from ...ledger import NO_STAGE, WON, Stage, left_behind
from ..recording.crm_pipeline_loader import is_loading
from .crm_pipeline_reader import RULES
from .stage_gate import (
    OPEN_STEPS_MESSAGE,
    GateCheck,
    IncompleteStage,
    blocked_message,
    moves_of,
    warning_message,
)
from .ungated import is_ungated, ungated

#: Server actions that the button in the message of a blocked move runs.
RECORD_ACTION = "sales_process_control.crm_lead_leaving_action_record"
OVERRIDE_ACTION = "sales_process_control.crm_lead_leaving_action_pass"
#: A won stage. Odoo chooses which one a won deal gets; the stage gate treats all of them alike.
WON_STAGE = Stage(-1, "", 0, is_won=True)
#: Context key of an import of a file: a blocked move is an error of its row, and no warnings are sent. Remote callers
#: may set the key, since it opens nothing.
IMPORTING = "stage_gate_importing"


class CrmLead(models.Model):
    """The stage gate: a stage may warn of, or block, a person's move of a deal while required steps are open.

    The gate runs before anything is written, so that a blocked move leaves no trace (docs/definitions.md, Stage gate).
    """

    _inherit = "crm.lead"

    stage_pass_ids = fields.One2many(
        "crm.stage.pass", "lead_id", "Overrides", readonly=True, copy=False, groups=GROUP_SALESPERSON
    )
    # Saves merges a query: most deals have no override.
    was_passed = fields.Boolean(
        "Stage Gate Overridden",
        readonly=True,
        copy=False,
        groups=GROUP_INTERNAL,
        help="A sales manager approved a move of the opportunity while required sales actions were missing.",
    )

    # ------------------------------------------------------------
    # GATED MOVES
    # ------------------------------------------------------------

    @api.model
    def _computed_field_names(self):
        return super()._computed_field_names() | {"was_passed"}

    def write(self, vals):
        incomplete = self._check_stage_gate([(self, vals)]) if self._may_move_on(vals) else []
        result = super().write(vals)
        self._warn_of_open_steps(incomplete)
        return result

    def web_save_multi(self, vals_list, specification):
        """Check all deals at once, instead of one by one as Odoo writes them."""
        changes = [(lead, vals) for lead, vals in zip(self, vals_list, strict=False) if self._may_move_on(vals)]
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

    def copy(self, default=None):
        """Check a copy into another stage as a move of the deal that is copied."""
        defaults = {
            "stage_id": self.env.context.get("default_stage_id"),
            "won_status": self.env.context.get("default_won_status"),
            **(default or {}),
        }
        vals = {name: defaults[name] for name in ("stage_id", "won_status") if defaults[name]}
        is_checked = self._may_move_on(vals) and not self._is_ungated()
        # No override: it would move the deal that is copied.
        incomplete = self._raise_if_blocked(self._gate_checks(vals), None) if is_checked else []
        result = super().copy(default)
        self._warn_of_open_steps(incomplete)
        return result

    # ------------------------------------------------------------
    # IMPORTS AND MERGES
    # ------------------------------------------------------------

    @api.model
    def load(self, fields, data):
        """Import a file of a person: a blocked move is an error of its row, and no warnings are sent."""
        return super(CrmLead, self.with_context(**{IMPORTING: True})).load(fields, data)

    def merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True):
        """Check the deals that a person merges away as if they moved to the stage of the deal that stays."""
        # Before the call, which deletes the deals that the warning names.
        self._warn_of_open_steps(self._check_stage_gate_for_merge())
        return super().merge_opportunity(user_id, team_id, auto_unlink)

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        """Merge without the gate: the assignment of leads merges duplicates that nobody has chosen."""
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

        :param changes: [(deals, values about to be written, which :meth:`_may_move_on`)]
        :return: the stages that the deals leave with a warning, as a list of :class:`IncompleteStage`
        :raises RedirectWarning: for a blocked move with a remedy: an override, or recording progress of one deal
        :raises UserError: for another blocked move
        """
        has_rules = self.env["crm.pipeline.reader"]._read_context().extras[RULES]
        if not has_rules or self._is_ungated():
            return []
        checks = [check for leads, vals in changes for check in leads._gate_checks(vals)]
        # A win without a stage gets one by Odoo.
        target_ids = {self._target_of(vals).id for _leads, vals in changes}
        can_override = len(target_ids) == 1 and None not in target_ids
        override_context = None
        if can_override:
            target_id = target_ids.pop()
            override_context = {} if target_id == WON_STAGE.id else {"pass_stage_id": target_id}
        leads = self.browse().concat(*(leads for leads, _vals in changes))
        return leads._raise_if_blocked(checks, override_context)

    def _check_stage_gate_for_win(self):
        """Check whether these deals may be won. Parameters apart, this is :meth:`_check_stage_gate`."""
        return [] if self._is_ungated() else self._raise_if_blocked(self._gate_checks_for_win(), {})

    def _check_stage_gate_for_merge(self):
        """Check whether these deals may be merged. Parameters apart, this is :meth:`_check_stage_gate`.

        A sales action counts as taken if it was taken on any of the deals.
        """
        has_rules = self.env["crm.pipeline.reader"]._read_context().extras[RULES]
        if not has_rules or len(self) < 2 or self._is_ungated():
            return []
        # Odoo keeps the first of these.
        head = self._sort_by_confidence_level(reverse=True)[0]
        target = self._stage_from_value(head.stage_id.id)
        incomplete = self._incomplete_stages((self - head)._gate_checks_before(target))
        step_ids = {step_id for one in incomplete for step_id in one.open_steps}
        taken_ids = self.env["crm.stage.step"].browse(step_ids)._taken_on(self)
        incomplete = [
            one._replace(open_steps=open_steps)
            for one in incomplete
            if (open_steps := {id_: name for id_, name in one.open_steps.items() if id_ not in taken_ids})
        ]
        # An override can move the deals to that stage beforehand, but winning them would count them twice.
        override_context = None if target.is_won or not target.id else {"pass_stage_id": target.id}
        blocked = self.browse().concat(*dict.fromkeys(one.lead for one in incomplete if one.blocks))
        return blocked._raise_if_any_blocks(incomplete, override_context)

    def _is_ungated(self):
        """Return whether the stage gate is off: in superuser mode, jobs, overrides, and while pasts load."""
        cr = self.env.cr
        return (self.env.su and not self._is_of_reseller()) or is_ungated(cr) or is_loading(cr)

    def _is_of_reseller(self):
        """Return whether the user is a person outside the company who may read these deals.

        Odoo's portal for resellers writes stages in superuser mode. What a customer sets off there, such as an
        automation rule after a signature, concerns deals that the customer may not read.
        """
        return self.env.user.share and self.sudo(False).has_access("read")

    def _raise_if_blocked(self, checks, override_context):
        """Raise if one of these deals is blocked.

        :param checks: list of :class:`GateCheck`
        :param override_context: context keys for :meth:`action_pass_stage`; None if an override cannot make this move
        :return: the stages that the deals leave with a warning, as a list of :class:`IncompleteStage`
        """
        return self._raise_if_any_blocks(self._incomplete_stages(checks), override_context)

    def _raise_if_any_blocks(self, incomplete, override_context):
        """Raise if one of the stages that these deals leave blocks. Parameters: see :meth:`_raise_if_blocked`."""
        blocked = [one for one in incomplete if one.blocks]
        if blocked:
            # A user who may not write a deal must not learn which steps are open. Neither must a reseller, see
            # :meth:`_is_of_reseller`.
            self.sudo(False).check_access("write")
            raise self._blocked_error(blocked, override_context)
        return incomplete

    @api.model
    def _incomplete_stages(self, checks):
        """Return the stages that deals leave with required steps open, as a list of :class:`IncompleteStage`.

        :param checks: list of :class:`GateCheck`
        """
        steps = self.env["crm.stage.step"]._open_required_of(checks)
        return [
            IncompleteStage(
                lead, self.env["crm.stage"].browse(stage_id), steps[lead.id, stage_id], lead.stage_id.id or None
            )
            for lead, stage_id, _needs_visit in checks
            if (lead.id, stage_id) in steps
        ]

    def _blocked_error(self, blocked, override_context):
        """Return the exception for a blocked move of these deals.

        :param blocked: list of :class:`IncompleteStage`
        :param override_context: see :meth:`_raise_if_blocked`
        :return: RedirectWarning for a single blocked deal, whose progress can be recorded, and for sales managers, who
            may override; UserError for several deals, and in imports, where only a UserError has its message shown.
            If both ways are open, the second one is `other_way` of the error's context
        """
        is_importing = self.env.context.get(IMPORTING)
        is_manager = self.env.user.has_group(GROUP_SALES_MANAGER)
        can_override = is_manager and override_context is not None and not is_importing
        can_record = len({one.lead for one in blocked}) == 1 and not is_importing
        message = blocked_message(self.env, blocked, can_override=can_override, is_batch=len(self) > 1)
        ways = [self._way_to_record(blocked)] if can_record else []
        ways += [self._way_to_override(override_context)] if can_override else []
        error = RedirectWarning(message, *ways[0]) if ways else UserError(message)
        # The form reads this and shows the deal's stage again; the dialog has a button for the second way.
        error.context = {"is_leaving_stop": True, "other_way": ways[1] if len(ways) > 1 else False}
        # A blocked move is no fault of the program. Odoo would log a traceback.
        error.loglevel = logging.INFO
        return error

    @api.model
    def _way_to_record(self, blocked):
        """Return (id of the action, label, context) to record what was done on the only blocked deal."""
        context = self._active_context(blocked[0].lead)
        step_ids = [step_id for one in blocked for step_id in one.open_steps]
        if len(step_ids) == 1:
            context["default_step_id"] = step_ids[0]
        find = self.env["ir.model.data"]._xmlid_to_res_id
        return find(RECORD_ACTION), self.env._("Record Progress"), context

    def _way_to_override(self, override_context):
        """Return (id of the action, label, context) to move these deals anyway."""
        find = self.env["ir.model.data"]._xmlid_to_res_id
        return find(OVERRIDE_ACTION), self.env._("Move Anyway"), self._active_context(self) | override_context

    @api.model
    def _active_context(self, leads):
        return {"active_model": self._name, "active_id": leads.ids[0], "active_ids": leads.ids}

    def _warn_of_open_steps(self, incomplete):
        """Notify the user that deals have left stages with required steps open, and offer ways to mend it.

        A reseller must not learn which steps are open.

        :param incomplete: list of :class:`IncompleteStage`
        """
        if not incomplete or self.env.context.get(IMPORTING) or self.env.user.share:
            return
        moves = moves_of(incomplete)
        leads = {one.lead for one in incomplete}
        self.env.user._bus_send(
            OPEN_STEPS_MESSAGE,
            {
                "message": warning_message(self.env, incomplete),
                # A deal that was copied or merged away has no progress to be recorded.
                "record": self._way_to_record(incomplete) if len(leads) == 1 and moves else False,
                "moves": moves,
            },
        )

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    def _gate_checks(self, vals):
        """Return the checks before these deals get another stage, as a list of :class:`GateCheck`.

        Lost and archived deals are checked, too. Otherwise a deal could be lost, moved and restored.

        :param dict vals: values about to be written, which :meth:`_may_move_on`
        """
        target = self._target_of(vals)
        checks = self._gate_checks_before(target)
        if checks and not target.is_won:
            forced = self.browse().concat(*(check.lead for check in checks))._put_there_by_team(vals, target)
            checks = [check for check in checks if check.lead not in forced]
        return checks

    @api.model
    def _may_move_on(self, vals):
        """Return whether values that are about to be written can move deals to another stage, or win them."""
        return "stage_id" in vals or vals.get("won_status") == WON

    @api.model
    def _target_of(self, vals):
        """Return the stage of the ledger to which values that are about to be written move deals."""
        if vals.get("won_status") == WON:
            return WON_STAGE
        return self._stage_from_value(vals["stage_id"])

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
            if lead.won_status == WON:
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
        value = self._with_integer_ids({"stage_id": value})["stage_id"]
        stages = self.env["crm.pipeline.reader"]._read_context().stages
        # Odoo writes NULL for a value that is no integer.
        return stages.get(value, NO_STAGE) if type(value) is int else NO_STAGE

    def _put_there_by_team(self, vals, target):
        """Return those of the deals that go to a team without their present stage, and to the stage that Odoo chooses.

        A form sends this stage along. Another stage is a choice of the person.

        :param dict vals: values about to be written
        :param target: the stage of the ledger in them
        """
        if vals.keys().isdisjoint(("team_id", "user_id")):
            return self.browse()
        places = {}

        def new_place(lead):
            """Return the new team of a deal and the stage that Odoo chooses in this team."""
            kind = (lead.team_id, lead.user_id, lead.company_id, lead.type)
            if kind not in places:
                new_values = {name: vals[name] for name in ("team_id", "user_id") if name in vals}
                draft = self.new({**new_values, "stage_id": False}, origin=lead)
                if "team_id" not in vals:
                    # Odoo derives the team from the new salesperson, the present team and the type.
                    draft._compute_team_id()
                draft._compute_stage_id()
                places[kind] = draft.team_id._origin.id, draft.stage_id._origin.id
            return places[kind]

        def is_put_there(lead):
            team_id, stage_id = new_place(lead)
            loses_stage = bool(team_id) and not self._stage_from_value(lead.stage_id.id).is_available_to(team_id)
            return loses_stage and stage_id == target.id

        return self.filtered(is_put_there)

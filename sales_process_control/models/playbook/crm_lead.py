import logging

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from ...const import GROUP_SALES_MANAGER, PREFETCH_FOR_DISPLAY
from ...ledger import NO_STAGE, Stage, left_behind
from ..recording.crm_pipeline_loader import is_loading
from .crm_pipeline_reader import RULES
from .free_moves import are_moves_free, free_moves
from .leavings import Leaving, Question

#: What the button in the message of a stop runs.
RECORD_ACTION = "sales_process_control.crm_lead_leaving_action_record"
MOVE_ANYWAY_ACTION = "sales_process_control.crm_lead_leaving_action_pass"
#: Any won stage: which one it will be is Odoo's choice, and makes no difference.
WON_STAGE = Stage(-1, "", 0, is_won=True)


class CrmLead(models.Model):
    """What a stage says when a person moves a deal on: nothing, a warning, or a stop.

    It is asked before anything is written, so that a stop leaves no trace.
    """

    _inherit = "crm.lead"

    stage_pass_ids = fields.One2many("crm.stage.pass", "lead_id", "Passes", readonly=True, copy=False)
    # Asked at each merge: most deals have no pass, and then none has to be looked for.
    was_passed = fields.Boolean(
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        help="A sales manager let the opportunity leave a stage with required steps open.",
    )

    # ------------------------------------------------------------
    # THE WAYS ON
    # ------------------------------------------------------------

    def write(self, vals):
        if "was_passed" in vals and not self.env.su:
            vals = {name: value for name, value in vals.items() if name != "was_passed"}
        leavings = self._ask_to_leave([(self, vals)]) if "stage_id" in vals else []
        result = super().write(vals)
        self._warn_of_open_steps(leavings)
        return result

    def web_save_multi(self, vals_list, specification):
        """Ask once for all deals, instead of deal by deal as they are written."""
        changes = [(lead, vals) for lead, vals in zip(self, vals_list, strict=False) if "stage_id" in vals]
        if not changes:
            return super().web_save_multi(vals_list, specification)
        leavings = self._ask_to_leave(changes)
        with free_moves(self.env.cr):
            result = super().web_save_multi(vals_list, specification)
        self._warn_of_open_steps(leavings)
        return result

    def action_set_won(self):
        """Ask once for all deals, lost ones included: a win is a win."""
        leavings = self._ask_to_win()
        with free_moves(self.env.cr):
            result = super().action_set_won()
        self._warn_of_open_steps(leavings)
        return result

    def action_pass_stage(self):
        """Open the dialog in which a sales manager lets these deals leave their stages.

        Where to is a key of the context: `pass_stage_id`, the number of a stage; without it they are to be won.

        :raises AccessError: for anybody but a sales manager who may write the deals
        :raises UserError: for a deal or a stage that was deleted meanwhile
        """
        stage_id = self.env.context.get("pass_stage_id") or None
        if not self or (stage_id and self._stage_to(stage_id) is NO_STAGE):
            raise UserError(self.env._("This stage was deleted meanwhile. Load the page once more."))
        return self.env["crm.stage.pass.dialog"]._open_for(self, self.env["crm.stage"].browse(stage_id))

    # ------------------------------------------------------------
    # WHAT IS NO MOVE OF A PERSON
    # ------------------------------------------------------------

    @api.model
    def load(self, fields, data):
        """An import is never held. What it is is known here: a key of the context could be set by anybody."""
        with free_moves(self.env.cr):
            return super().load(fields, data)

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        with free_moves(self.env.cr):
            return super()._merge_opportunity(user_id, team_id, auto_unlink, max_length)

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        if any(opportunities.mapped("was_passed")):
            # In superuser mode: nobody may write passes, and who merges deals need not be able to read all of them.
            opportunities.sudo().stage_pass_ids.lead_id = self.sudo()
            self.sudo().was_passed = True
        return result

    # ------------------------------------------------------------
    # WHAT A STAGE SAYS
    # ------------------------------------------------------------

    @api.model
    def _ask_to_leave(self, changes):
        """Ask the stages of deals whether they may be left as somebody is about to.

        :param changes: [(deals, what is about to be written into them)]
        :return: the deals that leave with a warning, as a list of :class:`Leaving`
        :raises RedirectWarning: for a stop that the person can do something about
        :raises UserError: for any other stop
        """
        has_rules = self.env["crm.pipeline.reader"]._read_context().extras[RULES]
        if not has_rules or self._is_moved_by_nobody():
            return []
        questions = [question for leads, vals in changes for question in leads._asked_by(vals)]
        targets = {self._stage_to(vals["stage_id"]).id for _leads, vals in changes}
        way_on = {"pass_stage_id": targets.pop()} if len(targets) == 1 and None not in targets else None
        return self.browse().concat(*(leads for leads, _vals in changes))._hold(questions, way_on)

    def _ask_to_win(self):
        """The same as :meth:`_ask_to_leave` for deals that somebody is about to win."""
        return [] if self._is_moved_by_nobody() else self._hold(self._asked_by_win(), {})

    def _is_moved_by_nobody(self):
        """Whether what happens now is no move of a person: a job, an import, another program in superuser mode."""
        cr = self.env.cr
        return self.env.su or are_moves_free(cr) or is_loading(cr)

    def _hold(self, questions, way_on):
        """Raise if one of these deals is stopped.

        :param questions: see :meth:`_asked_by`
        :param way_on: what the pass needs to know to move these deals, as keys of the context; None if it cannot
        :return: the deals that leave with a warning, as a list of :class:`Leaving`
        """
        leavings = self._leavings(questions)
        stopped = [leaving for leaving in leavings if leaving.is_stopped]
        if stopped:
            # Who may not write a deal learns nothing of it.
            self.check_access("write")
            self._stop(stopped, way_on)
        return leavings

    @api.model
    def _leavings(self, questions):
        """Where deals leave required steps open, as a list of :class:`Leaving`."""
        steps = self.env["crm.stage.step"]._open_required_of(questions)
        return [
            Leaving(lead, self.env["crm.stage"].browse(stage_id), steps[lead.id, stage_id])
            for lead, stage_id, _must_have_stayed in questions
            if (lead.id, stage_id) in steps
        ]

    def _stop(self, stopped, way_on):
        """Say why nothing is moved, and offer what the person can do.

        :param stopped: list of :class:`Leaving`
        :param way_on: see :meth:`_hold`
        :raises RedirectWarning: to a sales manager, who may let it pass, and for a single deal, of which more can be
            recorded
        :raises UserError: for several deals
        """
        can_pass = way_on is not None and self.env.user.has_group(GROUP_SALES_MANAGER)
        message = self.env["crm.leaving.words"]._stop(stopped, can_pass, is_batch=len(self) > 1)
        deals = self if can_pass else stopped[0].lead
        context = {"active_model": self._name, "active_id": deals.ids[0], "active_ids": deals.ids}
        find = self.env["ir.model.data"]._xmlid_to_res_id
        if can_pass:
            stop = RedirectWarning(message, find(MOVE_ANYWAY_ACTION), self.env._("Move Anyway"), {**context, **way_on})
        elif len({leaving.lead for leaving in stopped}) == 1:
            open_steps = [step_id for leaving in stopped for step_id in leaving.open_steps]
            if len(open_steps) == 1:
                context["default_step_id"] = open_steps[0]
            stop = RedirectWarning(message, find(RECORD_ACTION), self.env._("Record Progress"), context)
        else:
            stop = UserError(message)
        # So the form knows that it has to show the stage again that the deal is in.
        stop.context = {"is_leaving_stop": True}
        # It is no fault that the log has to tell of, with a traceback at that.
        stop.loglevel = logging.INFO
        raise stop

    def _warn_of_open_steps(self, leavings):
        """Tell the person once, wherever he is, that deals have left their stages with required steps open."""
        if leavings:
            self.env.user._bus_send(
                "simple_notification",
                {
                    "type": "warning",
                    "title": self.env._("Required sales actions are open"),
                    "message": self.env["crm.leaving.words"]._warning(leavings),
                    "sticky": True,
                },
            )

    # ------------------------------------------------------------
    # WHO GOES ON
    # ------------------------------------------------------------

    def _asked_by(self, vals):
        """What stages are asked about these deals, as a list of :class:`Question`.

        Whether a deal is open makes no difference: else it would be lost or archived to be moved, and brought back.

        :param dict vals: what is about to be written, with a stage
        """
        target = self._stage_to(vals["stage_id"])
        questions = self._questions(target)
        if questions and not target.is_won:
            forced = self.browse().concat(*(question.lead for question in questions))._forced_out(vals)
            questions = [question for question in questions if question.lead not in forced]
        return questions

    def _asked_by_win(self):
        """The same as :meth:`_asked_by` where deals are won."""
        return self._questions(WON_STAGE)

    def _questions(self, target):
        context = self.env["crm.pipeline.reader"]._read_context()
        stages = [context.stages[stage_id] for stage_id in context.extras[RULES]]
        if not stages:
            return []
        questions = []
        for lead in self:
            # Won is won, wherever it is put from there.
            if lead.won_status == "won":
                continue
            place = context.stages.get(lead.stage_id.id, NO_STAGE)
            is_deal = lead.type == "opportunity"
            questions += [
                Question(lead, stage.id, not is_deal or stage.id != place.id)
                for stage in left_behind(place, target, lead.team_id.id or None, stages)
            ]
        return questions

    @api.model
    def _stage_to(self, value):
        """The stage that is meant by a value as it comes through RPC, for the ledger; NO_STAGE if it is none."""
        if isinstance(value, tuple):
            value = value[0] if value else None
        stages = self.env["crm.pipeline.reader"]._read_context().stages
        # Odoo takes whatever is no number for none.
        return stages.get(value, NO_STAGE) if type(value) is int else NO_STAGE

    def _forced_out(self, vals):
        """Those of the deals that cannot stay in their stage, as they come to a team that does not have it."""
        if vals.keys().isdisjoint(("team_id", "user_id")):
            return self.browse()
        team_by_kind = {}

        def new_team_id(lead):
            if "team_id" in vals:
                return vals["team_id"]
            # The salesperson's team follows from him, from the present team and from the kind of deal.
            kind = (lead.team_id, lead.type)
            if kind not in team_by_kind:
                draft = self.new({"user_id": vals["user_id"]}, origin=lead)
                draft._compute_team_id()
                team_by_kind[kind] = draft.team_id._origin.id
            return team_by_kind[kind]

        def is_forced(lead):
            place = self._stage_to(lead.stage_id.id)
            return bool(team_id := new_team_id(lead)) and not place.is_available_to(team_id)

        return self.filtered(is_forced)

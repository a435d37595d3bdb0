import logging
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from ..ledger import Stage, goes_on
from .crm_pipeline_loader import LOADING
from .free_moves import are_moves_free, free_moves

#: What the button in the message of a stop runs.
RECORD_ACTION = "sales_process_control.crm_lead_leaving_action_record"
MOVE_ANYWAY_ACTION = "sales_process_control.crm_lead_leaving_action_pass"


class Leaving(NamedTuple):
    """A deal that goes on from a stage with a rule while required steps of it are open.

    :param lead: the deal
    :param stage: the stage that it leaves
    :param steps: names of its open steps
    """

    lead: models.BaseModel
    stage: models.BaseModel
    steps: list[str]

    @property
    def is_stopped(self) -> bool:
        return self.stage.leaving_rule == "stop"


class CrmLead(models.Model):
    """What a stage says when a person moves a deal on: nothing, a warning, or a stop.

    It is asked before anything is written, so that a stop leaves no trace.
    """

    # Beside what crm_lead.py does for the ledgers: another matter.
    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    stage_pass_ids = fields.One2many("crm.stage.pass", "lead_id", "Passes", readonly=True, copy=False)

    # ------------------------------------------------------------
    # THE WAYS ON
    # ------------------------------------------------------------

    def write(self, vals):
        leavings = self._ask_to_leave([(self, vals)]) if vals.get("stage_id") else []
        result = super().write(vals)
        self._warn_of_open_steps(leavings)
        return result

    def web_save_multi(self, vals_list, specification):
        """Ask once for all deals, instead of deal by deal as they are written."""
        changes = [(lead, vals) for lead, vals in zip(self, vals_list, strict=False) if vals.get("stage_id")]
        if not changes:
            return super().web_save_multi(vals_list, specification)
        leavings = self._ask_to_leave(changes)
        with free_moves(self.env.cr):
            result = super().web_save_multi(vals_list, specification)
        self._warn_of_open_steps(leavings)
        return result

    def action_set_won(self):
        """Ask once for all deals; of those that are closed, which Odoo opens on its way, nothing is asked."""
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
        stage = self.env["crm.stage"].browse(self.env.context.get("pass_stage_id") or [])
        if not self or stage != stage.exists():
            raise UserError(self.env._("This stage was deleted meanwhile. Load the page once more."))
        return self.env["crm.stage.pass.dialog"]._open_for(self, stage)

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
        # In superuser mode: nobody may write passes, and who may merge deals need not be able to read all of them.
        opportunities.sudo().stage_pass_ids.lead_id = self.sudo()
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
        if self._is_moved_by_nobody():
            return []
        going = [leads._going_on(vals) for leads, vals in changes]
        targets = {vals["stage_id"] for _leads, vals in changes}
        way_on = {"pass_stage_id": targets.pop()} if len(targets) == 1 else None
        none = self.browse()
        return none.concat(*(leads for leads, _vals in changes))._hold(none.concat(*going), way_on)

    def _ask_to_win(self):
        """The same as :meth:`_ask_to_leave` for deals that somebody is about to win."""
        if self._is_moved_by_nobody():
            return []
        return self._hold(self._in_stages_with_rules().filtered(lambda lead: lead._is_open_deal()), {})

    def _is_moved_by_nobody(self):
        """Whether what happens now is no move of a person: a job, an import, another program in superuser mode."""
        cr = self.env.cr
        return self.env.su or are_moves_free(cr) or LOADING in cr.postcommit.data

    def _hold(self, going, way_on):
        """Raise if one of the deals that go on is stopped.

        :param going: those of these deals that go on from a stage with a rule
        :param way_on: what the pass needs to know to move these deals, as keys of the context; None if it cannot
        :return: the deals that leave with a warning, as a list of :class:`Leaving`
        """
        leavings = going._leavings()
        stopped = [leaving for leaving in leavings if leaving.is_stopped]
        if stopped:
            # Who may not write a deal learns nothing of it.
            self.check_access("write")
            self._stop(stopped, way_on)
        return leavings

    def _leavings(self):
        """Those of the deals that leave required steps open, as a list of :class:`Leaving`."""
        if not self:
            return []
        steps = self.env["crm.stage.step"]._open_required_of(self)
        return [Leaving(lead, lead.stage_id, steps[lead.id]) for lead in self if lead.id in steps]

    def _stop(self, stopped, way_on):
        """Say why nothing is moved, and offer what the person can do.

        :param stopped: list of :class:`Leaving`
        :param way_on: see :meth:`_hold`
        :raises RedirectWarning: to a sales manager, who may let it pass, and for a single deal, of which more can be
            recorded
        :raises UserError: for several deals
        """
        can_pass = way_on is not None and self.env.user.has_group("sales_team.group_sale_manager")
        message = self.env["crm.leaving.words"]._stop(stopped, can_pass)
        deals = self if can_pass else stopped[0].lead
        context = {"active_model": self._name, "active_id": deals.ids[0], "active_ids": deals.ids}
        find = self.env["ir.model.data"]._xmlid_to_res_id
        if can_pass:
            stop = RedirectWarning(message, find(MOVE_ANYWAY_ACTION), self.env._("Move Anyway"), {**context, **way_on})
        elif len(self) == 1:
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

    def _going_on(self, vals):
        """Those of the deals that go on from a stage with a rule by what is about to be written into them.

        :param dict vals: values with a stage
        """
        held = self._in_stages_with_rules()
        if not held:
            return held
        target = self.env["crm.stage"].browse(vals["stage_id"])
        # Odoo gives back to the pipeline what is put into a won stage.
        is_closing = not vals.get("active", True) and not target.is_won
        if is_closing or vals.get("type", "opportunity") != "opportunity":
            return self.browse()
        new, forced = _as_ledger_stage(target), held._forced_out(vals)
        return held.filtered(
            lambda lead: (
                lead._is_open_deal() and lead not in forced and goes_on(_as_ledger_stage(lead.stage_id), new, {})
            )
        )

    def _in_stages_with_rules(self):
        return self.filtered(
            lambda lead: lead.stage_id.leaving_rule in ("warning", "stop") and not lead.stage_id.is_won
        )

    def _is_open_deal(self):
        return self.type == "opportunity" and self.active and self.won_status == "pending"

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
            teams = lead.stage_id.team_ids
            return bool(teams) and new_team_id(lead) not in (False, None, *teams.ids)

        return self.filtered(is_forced)


def _as_ledger_stage(stage):
    return Stage(stage.id, "", stage.sequence or 0, bool(stage.is_won))

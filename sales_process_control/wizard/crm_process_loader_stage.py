from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.playbook.six_stage_process import SIX_STAGES
from ..models.recording.text_lists import joined_names
from ..models.recording.used_records import used_records
from ..models.screen.crm_screen_block import OPEN_DEAL

#: What becomes of a stage that a team does not use any more.
LEFT_TO_OTHERS, DELETED, FOLDED = "left_to_others", "deleted", "folded"
#: So many deals are moved at once.
MOST_DEALS = 5000
#: So many teams are looked at, and so many are named.
MOST_TEAMS = 10000
MOST_NAMES = 3


class CrmProcessLoaderStage(models.TransientModel):
    """A stage that a team does not use any more once it has the six stages.

    A stage without teams is one of all teams, also of those that are made later: Odoo cannot hide it from one of them.
    While other teams are active it becomes a stage of all the others. Without others it is deleted if no opportunity
    was ever in it, and folded otherwise.
    """

    _name = "crm.process.loader.stage"
    _description = "Stage That Is Hidden"
    _order = "sequence, id"

    loader_id = fields.Many2one("crm.process.loader", required=True, ondelete="cascade", index=True)
    stage_id = fields.Many2one("crm.stage", required=True, ondelete="cascade")
    sequence = fields.Integer(related="stage_id.sequence", store=True)
    deal_count = fields.Integer(
        "Open Opportunities", compute="_compute_deal_count", help="Open opportunities of the team in this stage."
    )
    outcome = fields.Char("What Happens to the Stage", compute="_compute_outcome")
    target = fields.Selection(
        "_selection_target",
        "Move Opportunities To",
        help="The stage to which the open opportunities of the team are moved. If empty, they stay in their stage.",
    )

    @api.model
    def _selection_target(self):
        return [(str(place), self.env._(plan.name)) for place, plan in enumerate(SIX_STAGES) if not plan.is_won]

    @api.depends("stage_id", "loader_id.team_id")
    def _compute_deal_count(self):
        for loader, lines in self.grouped("loader_id").items():
            domain = OPEN_DEAL & Domain("team_id", "=", loader.team_id.id)
            domain &= Domain("stage_id", "in", lines.stage_id.ids)
            counts = dict(self.env["crm.lead"]._read_group(domain, ["stage_id"], ["__count"]))
            for line in lines:
                line.deal_count = counts.get(line.stage_id, 0)

    @api.depends("stage_id", "loader_id.team_id")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_outcome(self):
        for loader, lines in self.grouped("loader_id").items():
            others = lines._other_teams(loader.team_id)
            used = used_records(lines.stage_id)
            # Only names of teams that the reader may read.
            shown = self.env["crm.team"].search([("id", "!=", loader.team_id.id)], limit=MOST_TEAMS)
            for line in lines:
                line.outcome = line._describe(others, used, shown)

    def _describe(self, others, used, shown):
        """Return what becomes of the stage, as a sentence. See :meth:`_outcome_of`.

        :param shown: teams whose names the reader may read
        """
        outcome = self._outcome_of(others, used)
        if outcome == DELETED:
            return self.env._("Deleted: it never had opportunities.")
        if outcome == FOLDED:
            return self.env._("Folded in the pipeline: it had opportunities.")
        teams = self.stage_id.team_ids - self.loader_id.team_id if self.stage_id.team_ids else others
        names = joined_names(self.env, (shown & teams)[:MOST_NAMES].mapped("name")) or self.env._("other teams")
        if self.stage_id.team_ids:
            return self.env._("Kept for %s.", names)
        return self.env._(
            "Kept for %s and the other present teams. It is not offered to teams that are created later, and to "
            "opportunities without a team.",
            names,
        )

    # ------------------------------------------------------------
    # HIDING
    # ------------------------------------------------------------

    def _move_deals(self, stages):
        """Move the open opportunities of the team from these stages to where the user has chosen.

        :param list stages: the six stages
        :return: how many were moved
        :rtype: int
        :raises UserError: for too many opportunities, and if the stage gate blocks a move
        """
        moved = 0
        for target, lines in self.filtered("target").grouped("target").items():
            domain = OPEN_DEAL & Domain("team_id", "=", self.loader_id.team_id.id)
            domain &= Domain("stage_id", "in", lines.stage_id.ids)
            deals = self.env["crm.lead"].search(domain, limit=MOST_DEALS + 1)
            if len(deals) > MOST_DEALS:
                raise UserError(
                    self.env._("More than %s opportunities would move at once. Keep them in their stage.", MOST_DEALS)
                )
            deals.stage_id = stages[int(target)]
            moved += len(deals)
        return moved

    def _hide(self):
        """Hide the stages from the team.

        :return: how many stages were hidden
        :rtype: int
        """
        team = self.loader_id.team_id
        # Only teams and stages of opportunities decide what is possible, whoever may read them.
        others, used = self._other_teams(team), used_records(self.stage_id)
        # sudo: see below. Archived teams keep the stage, too.
        teams = self.env["crm.team"].sudo().with_context(active_test=False)
        every = teams.search([("id", "!=", team.id)], limit=MOST_TEAMS)
        gone = self.env["crm.stage"]
        # Odoo keeps one value for all users: the teams were read with the rights of this one.
        self.stage_id.invalidate_recordset(["team_ids"])
        for line in self:
            outcome, stage = line._outcome_of(others, used), line.stage_id
            if outcome == DELETED:
                gone |= stage
            elif outcome == FOLDED:
                stage.fold = True
            else:
                stage.check_access("write")
                # sudo: teams of other companies keep the stage, too; their ids are written, nothing is shown.
                kept = stage.sudo().team_ids - team.sudo() or every
                stage.sudo().team_ids = [Command.set(kept.ids)]
        hidden = len(self)
        gone.unlink()
        return hidden

    def _outcome_of(self, others, used):
        """Return what becomes of the stage.

        :param others: active teams beside the one that gets the process
        :param used: stages that opportunities are in, or have been in
        """
        if others or self.stage_id.sudo().team_ids:  # sudo: only whether the stage is one of other teams is read
            return LEFT_TO_OTHERS
        return FOLDED if self.stage_id in used else DELETED

    def _other_teams(self, team):
        """Return the active teams of all companies beside one, in superuser mode."""
        # sudo: a stage is shared by all companies, so that the teams of each decide what can become of it.
        return self.env["crm.team"].sudo().search([("id", "!=", team.id)], limit=MOST_TEAMS)

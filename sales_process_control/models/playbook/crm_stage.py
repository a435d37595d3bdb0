from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...const import GROUP_INTERNAL, GROUP_SALESPERSON, PREFETCH_FOR_DISPLAY

NO_RULE = "nothing"
WARNING = "warning"
STOP = "stop"
#: What happens when a person moves a deal on from a stage whose required steps are open.
LEAVING_RULES = [
    (NO_RULE, "Nothing"),
    (WARNING, "A warning"),
    (STOP, "A stop"),
]


class CrmStage(models.Model):
    _inherit = "crm.stage"

    step_ids = fields.One2many(
        "crm.stage.step",
        "stage_id",
        "Sales Actions",
        copy=True,
        # Users without sales rights may read stages, but not sales actions.
        groups=GROUP_SALESPERSON,
        help="What is to be done with an opportunity while it is in this stage.",
    )
    leaving_rule = fields.Selection(
        LEAVING_RULES,
        "Left With Required Steps Open",
        required=True,
        prefetch=PREFETCH_FOR_DISPLAY,
        default=NO_RULE,
        groups=GROUP_INTERNAL,
        help="What happens when a person moves an opportunity on, or wins it, while required sales actions of this "
        "stage are open.\n"
        "- A warning: it is moved, and the user sees which are open.\n"
        "- A stop: it stays where it is, unless a sales manager approves the move with a reason.\n"
        "Losing, moving back, another team and scheduled jobs are never concerned. In imports of files a stop is an "
        "error of the row, and there are no warnings. A merge is a move to the stage of the opportunity that stays.",
    )

    @api.constrains("team_ids")
    def _check_teams_of_steps(self):
        """Refuse to take a team away from a stage that has sales actions of the team.

        :raises ValidationError: for such a stage
        """
        # sudo: sales actions of teams of other companies count, too. The message names a team only to its readers.
        for step in self.sudo().step_ids._without_deals():
            raise ValidationError(
                self.env._(
                    "%(team)s has sales actions of its own in %(stage)s: delete or archive them before you take "
                    "the team away from this stage.",
                    team=step._readable_team_name() or self.env._("A team of another company"),
                    stage=step.stage_id.name,
                )
            )

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...const import GROUP_INTERNAL, GROUP_SALESPERSON, PREFETCH_FOR_DISPLAY

NO_RULE = "nothing"
WARNING = "warning"
STOP = "stop"
#: What happens when a person moves a deal on from a stage whose required steps are open.
LEAVING_RULES = [
    (NO_RULE, "Allow"),
    (WARNING, "Warn"),
    (STOP, "Block"),
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
        help="The sales actions for opportunities in this stage.",
    )
    leaving_rule = fields.Selection(
        LEAVING_RULES,
        "If Required Sales Actions Are Missing",
        required=True,
        prefetch=PREFETCH_FOR_DISPLAY,
        default=NO_RULE,
        groups=GROUP_INTERNAL,
        help="What happens if a user moves an opportunity forward or wins it while required sales actions of this "
        "stage are missing.\n"
        "- Allow: the opportunity is moved.\n"
        "- Warn: the opportunity is moved, and the user sees which sales actions are missing.\n"
        "- Block: the opportunity stays in its stage, unless a sales manager approves the move with a reason; rows "
        "of a file import get an error.",
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
                    "%(team)s has its own sales actions in %(stage)s. Delete or archive them before you remove the "
                    "team from this stage.",
                    team=step._readable_team_name() or self.env._("A team of another company"),
                    stage=step.stage_id.name,
                )
            )

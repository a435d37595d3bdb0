from odoo import fields, models

#: What happens when a person moves a deal on from a stage whose required steps are open.
LEAVING_RULES = [
    ("nothing", "Nothing"),
    ("warning", "A warning"),
    ("stop", "A stop"),
]


class CrmStage(models.Model):
    """What a stage expects of the opportunities in it."""

    # Beside what crm_stage.py does for the stage's limit: another matter.
    _inherit = "crm.stage"  # pylint: disable=consider-merging-classes-inherited

    step_ids = fields.One2many("crm.stage.step", "stage_id", "Sales Actions", copy=True)
    leaving_rule = fields.Selection(
        LEAVING_RULES,
        "Left With Required Steps Open",
        required=True,
        default="nothing",
        help="What happens when a person moves an opportunity on, or wins it, while required steps of this stage are "
        "open. Losing, moving back, another team, imports and scheduled jobs are never concerned.",
    )

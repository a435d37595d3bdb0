from odoo import api, fields, models

PACES = [("on_pace", "On pace"), ("slow", "Slow"), ("stalled", "Stalled")]


class CrmLead(models.Model):
    _inherit = "crm.lead"

    progress_ids = fields.One2many("crm.lead.progress", "lead_id", "Progress", readonly=True, copy=False)
    last_progress_at = fields.Datetime(
        "Last Progress",
        readonly=True,
        copy=False,
        help="When something last happened that brings an opportunity forward: an activity marked done, a meeting that "
        "took place, a mail or message from the customer, or a move to a later stage. Moving the expected closing is "
        "none.",
    )
    pace = fields.Selection(
        PACES,
        compute="_compute_pace",
        help="How an open opportunity moves, by the days to rot of its stage, its limit.\n"
        "- On pace: not longer in its stage than the limit.\n"
        "- Slow: longer, but the last progress is no older than as many days, or a next activity is planned. A planned "
        "activity excuses no more once two others have been planned since the limit passed.\n"
        "- Stalled: longer, and neither.\n"
        "Empty where the stage has no limit, and for opportunities that are closed.",
    )
    pace_reason = fields.Char(
        "Reason of the Pace", compute="_compute_pace", help="The facts that make an opportunity slow or stalled."
    )

    @api.depends("stage_id", "stage_entered_at", "last_progress_at", "type", "active", "won_status")
    def _compute_pace(self):
        self.pace = False
        self.pace_reason = False

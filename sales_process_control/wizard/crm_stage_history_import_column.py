from odoo import fields, models

#: A column that is not imported.
IGNORED = "ignored"


class CrmStageHistoryImportColumn(models.TransientModel):
    """A column of the file, and what it means."""

    _name = "crm.stage.history.import.column"
    _inherit = ["crm.write.check.mixin"]
    _description = "Column of a Stage History to Import"
    _order = "index, id"

    import_id = fields.Many2one("crm.stage.history.import", required=True, ondelete="cascade")
    index = fields.Integer(readonly=True)
    heading = fields.Char(readonly=True)
    samples = fields.Char("First Values", readonly=True)
    meaning = fields.Selection(
        [
            (IGNORED, "Ignored"),
            ("deal", "Opportunity, or its ID"),
            ("name", "Opportunity name"),
            ("stage", "Stage"),
            ("stage_entered", "Came into this stage on"),
            ("old_stage", "Stage before"),
            ("at", "Time of the event"),
            ("event", "Event"),
            ("created_at", "Created on"),
            ("won_at", "Won on"),
            ("lost_at", "Lost on"),
            ("closed_at", "Closed on"),
            ("status", "Status"),
            ("lost_reason", "Lost reason"),
            ("amount", "Amount"),
            ("currency", "Currency"),
            ("date_deadline", "Expected closing"),
            ("customer", "Customer"),
            ("salesperson", "Salesperson"),
            ("team", "Sales team"),
            ("deleted", "Deleted"),
            ("field", "Field that has changed"),
        ],
        required=True,
        default=IGNORED,
    )
    stage = fields.Char("Stage of the Heading", readonly=True)

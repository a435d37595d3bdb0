from odoo import fields, models


class CrmStageHistoryImportFault(models.TransientModel):
    """A fault of the file, as the preview lists it."""

    _name = "crm.stage.history.import.fault"
    _inherit = ["crm.write.check.mixin"]
    _description = "Error of a Stage History to Import"
    _order = "id"

    import_id = fields.Many2one("crm.stage.history.import", required=True, ondelete="cascade")
    line = fields.Char(readonly=True, help="Line of the file, counted from 1; empty for the file as a whole.")
    column = fields.Char(readonly=True)
    reason = fields.Char(readonly=True)

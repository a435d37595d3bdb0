from odoo import fields, models


class CrmStageHistoryImportDeal(models.TransientModel):
    """An opportunity as the import will make it, as the preview shows it."""

    _name = "crm.stage.history.import.deal"
    _inherit = ["crm.write.check.mixin"]
    _description = "Opportunity of a Stage History to Import"
    _order = "id"

    import_id = fields.Many2one("crm.stage.history.import", required=True, ondelete="cascade")
    name = fields.Char("Opportunity", readonly=True)
    customer = fields.Char(readonly=True)
    salesperson = fields.Char(readonly=True)
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one(related="import_id.company_id.currency_id")
    course = fields.Char("Stages", readonly=True)

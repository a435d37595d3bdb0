from odoo import fields, models


class CrmHotFlagRevision(models.Model):
    """Former values of a hot flag that was edited. Only the flag writes revisions; users may read them."""

    _name = "crm.hot.flag.revision"
    _description = "Earlier Note of a Hot Flag"
    _rec_name = "note"
    _order = "date desc, id desc"

    flag_id = fields.Many2one("crm.hot.flag", "Hot Flag", required=True, readonly=True, ondelete="cascade", index=True)
    note = fields.Char(readonly=True)
    due_date = fields.Date("Due", readonly=True)
    amount = fields.Monetary(readonly=True, aggregator=None)
    seller_id = fields.Many2one(
        "res.users",
        "Salesperson",
        readonly=True,
        ondelete="set null",
        help="The salesperson of the flag until then; empty in revisions of versions before 19.0.1.12.0.",
    )
    currency_id = fields.Many2one(related="flag_id.currency_id")
    date = fields.Datetime(
        "Until", required=True, readonly=True, help="When the flag was edited. These values were valid until then."
    )
    user_id = fields.Many2one("res.users", "Edited By", readonly=True, ondelete="set null")

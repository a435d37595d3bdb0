from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...const import LARGEST_AMOUNT
from ...ledger import promises
from ..recording.numbers import is_amount

REORDER = "reorder"
PAYMENT = "payment"
OTHER = "other"
KINDS = [
    (promises.SIGN, "Signs"),
    (REORDER, "Orders again"),
    (PAYMENT, "Pays"),
    (OTHER, "Other"),
]
#: Fields that users may edit while a flag is open.
EDITABLE_FIELDS = ("note", "due_date", "amount", "user_id")


class CrmHotFlagMixin(models.AbstractModel):
    """Fields that the hot flag and its dialog have in common.

    A new field of the dialog is declared here, named in :data:`EDITABLE_FIELDS`, and shown in the dialog's view. The
    dialog then raises flags with it and edits it. `REVISED_FIELDS` of the flag names the fields that revisions keep.
    """

    _name = "crm.hot.flag.mixin"
    _description = "Hot Flag Fields"

    note = fields.Char()
    kind = fields.Selection(KINDS, required=True)
    due_date = fields.Date("Due")
    amount = fields.Monetary(help="The amount of the order, contract or payment, if known.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson")

    @api.model
    def _check_amount(self, vals):
        """Check the amount among values as they come through RPC.

        :raises ValidationError: for a negative or very large number, or for a value that is no number
        """
        if not is_amount(vals.get("amount")):
            raise ValidationError(
                self.env._("The amount of a hot flag must be between 0 and %s.", f"{LARGEST_AMOUNT:,}")
            )

    def _editable_values(self):
        """Return the values of the editable fields by name, as `write` and JSON accept them.

        :rtype: dict
        """
        self.ensure_one()
        values = {name: self._fields[name].convert_to_write(self[name], self) for name in EDITABLE_FIELDS}
        return {
            name: fields.Date.to_string(value) if isinstance(value, date) else value for name, value in values.items()
        }

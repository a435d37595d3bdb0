from odoo import models


class CrmWriteCheckMixin(models.AbstractModel):
    """Checks the right to write after a write, too.

    Odoo checks the record rules before it only, so that a user could give a record to a company, or to the dialog of
    another user, whose records the user may not write.
    """

    _name = "crm.write.check.mixin"
    _description = "Records Whose Rules Hold after a Write"

    def write(self, vals):
        result = super().write(vals)
        self.check_access("write")
        return result

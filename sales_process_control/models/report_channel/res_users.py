from odoo import api, models
from odoo.exceptions import UserError


class ResUsers(models.Model):
    """A user whose rights say what report channels show."""

    _inherit = "res.users"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reader_of_channel(self):
        # sudo: the names of channels of all companies, whose rows would be left without a reader.
        channels = self.env["crm.report.destination"].sudo().search([("reader_id", "in", self.ids)], limit=3)
        if channels:
            raise UserError(
                self.env._(
                    "The rights of this user say what report channels show: %s. Have another sales manager change or "
                    "delete them first, or archive the user.",
                    ", ".join(channels.mapped("name")),
                )
            )

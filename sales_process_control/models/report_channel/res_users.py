from odoo import api, models


class ResUsers(models.Model):
    """A user whose rights say what report channels show."""

    _inherit = "res.users"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reader_of_channel(self):
        self.env["crm.report.destination"]._check_unused(
            [("reader_id", "in", self.ids)],
            self.env._(
                "The rights of this user say what report channels show: %s. Have another sales manager change or "
                "delete these first, or archive the user."
            ),
        )

from odoo import api, models


class ResUsers(models.Model):
    """A user whose rights say what report channels show."""

    _inherit = "res.users"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reader_of_channel(self):
        self.env["crm.report.destination"]._check_unused(
            [("reader_id", "in", self.ids)],
            self.env._(
                "Report channels show what this user may read: %s. Another sales manager must change or delete these "
                "channels first, or archive the user."
            ),
        )

from odoo import api, models
from odoo.exceptions import UserError


class CrmTeam(models.Model):
    """A team of which digests go to a channel."""

    _inherit = "crm.team"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shown_in_channel(self):
        # Without its team, a channel would show all deals of the company.
        # sudo: the names of channels of all companies, whose rows would be left without a team.
        channels = self.env["crm.report.destination"].sudo().search([("team_id", "in", self.ids)], limit=3)
        if channels:
            raise UserError(
                self.env._(
                    "Digests of the team go to report channels: %s. Delete them or choose another team for them first, "
                    "or archive the team.",
                    ", ".join(channels.mapped("name")),
                )
            )

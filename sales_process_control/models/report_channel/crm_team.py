from odoo import api, models


class CrmTeam(models.Model):
    """A team of which digests go to a channel."""

    _inherit = "crm.team"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shown_in_channel(self):
        # Without its team, a channel would show all deals of the company.
        self.env["crm.report.destination"]._check_unused(
            [("team_id", "in", self.ids)],
            self.env._(
                "Digests of the team are sent to report channels: %s. Delete these channels or choose another team "
                "for them first, or archive the team."
            ),
        )

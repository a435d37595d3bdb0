from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    weekly_report_for_leaders = fields.Boolean(related="company_id.weekly_report_for_leaders", readonly=False)

    def action_preview_weekly_report(self):
        """Show the current user the report of the last week, as the mail shows it."""
        return self.env.user.action_preview_weekly_report()

    def action_send_weekly_report(self):
        """Send the current user the report of the last week now."""
        return self.env.user.action_send_weekly_report()

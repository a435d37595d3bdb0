from odoo import fields, models
from odoo.exceptions import AccessError

from ...const import GROUP_SALESPERSON
from .weekly_scope import OF_OWN, OF_TEAM

NO_REPORT = "none"
KINDS = [(NO_REPORT, "No report"), (OF_OWN, "My own deals"), (OF_TEAM, "The teams that I lead")]


class ResUsers(models.Model):
    _inherit = "res.users"

    weekly_report = fields.Selection(
        KINDS,
        groups=GROUP_SALESPERSON,
        help="The report that comes by email on Monday morning. If empty, the setting of the company decides whether "
        "leaders of sales teams get the report of their teams.",
    )

    @property
    def SELF_READABLE_FIELDS(self):  # noqa: N802
        return [*super().SELF_READABLE_FIELDS, "weekly_report"]

    @property
    def SELF_WRITEABLE_FIELDS(self):  # noqa: N802
        return [*super().SELF_WRITEABLE_FIELDS, "weekly_report"]

    def action_preview_weekly_report(self):
        """Show the current user the report of the last week, as the mail shows it.

        :raises AccessError: for another user
        """
        return self._make_weekly_sample().action_open()

    def action_send_weekly_report(self):
        """Send the current user the report of the last week now.

        :raises AccessError: for another user
        :raises UserError: if the user has no address
        """
        report = self._make_weekly_sample()
        report._send_sample()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("The report is being sent to %s.", self.env.user.email),
                "type": "success",
            },
        }

    def _make_weekly_sample(self):
        """Return a sample of the report that the current user gets, or could get."""
        if self and self != self.env.user:
            raise AccessError(self.env._("You can only create your own report."))
        user = self.env.user
        kind = user.sudo().weekly_report  # sudo: the user's own preference
        if kind not in (OF_OWN, OF_TEAM):
            kind = OF_TEAM if user._led_teams() else OF_OWN
        return self.env["crm.weekly.report"]._make_sample(kind)

    def _led_teams(self):
        """Return the sales teams that this user leads, in companies that he may enter."""
        self.ensure_one()
        # sudo: which teams a user leads is no secret to the user; only the caller's own report is made of it.
        teams = self.env["crm.team"].sudo().search([("user_id", "=", self.id)])
        return teams.filtered(self._may_enter).with_env(self.env)

    def _may_enter(self, team):
        """Return whether this user may enter the company of a sales team.

        :param team: a team, in superuser mode
        """
        return not team.company_id or team.company_id in self.sudo().company_ids  # sudo: only compared

    def _weekly_kind(self):
        """Return which report this user gets: OF_TEAM, OF_OWN or NO_REPORT. The own choice comes first."""
        self.ensure_one()
        if self.weekly_report:
            return self.weekly_report
        return OF_TEAM if self.company_id.weekly_report_for_leaders else NO_REPORT

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...const import GROUP_SALES_MANAGER


class CrmHotFlag(models.Model):
    """Whose promise a hot flag is: its salesperson and its team."""

    _inherit = "crm.hot.flag"

    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        ondelete="set null",
        help="The team of the opportunity or of the salesperson when the flag was raised. Empty if that team belongs "
        "to another company.",
    )

    @api.depends("company_id")
    def _compute_team_id(self):
        """Leave out a team of another company, as when the deal has gone there."""
        for flag in self:
            team, lead = flag.team_id, flag._source_of_computes("lead_id")
            if not flag._fits(team, flag.company_id):
                team = lead.team_id if flag._fits(lead.team_id, flag.company_id) else False
            flag.team_id = team

    @api.model
    def _fits(self, team, company):
        """Return whether a flag of a company may have a team."""
        return not team.company_id or not company or team.company_id == company

    def _check_owner(self, vals):
        """Check the salesperson and the team that a user writes on these flags.

        A promise counts for its salesperson, so that only sales managers give a flag to somebody else.

        :raises AccessError: for another salesperson by a user who is no sales manager, and for a hidden team
        :raises ValidationError: for a team of another company
        """
        is_handed_over = "user_id" in vals and self._is_changed("user_id", vals["user_id"])
        if is_handed_over and not self.env.user.has_group(GROUP_SALES_MANAGER):
            raise AccessError(self.env._("Only sales managers can assign a hot flag to another salesperson."))
        for company in self.company_id or [self.company_id]:
            self._check_team(vals, company)

    @api.model
    def _check_team(self, vals, company):
        """Check the team that a user gives to a flag of a company.

        :raises AccessError: for a team that the user may not read
        :raises ValidationError: for a team of another company
        """
        if self.env.su or not vals.get("team_id"):
            return
        team = self.env["crm.team"].browse(vals["team_id"])
        team.check_access("read")
        if not self._fits(team, company):
            raise ValidationError(self.env._("%s is a sales team of another company.", team.name))

from math import ceil

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_SALESPERSON
from ...ledger import outcomes

#: A limit is suggested from this number of visits on (docs/definitions.md, Stage limit).
FEWEST_VISITS = 20


class CrmStage(models.Model):
    _inherit = "crm.stage"

    suggested_limit_days = fields.Integer(
        "Suggested Limit",
        compute="_compute_suggested_limit",
        # Users without sales rights may read stages, but not visits.
        groups=GROUP_SALESPERSON,
        help="Days within which eight of ten opportunities that went on from here had done so: those that advanced or "
        "were won, skips and corrections left out. Empty under 20 visits.",
    )
    suggested_limit_stays = fields.Integer(
        "Visits Behind the Suggestion",
        compute="_compute_suggested_limit",
        groups=GROUP_SALESPERSON,
        help="How many visits that advanced or were won the suggested limit rests on.",
    )

    suggested_limit_text = fields.Char("Suggestion", compute="_compute_suggested_limit_text", groups=GROUP_SALESPERSON)

    @api.depends("team_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_suggested_limit(self):
        for stage in self:
            count, days = stage._read_dwell_decile() if stage._origin and not stage.is_won else (0, None)
            stage.suggested_limit_stays = count
            stage.suggested_limit_days = max(ceil(days), 1) if count >= FEWEST_VISITS else 0

    @api.depends("suggested_limit_days", "suggested_limit_stays")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_suggested_limit_text(self):
        for stage in self:
            stage.suggested_limit_text = stage._suggestion() if stage.suggested_limit_days else False

    def _suggestion(self):
        """Return the text of the suggested limit."""
        days, visits = self.suggested_limit_days, self.suggested_limit_stays
        if days == 1:
            return self.env._("Suggested limit: 1 day (from %s visits)", visits)
        return self.env._("Suggested limit: %(days)s days (from %(visits)s visits)", days=days, visits=visits)

    def _read_dwell_decile(self):
        """Return the number of the stage's visits that advanced or were won, and the eighth decile of their duration.

        Only visits that the user may read count.

        :return: (number of visits, calendar days or None without visits)
        """
        domain = Domain("stage_id", "=", self._origin.id) & Domain("outcome", "in", outcomes.WENT_ON)
        # A stage that belongs to one team now may have visits of other teams from before.
        if len(self.team_ids) == 1:
            domain &= Domain("team_id", "=", self.team_ids._origin.id)
        visit = self.env["crm.stage.visit"]
        query = visit._search(domain)
        days = visit._field_to_sql(query.table, "days", query)
        [row] = self.env.execute_query(
            query.select(SQL("count(*)"), SQL("percentile_cont(0.8) WITHIN GROUP (ORDER BY %s)", days))
        )
        return row

    def action_apply_suggested_limit(self):
        """Store the suggested limit as the stage's days to rot.

        :raises UserError: without a suggestion
        """
        self.ensure_one()
        if not self.suggested_limit_days:
            raise UserError(
                self.env._(
                    "There is no limit to suggest for %(stage)s yet: it takes %(visits)s visits that went on from "
                    "there.",
                    stage=self.name,
                    visits=FEWEST_VISITS,
                )
            )
        self.rotting_threshold_days = self.suggested_limit_days

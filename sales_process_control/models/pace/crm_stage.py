from math import ceil

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_SALESPERSON

#: Under so many stays no limit is suggested (D10).
FEWEST_STAYS = 20


class CrmStage(models.Model):
    _inherit = "crm.stage"

    suggested_limit_days = fields.Integer(
        "Suggested Limit",
        compute="_compute_suggested_limit",
        # Others read stages, too, and would fail at the stays that a suggestion rests on.
        groups=GROUP_SALESPERSON,
        help="Days within which eight of ten opportunities that went on from here had done so: those that advanced or "
        "were won, skips and corrections left out. Empty under 20 stays.",
    )
    suggested_limit_stays = fields.Integer(
        "Stays Behind the Suggestion",
        compute="_compute_suggested_limit",
        groups=GROUP_SALESPERSON,
        help="How many stays that advanced or were won the suggested limit rests on.",
    )

    suggested_limit_text = fields.Char("Suggestion", compute="_compute_suggested_limit_text", groups=GROUP_SALESPERSON)

    @api.depends("team_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_suggested_limit(self):
        for stage in self:
            stays, days = stage._read_dwell_decile() if stage._origin and not stage.is_won else (0, None)
            is_known = stays >= FEWEST_STAYS
            stage.suggested_limit_stays = stays
            stage.suggested_limit_days = max(ceil(days), 1) if is_known else 0

    @api.depends("suggested_limit_days", "suggested_limit_stays")
    @api.depends_context("lang")
    def _compute_suggested_limit_text(self):
        for stage in self:
            stage.suggested_limit_text = stage._suggestion() if stage.suggested_limit_days else False

    def _suggestion(self):
        days, stays = self.suggested_limit_days, self.suggested_limit_stays
        if days == 1:
            return self.env._("Suggested limit: 1 day (from %s stays)", stays)
        return self.env._("Suggested limit: %(days)s days (from %(stays)s stays)", days=days, stays=stays)

    def _read_dwell_decile(self):
        """How long the stays were that went on from here, as far as the reader may see them.

        :return: (how many, the eighth decile of their calendar days, None where there are none)
        """
        # The ledger keeps the stage by its id: a stage of one team only has nobody else's stays, but from before.
        domain = Domain("stage_id", "=", self._origin.id) & Domain("outcome", "in", ("advanced", "won"))
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
        """Make the suggested limit the stage's days to rot.

        :raises UserError: where too little is known for a suggestion
        """
        self.ensure_one()
        if not self.suggested_limit_days:
            raise UserError(
                self.env._(
                    "There is no limit to suggest for %(stage)s yet: it takes %(stays)s stays that went on from there.",
                    stage=self.name,
                    stays=FEWEST_STAYS,
                )
            )
        self.rotting_threshold_days = self.suggested_limit_days

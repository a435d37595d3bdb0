from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...const import GROUP_INTERNAL, GROUP_SALESPERSON, PREFETCH_FOR_DISPLAY
from ...statistics import Dwell

#: A limit is suggested from this number of ended visits on (docs/definitions.md, Stage limit).
FEWEST_VISITS = 20
#: Stages beyond this number have no suggestion.
MOST_STAGES = 10000
#: Most days to rot that Odoo stores.
MOST_DAYS = 2**31 - 1
#: Longest limit: a hundred years before now is a time that PostgreSQL knows.
LONGEST_LIMIT_DAYS = 36500
#: Limit in days of a stage without a limit of its own and without a suggestion.
DEFAULT_DAYS = 30
#: Where the limit in force comes from.
SET, SUGGESTED, DEFAULT = "set", "suggested", "default"
SOURCES = [(SET, "Set"), (SUGGESTED, "Suggested"), (DEFAULT, "Default")]


class CrmStage(models.Model):
    """The limit of a stage, by which the pace of its deals is measured."""

    _inherit = "crm.stage"

    is_unlimited = fields.Boolean(
        "No Limit",
        prefetch=PREFETCH_FOR_DISPLAY,
        groups=GROUP_INTERNAL,
        help="The pace of opportunities in this stage is not measured, for example because they are on hold.",
    )
    suggested_limit_days = fields.Integer(
        "Suggested Limit",
        compute="_compute_suggested_limit",
        # Users without sales rights may read stages, but not visits.
        groups=GROUP_SALESPERSON,
        help="Days within which nine of ten visits of this stage end, whatever their outcome; those that have not "
        "ended, or whose opportunity was removed, count as longer ones. Empty if fewer than 20 have ended, and if too "
        "many last longer.",
    )
    suggested_limit_stays = fields.Integer(
        "Visits Behind the Suggestion",
        compute="_compute_suggested_limit",
        groups=GROUP_SALESPERSON,
        help="The number of ended visits that the suggested limit is based on.",
    )
    suggested_limit_text = fields.Char("Suggestion", compute="_compute_suggested_limit_text", groups=GROUP_SALESPERSON)
    nightly_limit_days = fields.Integer(
        "Suggested Limit of All Visits",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        groups=GROUP_SALESPERSON,
        help="The suggested limit from the visits of all companies, as of last night; 0 while it is not known.",
    )
    pace_limit_days = fields.Integer(
        "Current Limit",
        compute="_compute_pace_limit",
        store=True,
        prefetch=PREFETCH_FOR_DISPLAY,
        groups=GROUP_SALESPERSON,
        help="Days after which an opportunity in this stage is slow or stalled; 0 if the stage has no limit. The "
        "days to rot apply; without them, the suggested limit of last night; without a suggestion, 30 days.",
    )
    pace_limit_source = fields.Selection(
        SOURCES,
        "Source of the Limit",
        compute="_compute_pace_limit",
        store=True,
        prefetch=PREFETCH_FOR_DISPLAY,
        groups=GROUP_SALESPERSON,
        help="- Set: the days to rot of the stage.\n"
        "- Suggested: the suggested limit as of last night.\n"
        "- Default: 30 days, if no limit can be suggested.",
    )
    pace_limit_text = fields.Char("Limit", compute="_compute_pace_limit_text", groups=GROUP_SALESPERSON)

    @api.model
    def _computed_field_names(self):
        return super()._computed_field_names() | {"nightly_limit_days", "pace_limit_days", "pace_limit_source"}

    # ------------------------------------------------------------
    # LIMIT IN FORCE
    # ------------------------------------------------------------

    @api.depends("rotting_threshold_days", "nightly_limit_days", "is_won", "is_unlimited")
    def _compute_pace_limit(self):
        for stage in self:
            if stage.is_won or stage.is_unlimited:
                days, source = 0, False
            elif stage.rotting_threshold_days > 0:
                days, source = min(stage.rotting_threshold_days, LONGEST_LIMIT_DAYS), SET
            elif stage.nightly_limit_days > 0:
                days, source = stage.nightly_limit_days, SUGGESTED
            else:
                days, source = DEFAULT_DAYS, DEFAULT
            stage.pace_limit_days, stage.pace_limit_source = days, source

    @api.depends("pace_limit_days", "pace_limit_source")
    @api.depends_context("lang")
    def _compute_pace_limit_text(self):
        for stage in self:
            stage.pace_limit_text = stage._limit_in_force() if stage.pace_limit_days else self.env._("No limit")

    def _limit_in_force(self):
        """Return the text of the limit in force."""
        days, source = self.pace_limit_days, self.pace_limit_source
        if source == DEFAULT:
            return self.env._("%s days (default)", days)
        if source == SUGGESTED:
            return self.env._("1 day (suggested)") if days == 1 else self.env._("%s days (suggested)", days)
        return self.env._("1 day") if days == 1 else self.env._("%s days", days)

    @api.model
    def _update_nightly_limits(self):
        """Store the suggested limits of all stages, from the visits of all companies.

        Runs in superuser mode: in the daily job, at installation and in a migration.
        """
        # sudo: the pace of a deal is the same for every reader, and so are the limits.
        stages = self.sudo().search([], limit=MOST_STAGES)
        limits = stages._suggest_limits()
        for stage in stages:
            days, _visits = limits.get(stage.id, (0, 0))
            if stage.nightly_limit_days != days:
                stage.nightly_limit_days = days

    # ------------------------------------------------------------
    # SUGGESTION
    # ------------------------------------------------------------

    @api.depends("team_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_suggested_limit(self):
        limits = self._suggest_limits()
        for stage in self:
            stage.suggested_limit_days, stage.suggested_limit_stays = limits.get(stage._origin.id, (0, 0))

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

    def _suggest_limits(self):
        """Return the suggested limits of these stages, from the visits that the user may read.

        :return: (days, 0 if not known; number of visits that have ended), by the id of the stage
        :rtype: dict
        """
        shared = self._shared_with_unseen_teams()
        domain = Domain.OR(
            stage._visits_domain(stage._origin in shared) for stage in self if stage._origin and not stage.is_won
        )
        limits = {}
        for stage_id, counts in self.env["crm.stage.visit"]._read_lengths(domain).items():
            dwell = Dwell(counts)
            days = dwell.p90_days if dwell.ended >= FEWEST_VISITS else None
            limits[stage_id] = (0 if days is None else max(days, 1), dwell.ended)
        return limits

    def _visits_domain(self, is_shared):
        """Return the visits on which the suggested limit of this stage rests, as a domain.

        :param bool is_shared: whether teams use the stage that the user may not read
        """
        domain = Domain("stage_id", "=", self._origin.id)
        # A stage that belongs to one team now may have visits of other teams from before.
        if len(self.team_ids) == 1 and not is_shared:
            domain &= Domain("team_id", "=", self.team_ids._origin.id)
        return domain

    def action_apply_suggested_limit(self):
        """Store the suggested limit as the stage's days to rot.

        :raises UserError: without a suggestion
        """
        self.ensure_one()
        if not self.suggested_limit_days:
            raise UserError(
                self.env._(
                    "No limit can be suggested for %(stage)s yet. %(visits)s visits must have ended, and nine of "
                    "ten visits must have ended within a known time.",
                    stage=self.name,
                    visits=FEWEST_VISITS,
                )
            )
        self.rotting_threshold_days = self.suggested_limit_days

    def action_undo_suggested_limit(self, days):
        """Store the days to rot that the stage had before :meth:`action_apply_suggested_limit`.

        :param int days: 0 for none
        :raises UserError: for days that are no number, are negative, or too many to be stored
        :raises AccessError: if the user may not write stages
        """
        self.ensure_one()
        if type(days) is not int or not 0 <= days <= MOST_DAYS:
            raise UserError(self.env._("A limit must be a number of days."))
        self.rotting_threshold_days = days

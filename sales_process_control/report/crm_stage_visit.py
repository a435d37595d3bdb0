from odoo import api, fields, models


class CrmStageVisit(models.Model):
    """Adds days to group visits by, and the statistics of stages for other programs."""

    _name = "crm.stage.visit"
    _inherit = ["crm.stage.visit", "crm.company.day.mixin"]
    _company_days = {"entered_day": "entered_at", "left_day": "left_at"}

    entered_day = fields.Date(
        "Entered On",
        compute="_compute_company_days",
        search=lambda self, *condition: self._search_company_day("entered_day", *condition),
        help="The day on which the visit began, in the time zone of the company.",
    )
    left_day = fields.Date(
        "Left On",
        compute="_compute_company_days",
        search=lambda self, *condition: self._search_company_day("left_day", *condition),
        help="The day on which the visit ended, in the time zone of the company.",
    )

    @api.model
    @api.readonly
    def stage_statistics(self, domain=()):
        """Return the conversion of each stage, of the opportunities that the user may see.

        :param domain: which first visits make the cohort, for example by ``entered_at``
        :return: a list of dictionaries, one for each stage, in the order of stages: ``stage_id`` and ``stage_name``
            (False for deleted stages); the counts ``cohort``, ``converted``, ``lost``, ``open`` and ``skipped``;
            ``settled_rate`` from 0 to 1 (False if none is settled) and ``settled_interval``, its 95% Wilson interval
            (False if fewer than 10 are settled); ``floor_rate`` and ``ceiling_rate``; ``is_mature``: whether at least
            80% of the cohort are settled, so that screens show the rate. The same of the opportunities that did not
            skip the stage: ``stayed``, ``stayed_converted``, ``stayed_lost``, ``stayed_open``, ``stayed_rate``,
            ``stayed_interval``, ``stayed_floor_rate``, ``stayed_ceiling_rate``, ``stayed_is_mature``. Opportunities
            that were removed without having converted are not in the cohort: ``removed``, and ``removed_rate``, their
            share of the cohort and themselves. A stage of which all were removed has a cohort of 0
        """
        # The id of a row of the report is that of its visit.
        rows = [("id", "in", self._search(domain))] if domain else []
        return self.env["crm.stage.conversion.report"]._stage_statistics(rows)

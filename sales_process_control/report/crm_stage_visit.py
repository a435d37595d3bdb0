from odoo import api, models


class CrmStageVisit(models.Model):
    """Adds the statistics of stages for other programs."""

    _inherit = "crm.stage.visit"

    @api.model
    @api.readonly
    def stage_statistics(self, domain=()):
        """Return the conversion of each stage, of the opportunities that the user may see.

        :param domain: which first visits make the cohort, for example by ``entered_at``
        :return: a list of dictionaries, one for each stage, in the order of stages: ``stage_id`` and ``stage_name``
            (False for deleted stages); the counts ``cohort``, ``converted``, ``lost``, ``open`` and ``skipped``;
            ``settled_rate`` from 0 to 1 (False if none is settled) and ``settled_interval``, its 95% Wilson interval
            (False if fewer than 10 are settled); ``floor_rate`` and ``ceiling_rate``
        """
        # The id of a row of the report is that of its visit.
        rows = [("id", "in", self._search(domain))] if domain else []
        return self.env["crm.stage.conversion.report"]._stage_statistics(rows)

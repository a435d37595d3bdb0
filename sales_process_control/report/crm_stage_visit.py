from odoo import api, models


class CrmStageVisit(models.Model):
    _inherit = "crm.stage.visit"

    @api.model
    @api.readonly
    def stage_statistics(self, domain=()):
        """What became of the opportunities that came into each stage; for other programs, of what the reader may see.

        :param domain: which first visits make the cohort, for example by ``entered_at``
        :return: a dictionary a stage, in the order of stages: ``stage_id`` and ``stage_name`` (false for stages that
            are gone), the counts ``cohort``, ``converted``, ``lost``, ``open`` and ``skipped``; ``settled_rate`` (false
            where nothing is settled), ``settled_interval`` (its 95% Wilson interval; false under 10 settled ones),
            ``floor_rate`` and ``ceiling_rate``
        """
        report = self.env["crm.stage.conversion.report"]
        # A row of the report has the number of its visit.
        return report._stage_statistics([("id", "in", self._search(domain))] if domain else [])

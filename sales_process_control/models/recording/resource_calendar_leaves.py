from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._forget_work_intervals_of_company()
        return leaves

    def write(self, vals):
        self._forget_work_intervals_of_company()
        result = super().write(vals)
        self._forget_work_intervals_of_company()
        return result

    def unlink(self):
        self._forget_work_intervals_of_company()
        return super().unlink()

    def _forget_work_intervals_of_company(self):
        """Drop the cached working times if some of these days off are those of a company and not of one person."""
        if any(not leave.resource_id for leave in self):
            self.env["resource.calendar"]._forget_work_intervals()

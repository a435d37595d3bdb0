from odoo import api, fields, models
from odoo.fields import Domain

from .crm_workbench_block import OPEN_DEAL


class CalendarEvent(models.Model):
    # Beside what models/calendar_event.py does for progress: another matter.
    _inherit = "calendar.event"  # pylint: disable=consider-merging-classes-inherited

    is_on_open_deal = fields.Boolean(
        compute="_compute_is_on_open_deal",
        search="_search_is_on_open_deal",
        groups="sales_team.group_sale_salesman",
        help="The meeting is about an opportunity that is open. Who takes part may know that, even where he may not "
        "read the opportunity.",
    )

    @api.depends("opportunity_id")
    def _compute_is_on_open_deal(self):
        # In superuser mode, once the event has told which opportunity it is, which a private one of others does not.
        deals = self.opportunity_id.sudo().filtered_domain(OPEN_DEAL)
        for event in self:
            event.is_on_open_deal = event.opportunity_id.id in deals._ids

    def _search_is_on_open_deal(self, operator, value):
        if operator != "in":
            return NotImplemented
        # In superuser mode: whether the opportunity is open, of meetings that one may read by rules of their own.
        found = Domain("opportunity_id", "any", self.env["crm.lead"].sudo()._search(OPEN_DEAL))
        return found if value == {True} else ~found if value == {False} else Domain.TRUE

from datetime import timedelta

from odoo import api, models

from .crm_workbench_meetings import LONGEST

#: What decides on whose workbench a meeting stands, and what it shows there.
SHOWN_FIELDS = frozenset(
    (
        "active",
        "allday",
        "duration",
        "name",
        "opportunity_id",
        "partner_ids",
        "privacy",
        "recurrence_update",
        "start",
        "start_date",
        "stop",
        "stop_date",
        "user_id",
    )
)


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events._tell_sellers()
        return events

    def write(self, vals):
        # Odoo takes away from these values as it goes.
        is_seen = not SHOWN_FIELDS.isdisjoint(vals)
        if is_seen:
            self._tell_sellers()
        result = super().write(vals)
        if is_seen:
            self.exists()._tell_sellers()
        return result

    def unlink(self):
        self._tell_sellers()
        return super().unlink()

    def _tell_sellers(self):
        """Have the workbenches of those told who take part, and of the sellers of the deals: of meetings about now."""
        now = self.env.cr.now()
        first, last = now - timedelta(days=LONGEST), now + timedelta(days=2)
        # In superuser mode: who is told is told nothing but that something has changed.
        near = self.sudo().filtered(lambda event: event.start and first <= event.start <= last)
        if near:
            users = near.user_id | near.attendee_ids.partner_id.user_ids
            self.env["crm.workbench.live"]._touch(users.ids, near.opportunity_id.ids)

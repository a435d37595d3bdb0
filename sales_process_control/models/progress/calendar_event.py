from odoo import models

#: Fields that decide whether and when a meeting about a deal took place.
MEETING_FIELDS = frozenset(
    ("active", "allday", "duration", "opportunity_id", "start", "start_date", "stop", "stop_date", "recurrence_update")
)


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def write(self, vals):
        # Before the call: Odoo removes keys from the dictionary.
        may_change_progress = not MEETING_FIELDS.isdisjoint(vals)
        result = super().write(vals)
        if may_change_progress and self.ids:
            self.env["crm.progress.recorder"]._review_meetings(self.ids)
        return result

    def unlink(self):
        if self:
            # Before the call: the deletion empties `event_id` of their progress.
            self.env["crm.progress.recorder"]._take_back_meetings(self.ids)
        return super().unlink()

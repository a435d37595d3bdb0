from odoo import models

#: What decides whether a meeting about a deal has taken place, and when.
MEETING_FIELDS = frozenset(
    ("active", "allday", "duration", "opportunity_id", "start", "start_date", "stop", "stop_date", "recurrence_update")
)


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def write(self, vals):
        # Odoo takes away from these values as it goes.
        is_reviewed = not MEETING_FIELDS.isdisjoint(vals)
        result = super().write(vals)
        if is_reviewed:
            self._review_progress()
        return result

    def unlink(self):
        # While their progress still knows them.
        if self:
            self.env["crm.progress.recorder"]._take_back_meetings(self.ids)
        return super().unlink()

    def _review_progress(self):
        """Take back the progress of meetings that are cancelled or put off."""
        if self.ids:
            self.env["crm.progress.recorder"]._review_meetings(self.ids)

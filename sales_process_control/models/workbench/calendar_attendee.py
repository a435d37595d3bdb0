from odoo import models

from .workbench_messages import Concerned, notify_workbenches


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    def write(self, vals):
        """Notify the workbench of a person whose answer to an invitation changes.

        Somebody else can give the answer, and the link in an invitation works without login. Meetings without an
        opportunity are left out, so that other apps cost no query.
        """
        result = super().write(vals)
        if "state" in vals:
            # sudo: only ids are read, for messages without content.
            attendees = self.sudo().filtered("event_id.opportunity_id")
            notify_workbenches(self.env, Concerned(partner_ids=attendees.partner_id.ids))
        return result

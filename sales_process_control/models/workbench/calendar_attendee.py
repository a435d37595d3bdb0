from odoo import models


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    def write(self, vals):
        """Who declines by the link in a mail, or for somebody else, changes that person's day."""
        result = super().write(vals)
        if "state" in vals:
            # In superuser mode: who is told is told nothing but that something has changed.
            self.env["crm.workbench.live"]._touch(self.sudo().partner_id.user_ids.ids)
        return result

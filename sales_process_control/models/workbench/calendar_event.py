from datetime import timedelta

from odoo import api, models

from .crm_workbench_meetings import LONGEST
from .workbench_messages import Concerned, notify_workbenches

#: Fields that decide who takes part in a meeting.
PARTICIPANT_FIELDS = frozenset(("partner_ids", "user_id"))
#: Fields that decide on which workbenches a meeting stands, and what they show of it.
SHOWN_FIELDS = PARTICIPANT_FIELDS | {
    "active",
    "allday",
    "duration",
    "name",
    "opportunity_id",
    "privacy",
    "recurrence_update",
    "start",
    "start_date",
    "stop",
    "stop_date",
}


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.model_create_multi
    def create(self, vals_list):
        """Notify the workbenches of the people who take part, and of the salespeople of the opportunities."""
        events = super().create(vals_list)
        events._on_opportunities()._notify_participants()
        return events

    def write(self, vals):
        """Notify the workbenches of the people who take part, and of the salespeople, before and after the change."""
        # Odoo removes keys from these values.
        names = frozenset(vals)
        if SHOWN_FIELDS.isdisjoint(names):
            return super().write(vals)
        self._notify_of_change(names)
        result = super().write(vals)
        # Odoo may delete meetings of a recurrence that it writes.
        events = self.exists() if "recurrence_update" in names else self
        events._notify_of_change(names)
        return result

    def unlink(self):
        """Notify the workbenches of the people who take part, and of the salespeople of the opportunities."""
        self._on_opportunities()._notify_participants()
        return super().unlink()

    def _on_opportunities(self):
        """Return those of these meetings that are about an opportunity."""
        # sudo: only ids are read, for messages without content.
        return self.sudo().filtered("opportunity_id")

    def _notify_of_change(self, names):
        """Notify the workbenches that show one of these meetings.

        A meeting without an opportunity is left out, so that meetings of other apps cost no query, except where people
        join or leave it.

        :param names: names of the fields that are written
        """
        is_about_people = not PARTICIPANT_FIELDS.isdisjoint(names)
        # sudo: only ids are read, for messages without content.
        events = self.sudo() if is_about_people else self._on_opportunities()
        events._notify_participants()

    def _notify_participants(self):
        """Notify the workbenches of the people who take part, and of the salespeople: of meetings of these days."""
        now = self.env.cr.now()
        first, last = now - timedelta(days=LONGEST), now + timedelta(days=2)
        near = self.filtered(lambda event: event.start and first <= event.start <= last)
        if near:
            partners = near.partner_ids - self.env.user.partner_id
            notify_workbenches(self.env, Concerned(near.user_id.ids, partners.ids, near.opportunity_id.ids))

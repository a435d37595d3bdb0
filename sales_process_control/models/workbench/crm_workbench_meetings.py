from datetime import datetime, time, timedelta, timezone

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: How many meetings are shown at most.
MOST = 12
#: How many days ago a meeting that still goes on may have begun.
LONGEST = 31
#: The icon of Odoo's own activity type for meetings.
ICON = "fa-users"


class CrmWorkbenchMeetings(models.AbstractModel):
    """The meetings of the reader's day: all in which he takes part, and of others those that are about deals.

    Odoo's own rules say what is told of them: of private ones of others no more than their time.
    """

    _name = "crm.workbench.meetings"
    _inherit = "crm.workbench.block"
    _description = "Meetings on the Workbench"

    def _meetings_domain(self, scope):
        """The meetings of a scope: those in which the reader takes part, and did not decline, or those of its deals."""
        if scope.name != "mine":
            return self._of_today() & Domain("opportunity_id", "any", self._open_deals(scope))
        attendee = Domain("partner_id", "=", self.env.user.partner_id.id) & Domain("state", "!=", "declined")
        takes_part = Domain("user_id", "=", scope.user_id) | Domain("attendee_ids", "any", attendee)
        return self._of_today() & takes_part

    def _of_today(self):
        """What goes on at some time of the reader's day; a meeting of all day is that of its date everywhere."""
        today = self._today()
        first, last = self._instant(today), self._instant(today + timedelta(days=1))
        day = fields.Date.to_string(today)
        is_timed = Domain("allday", "=", False) & Domain("start", "<", last)
        # One of no length ends as it begins.
        is_timed &= Domain("stop", ">", first) | Domain("start", ">=", first)
        is_all_day = Domain("allday", "=", True) & Domain("start_date", "<=", day) & Domain("stop_date", ">=", day)
        # What both are found by: nothing else of a meeting has an index.
        began, ends = self._instant(today - timedelta(days=LONGEST)), self._instant(today + timedelta(days=2))
        near = Domain("start", ">=", began) & Domain("start", "<", ends)
        return Domain("active", "=", True) & near & (is_timed | is_all_day)

    def _instant(self, day):
        """When a day of the reader begins, UTC."""
        midnight = self.env.tz.localize(datetime.combine(day, time.min))
        return fields.Datetime.to_string(midnight.astimezone(timezone.utc).replace(tzinfo=None))

    def _read_meetings(self, domain):
        """How many there are, and the first of them as entries of the day; those of all day stand first."""
        events = self.env["calendar.event"]
        query = events._search(domain, order="allday desc, start, id", limit=MOST)
        if query.is_empty():
            return 0, []
        number = events._field_to_sql(query.table, "id", query)
        rows = self.env.execute_query(query.select(number, SQL("count(*) OVER ()")))
        shown = events.browse(number for number, _count in rows)
        # Not in superuser mode: of private meetings of others Odoo hands out the time, and that somebody is busy.
        shown.fetch(["name", "start", "allday", "opportunity_id", "user_id", "privacy"])
        count = rows[0][1] if rows else 0
        today = self._today()
        return count, [self._describe_meeting(event, today) for event in shown]

    def _describe_meeting(self, event, today):
        return {
            "kind": "meeting",
            "id": event.id,
            "icon": ICON,
            "summary": event.name,
            "type_name": self.env._("Meeting"),
            "res_model": "crm.lead",
            "res_id": event.opportunity_id.id,
            "date_deadline": today,
            "start": False if event.allday else fields.Datetime.to_string(event.start),
            "is_all_day": event.allday,
            "user_id": event.user_id.id,
        }

from datetime import datetime, time, timedelta, timezone

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .workbench_scope import MINE

#: How many meetings are shown at most.
MOST = 12
#: How many days ago a meeting that is not over may have started.
LONGEST = 31
#: The icon of Odoo's own activity type for meetings.
ICON = "fa-users"


class CrmWorkbenchMeetings(models.AbstractModel):
    """Meetings of the reader's day. Of private meetings of other people only the time is shown, as in Odoo."""

    _name = "crm.workbench.meetings"
    _inherit = "crm.workbench.block"
    _description = "Meetings on the Workbench"

    def _meetings_domain(self, scope):
        """Return the meetings of a scope, as a domain on `calendar.event`.

        In the scope MINE these are the meetings in which the reader takes part and which he has not declined. In other
        scopes they are the meetings about open deals of the scope.
        """
        if scope.name != MINE:
            return self._of_today() & Domain("opportunity_id", "any", self._open_deals(scope))
        attendee = Domain("partner_id", "=", self.env.user.partner_id.id)
        takes_part = Domain("user_id", "=", scope.user_id) | Domain("attendee_ids", "any", attendee)
        # An organizer can decline, too: the meeting then takes place without him.
        declined = Domain("attendee_ids", "any", attendee & Domain("state", "=", "declined"))
        return self._of_today() & takes_part & ~declined

    def _of_today(self):
        """Return the meetings of the reader's day, as a domain.

        An all-day meeting has the same date in all time zones.
        """
        today = self._today()
        first, last = self._instant(today), self._instant(today + timedelta(days=1))
        day = fields.Date.to_string(today)
        is_timed = Domain("allday", "=", False) & Domain("start", "<", last)
        # A meeting without duration stops when it starts.
        is_timed &= Domain("stop", ">", first) | Domain("start", ">=", first)
        is_all_day = Domain("allday", "=", True) & Domain("start_date", "<=", day) & Domain("stop_date", ">=", day)
        # Limits of `start` for both kinds of meetings: only this field has an index.
        earliest, latest = self._instant(today - timedelta(days=LONGEST)), self._instant(today + timedelta(days=2))
        near = Domain("start", ">=", earliest) & Domain("start", "<", latest)
        return Domain("active", "=", True) & near & (is_timed | is_all_day)

    def _instant(self, day):
        """Return when a day of the reader begins, in UTC, as a string."""
        midnight = self.env.tz.localize(datetime.combine(day, time.min))
        return fields.Datetime.to_string(midnight.astimezone(timezone.utc).replace(tzinfo=None))

    def _read_meetings(self, domain):
        """Return the count of the meetings of a domain, and the first ones as entries; all-day meetings come first."""
        events = self.env["calendar.event"]
        query = events._search(domain, order="allday desc, start, id", limit=MOST)
        if query.is_empty():
            return 0, []
        names = ("id", "name", "start", "stop", "allday", "opportunity_id", "user_id")
        visible = events._search(self._visible_content())
        visible.order = None
        visible.add_where(SQL("%s = event.id", SQL.identifier(visible.table, "id")))
        columns = [
            SQL("%s AS %s", events._field_to_sql(query.table, name, query), SQL.identifier(name)) for name in names
        ]
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT event.*, EXISTS (%s) AS is_visible FROM (%s) event ORDER BY allday DESC, start, id",
                visible.select(SQL("1")),
                query.select(*columns, SQL("count(*) OVER () AS count")),
            )
        )
        # Other meetings are read by the ORM in the name of the reader, so that Odoo hides the content of private ones.
        others = events.browse(row["id"] for row in rows if not row["is_visible"])
        others.fetch(names)
        for row, event in zip((row for row in rows if not row["is_visible"]), others, strict=True):
            row.update(name=event.name, opportunity_id=event.opportunity_id.id)
        return rows[0]["count"] if rows else 0, [self._describe_meeting(row, self._today()) for row in rows]

    def _visible_content(self):
        """Return the meetings that are not private for the reader, as a domain on `calendar.event`.

        The reader takes part in the meeting, or it is public by itself or by the preference of its organizer. The rule
        is that by which Odoo hides content when meetings are read, record by record, which takes three statements more.
        """
        # sudo: preferences of other users are compared and not shown.
        settings = self.env["res.users.settings"].sudo()._search([("calendar_default_privacy", "!=", "private")])
        organizers = settings.subselect(SQL.identifier(settings.table, "user_id"))
        takes_part = Domain("user_id", "=", self.env.uid) | Domain("partner_ids", "in", self.env.user.partner_id.ids)
        is_open = Domain("privacy", "in", ("public", "confidential"))
        by_default = Domain("privacy", "=", False) & (
            Domain("user_id", "=", False) | Domain("user_id", "in", organizers)
        )
        return takes_part | is_open | by_default

    def _describe_meeting(self, row, today):
        return {
            "kind": "meeting",
            "id": row["id"],
            "icon": ICON,
            "summary": row["name"],
            "type_name": self.env._("Meeting"),
            "res_model": "crm.lead",
            "res_id": row["opportunity_id"],
            "date_deadline": today,
            "start": False if row["allday"] else fields.Datetime.to_string(row["start"]),
            "stop": False if row["allday"] else fields.Datetime.to_string(row["stop"]),
            "is_all_day": row["allday"],
            "user_id": row["user_id"],
        }

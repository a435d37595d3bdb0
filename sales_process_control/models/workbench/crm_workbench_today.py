from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..screen.crm_screen_block import OPPORTUNITY
from .crm_workbench_block import Watched
from .workbench_scope import MINE

#: How many entries the block shows. Overdue activities take at most half of them if the day fills the other half.
MOST = 12
#: The first overdue activities and the first activities of the day, each row with the count of its kind.
ACTIVITIES = """
    WITH found AS MATERIALIZED (%(found)s),
    counted AS (SELECT is_overdue, count(*) AS count FROM found GROUP BY is_overdue)
    SELECT shown.*, counted.count, %(name)s AS type_name, %(icon)s AS icon
    FROM counted
    CROSS JOIN LATERAL (
        SELECT * FROM found WHERE found.is_overdue = counted.is_overdue
        ORDER BY found.date_deadline, found.id LIMIT %(most)s
    ) shown
    LEFT JOIN mail_activity_type kind ON %(id)s = shown.activity_type_id
    ORDER BY shown.is_overdue DESC, shown.date_deadline, shown.id
"""


class CrmWorkbenchToday(models.AbstractModel):
    """Activities that are overdue or due today, and meetings of today.

    The scope MINE has the reader's own activities on customers and deals. They may be on deals that the reader may not
    read: the names of these are left out. Other scopes have the activities of all users on deals of the scope. Deals
    are open and closed ones: what was promised to a customer who has signed has to be done, too.
    """

    _name = "crm.workbench.today"
    _inherit = ["crm.workbench.meetings"]
    _description = "Workbench: Today"

    _block_key = "today"
    _block_sequence = 30

    def _read_block(self, scope):
        today = fields.Date.to_string(self._today())
        meetings = self._meetings_domain(scope)
        domain = self._activities_domain(scope, meetings)
        overdue, due = domain & Domain("date_deadline", "<", today), domain & Domain("date_deadline", "=", today)
        activities = self._read_activities(domain, today)
        counts = {row["is_overdue"]: row["count"] for row in activities}
        count, events = self._read_meetings(meetings)
        late = [row for row in activities if row["is_overdue"]]
        of_day = [*events, *(row for row in activities if not row["is_overdue"])]
        late = late[: max(MOST // 2, MOST - len(of_day))]
        # As in Odoo's own list of activities, which leaves out unreadable activities after the search.
        more = {"context": {"force_search_count": 1}}
        late_name, due_name = self.env._("Overdue Activities"), self.env._("Activities Due Today")
        return {
            "overdue": self._number(counts.get(True, 0), late_name, "mail.activity", overdue, **more),
            "due": self._number(counts.get(False, 0), due_name, "mail.activity", due, **more),
            "activities": self._number(
                sum(counts.values()),
                self.env._("Activities Due Today or Before"),
                "mail.activity",
                overdue | due,
                **more,
            ),
            "meetings": self._number(count, self.env._("Meetings Today"), "calendar.event", meetings),
            "entries": self._describe_entries([*late, *of_day][:MOST]),
        }

    def _watched(self, scope):
        meetings = self._meetings_domain(scope)
        activities = self._watched_activities(scope)
        if scope.name == MINE:
            own = self._activities_domain(scope, meetings) & self._accessible()
            activities = Watched("mail.activity", own & Domain("active", "=", True), is_checked=True)
        return [*super()._watched(scope), activities, Watched("calendar.event", meetings)]

    def _activities_domain(self, scope, meetings):
        """Return the activities of a scope, as a domain. Activities of meetings that are shown are left out.

        :param Domain meetings: the meetings that are shown
        """
        if scope.name == MINE:
            of_scope = Domain("user_id", "=", scope.user_id) & (
                Domain("res_model", "=", "res.partner") | Domain("is_on_opportunity", "=", True)
            )
        else:
            # The search of this field finds archived deals as well.
            of_scope = Domain("lead_id", "any", OPPORTUNITY & scope.domain())
        return of_scope & Domain("calendar_event_id", "not any", meetings)

    def _accessible(self):
        """Return the activities that Odoo's own list shows the reader, as a domain.

        Odoo checks them one by one after the search (`mail.activity._search`). The same rule as a domain: activities of
        the reader, and activities on records on which he may post. The activities of other users in this block are on
        deals only.
        """
        activities, leads, rules = self.env["mail.activity"], self.env["crm.lead"], self.env["ir.rule"]
        activities.check_access("read")
        domain, operation = rules._compute_domain("mail.activity", "read"), leads._mail_post_access
        if not leads.has_access(operation):
            return domain & Domain("user_id", "=", self.env.uid)
        rule = rules._compute_domain("crm.lead", operation)
        if rule == rules._compute_domain("crm.lead", "read"):
            return domain
        # sudo: the domain is that of the record rules themselves; only ids of deals are compared.
        allowed = leads.sudo().with_context(active_test=False)._search(rule)
        return domain & (Domain("user_id", "=", self.env.uid) | Domain("lead_id", "any", allowed))

    def _read_activities(self, domain, today):
        """Return the first overdue activities and the first of the day, by date, each with the count of its kind.

        :param str today: the reader's day
        :return: list of dictionaries
        """
        activities, types = self.env["mail.activity"], self.env["mail.activity.type"]
        until = Domain("date_deadline", "<=", today)
        # Access is part of the domain.
        query = activities._search(domain & until & self._accessible(), bypass_access=True)
        if query.is_empty():
            return []
        kind = {name: types._field_to_sql("kind", name) for name in ("id", "name", "icon")}
        names = ("id", "res_model", "res_id", "summary", "date_deadline", "user_id", "activity_type_id")
        columns = {name: activities._field_to_sql(query.table, name, query) for name in names}
        query.order = None
        found = query.select(
            *(SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()),
            SQL("%s < %s AS is_overdue", columns["date_deadline"], today),
        )
        return self.env.execute_query_dict(SQL(ACTIVITIES, **kind, found=found, most=MOST))

    # ------------------------------------------------------------
    # ENTRIES
    # ------------------------------------------------------------

    def _describe_entries(self, rows):
        """Return the entries of activities and meetings, with the names of records that the reader may read."""
        names = self._names_of(rows)
        return [self._describe_entry(row, names) for row in rows]

    def _describe_entry(self, row, names):
        lead = names.get(("crm.lead", row["res_id"])) if row["res_model"] == "crm.lead" else None
        partner = names.get(("res.partner", row["res_id"])) if row["res_model"] == "res.partner" else None
        user = names.get(("res.users", row["user_id"]))
        is_meeting = row.get("kind") == "meeting"
        return {
            "kind": "meeting" if is_meeting else "activity",
            "id": row["id"],
            "icon": row["icon"] or "fa-tasks",
            "title": row["summary"] or row["type_name"] or False,
            "lead_id": lead["id"] if lead else False,
            "lead_name": (lead["name"] or False) if lead else False,
            "partner_name": (lead or partner or {}).get("customer") or False,
            "date_deadline": fields.Date.to_string(row["date_deadline"]),
            "start": row.get("start", False),
            "stop": row.get("stop", False),
            "is_all_day": row.get("is_all_day", False),
            "user_id": row["user_id"] or False,
            "user_name": (user and user["name"]) or False,
        }

    def _names_of(self, rows):
        """Return the deals, customers and users of entries that the reader may read, with one statement.

        :return: dictionaries with `id`, `name` and `customer`, by model and id
        """
        if not rows:
            return {}
        leads, partners = self.env["crm.lead"], self.env["res.partner"]
        ids = {
            model: [row["res_id"] for row in rows if row["res_model"] == model] for model in ("crm.lead", "res.partner")
        }
        of_leads = leads._search([("id", "in", ids["crm.lead"])], active_test=False)
        customer = of_leads.left_join(of_leads.table, "partner_id", "res_partner", "id", "partner_id")
        lead_id, name, partner_name, contact_name = (
            leads._field_to_sql(of_leads.table, column, of_leads)
            for column in ("id", "name", "partner_name", "contact_name")
        )
        customer_name = SQL(
            "COALESCE(%s, NULLIF(%s, ''), %s)",
            partners._field_to_sql(customer, "complete_name", of_leads),
            partner_name,
            contact_name,
        )
        of_partners = partners._search([("id", "in", ids["res.partner"])], active_test=False)
        partner_id, complete_name = (
            partners._field_to_sql(of_partners.table, column, of_partners) for column in ("id", "complete_name")
        )
        found = self.env.execute_query_dict(
            SQL(
                """
                (%s) UNION ALL (%s) UNION ALL
                SELECT 'res.users', shown.user_id, %s, NULL FROM unnest(%s::int[]) shown (user_id)
                """,
                of_leads.select(
                    SQL("'crm.lead' AS model, %s AS id, %s AS name, %s AS customer", lead_id, name, customer_name)
                ),
                of_partners.select(SQL("'res.partner', %s, NULL, %s", partner_id, complete_name)),
                self._name_of_user_sql(SQL("shown.user_id")),
                list({row["user_id"] for row in rows} - {None, False}),
            )
        )
        return {(row["model"], row["id"]): row for row in found}

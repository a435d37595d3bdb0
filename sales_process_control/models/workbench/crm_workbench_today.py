from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: How many entries the block shows. What is overdue leaves room for half of them, if the day has as many.
MOST = 12
#: The first that are overdue, and the first of the day, each with how many there are.
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
    """What the day holds: activities that are overdue or due, and meetings.

    Of one's own it is what one has to do on customers and open deals, also on deals that one may not read, which are
    not named then. Of teams, and of all, it is what anybody has to do on their deals.
    """

    _name = "crm.workbench.today"
    _inherit = ["crm.workbench.meetings"]
    _description = "Workbench: Today"

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
        # Odoo's own list of activities says so, too, as it leaves out afterwards what one may not read.
        more = {"context": {"force_search_count": 1}}
        late_name, due_name = self.env._("Overdue Activities"), self.env._("Activities Due Today")
        return {
            "overdue": self._number(counts.get(True, 0), late_name, "mail.activity", overdue, **more),
            "due": self._number(counts.get(False, 0), due_name, "mail.activity", due, **more),
            "meetings": self._number(count, self.env._("Meetings Today"), "calendar.event", meetings),
            "entries": self._describe_entries([*late, *of_day][:MOST]),
        }

    def _activities_domain(self, scope, meetings):
        """The activities of a scope; one of a meeting that is shown is no entry of its own."""
        if scope.name == "mine":
            of_scope = Domain("user_id", "=", scope.user_id) & (
                Domain("res_model", "=", "res.partner") | Domain("is_on_open_deal", "=", True)
            )
        else:
            of_scope = Domain("lead_id", "any", self._open_deals(scope))
        return of_scope & Domain("calendar_event_id", "not any", meetings)

    def _accessible(self):
        """The activities that Odoo's own list shows the reader, as a domain.

        Odoo itself finds them one by one, of all that match. The rule is that of `mail.activity._search`: those that
        one has to do, and those of records on which one may post, of which there are deals only here.
        """
        activities, leads, rules = self.env["mail.activity"], self.env["crm.lead"], self.env["ir.rule"]
        activities.check_access("read")
        domain, operation = rules._compute_domain("mail.activity", "read"), leads._mail_post_access
        if not leads.has_access(operation):
            return domain & Domain("user_id", "=", self.env.uid)
        rule = rules._compute_domain("crm.lead", operation)
        if rule == rules._compute_domain("crm.lead", "read"):
            return domain
        # In superuser mode, as rules are: it only says on which deals one may post.
        allowed = leads.sudo().with_context(active_test=False)._search(rule)
        return domain & (Domain("user_id", "=", self.env.uid) | Domain("lead_id", "any", allowed))

    def _read_activities(self, domain, today):
        """The first activities that are overdue, and the first of the day, by date; in each how many there are."""
        activities, types = self.env["mail.activity"], self.env["mail.activity.type"]
        until = Domain("date_deadline", "<=", today)
        # What Odoo would filter one by one is in the domain.
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
        """What is shown of activities and meetings, with the names of what the reader may read."""
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
            "is_all_day": row.get("is_all_day", False),
            "user_id": row["user_id"] or False,
            "user_name": (user and user["name"]) or False,
        }

    def _names_of(self, rows):
        """Names of the deals, customers and users of entries in one statement, by model and number."""
        if not rows:
            return {}
        leads, partners = self.env["crm.lead"], self.env["res.partner"]
        numbers = {
            model: [row["res_id"] for row in rows if row["res_model"] == model] for model in ("crm.lead", "res.partner")
        }
        of_leads = leads._search([("id", "in", numbers["crm.lead"])], active_test=False)
        customer = of_leads.left_join(of_leads.table, "partner_id", "res_partner", "id", "partner_id")
        lead_id, name, *called = (
            leads._field_to_sql(of_leads.table, column, of_leads)
            for column in ("id", "name", "partner_name", "contact_name")
        )
        called = SQL(
            "COALESCE(%s, NULLIF(%s, ''), %s)", partners._field_to_sql(customer, "complete_name", of_leads), *called
        )
        of_partners = partners._search([("id", "in", numbers["res.partner"])], active_test=False)
        partner_id, partner_name = (
            partners._field_to_sql(of_partners.table, column, of_partners) for column in ("id", "complete_name")
        )
        found = self.env.execute_query_dict(
            SQL(
                """
                (%s) UNION ALL (%s) UNION ALL
                SELECT 'res.users', number, %s, NULL FROM unnest(%s::int[]) number
                """,
                of_leads.select(
                    SQL("'crm.lead' AS model, %s AS id, %s AS name, %s AS customer", lead_id, name, called)
                ),
                of_partners.select(SQL("'res.partner', %s, NULL, %s", partner_id, partner_name)),
                self._name_of_user_sql(SQL("number")),
                list({row["user_id"] for row in rows} - {None, False}),
            )
        )
        return {(row["model"], row["id"]): row for row in found}

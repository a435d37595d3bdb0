from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..recording.company_money import CompanyMoney
from .res_partner_key import KEY_CUSTOMER

#: How many customers the block shows.
MOST = 10
#: Customers with their open deals, the starred ones first. Who is starred without a deal in the scope is among them if
#: his salesperson is in it. Deals are added up by contact before contacts are by customer: these are fewer rows.
#: Names are looked up one after another, of those that are shown.
CUSTOMERS = """
    WITH contact AS NOT MATERIALIZED (%(contacts)s), bought AS (%(bought)s), pipeline AS MATERIALIZED (
        SELECT contact.commercial_partner_id AS id, sum(bought.deals) AS deals, sum(bought.amount) AS amount
        FROM bought JOIN contact ON contact.id = bought.partner_id
        GROUP BY contact.commercial_partner_id
    ), starred AS MATERIALIZED (%(starred)s), starred_in_scope AS MATERIALIZED (
        SELECT starred.id, COALESCE(pipeline.deals, 0) AS deals, COALESCE(pipeline.amount, 0) AS amount
        FROM starred LEFT JOIN pipeline ON pipeline.id = starred.id
        WHERE pipeline.id IS NOT NULL OR starred.is_in_scope
    ), ranked AS (
        SELECT id, TRUE AS is_key, deals, amount FROM starred_in_scope
        UNION ALL
        SELECT id, FALSE, deals, amount FROM pipeline WHERE id NOT IN (SELECT id FROM starred)
    )
    SELECT ranked.id, contact.complete_name, ranked.is_key, ranked.deals, ranked.amount,
           (SELECT count(*) FROM starred_in_scope)
    FROM (SELECT * FROM ranked ORDER BY is_key DESC, amount DESC, id) ranked
    CROSS JOIN LATERAL (SELECT complete_name FROM contact WHERE contact.id = ranked.id OFFSET 0) contact
    ORDER BY ranked.is_key DESC, ranked.amount DESC, ranked.id
    LIMIT %(most)s
"""
#: When each customer was last heard of on one of its deals. None is heard of after its last progress, so that few deals
#: have to be asked, of however many: the latest ones, and those that could still know better.
CONTACTS = """
    WITH placed AS MATERIALIZED (
        SELECT deal.*, row_number() OVER (
            PARTITION BY deal.customer_id ORDER BY deal.last_progress_at DESC NULLS LAST
        ) AS place
        FROM %(deals)s
    ), latest AS MATERIALIZED (
        SELECT customer_id, max(%(contact_at)s) AS contact_at FROM placed deal WHERE place <= %(latest)s GROUP BY 1
    )
    SELECT latest.customer_id, GREATEST(latest.contact_at, (
        SELECT max(%(contact_at)s) FROM placed deal
        WHERE deal.customer_id = latest.customer_id AND deal.place > %(latest)s
          AND (latest.contact_at IS NULL OR deal.last_progress_at > latest.contact_at)
    ))
    FROM latest
"""
#: How many of the latest deals of a customer are asked at once.
LATEST = 20


class CrmWorkbenchCustomers(models.AbstractModel):
    """Customers starred by hand, and those with the most open pipeline.

    A customer is a commercial entity: a company with the deals of all its contacts, or a person by himself.
    """

    _name = "crm.workbench.customers"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Key Customers"

    def _read_block(self, scope):
        rows = self._read_customers(scope)
        ids = [row[0] for row in rows]
        contact_days, actions = self._read_contact_days(ids), self._read_next_actions(scope, ids)
        currency_id = CompanyMoney(self.env).currency_id()
        starred = rows[0][-1] if rows else 0
        return {
            "starred": self._number(
                starred, self.env._("Key Customers"), "res.partner", KEY_CUSTOMER & self._in_scope(scope)
            ),
            "customers": [
                {
                    "id": number,
                    "name": name or self.env._("Customer %s", number),
                    "is_key": is_key,
                    "deals": self._number(
                        deals,
                        self.env._("Open Opportunities: %s", name or number),
                        "crm.lead",
                        self._open_deals(scope) & Domain("partner_id.commercial_partner_id", "=", number),
                    ),
                    "amount": amount,
                    "currency_id": currency_id,
                    "contact_days": contact_days.get(number, False),
                    "next_action": actions.get(number, False),
                }
                for number, name, is_key, deals, amount, _starred in rows
            ],
        }

    def _in_scope(self, scope):
        """Customers of a scope: by their salesperson, or by an open deal.

        :rtype: Domain
        """
        if scope.name == "all":
            return Domain.TRUE
        return self._of_sellers(scope) | Domain("customer_deal_ids", "any", self._open_deals(scope))

    def _of_sellers(self, scope):
        """Customers whose salesperson is in the scope: the reader, or a member of his teams."""
        own = Domain("user_id", "=", scope.user_id)
        if scope.name == "team":
            return own | Domain("user_id.crm_team_member_ids.crm_team_id", "in", scope.team_ids)
        return Domain.TRUE if scope.name == "all" else own

    def _read_customers(self, scope):
        """(id, name, whether starred, number and amount of open deals, how many are starred in all) of each customer.

        Contacts and customers that the reader may not see are left out, with their deals.
        """
        leads, partners = self.env["crm.lead"], self.env["res.partner"]
        deals = leads._search(self._open_deals(scope) & Domain("partner_id", "!=", False))
        partner_id = deals.groupby = leads._field_to_sql(deals.table, "partner_id", deals)
        deals.order = None
        contacts = partners.with_context(active_test=False)._search([])
        starred = partners._search(KEY_CUSTOMER)
        of_sellers = partners._search(KEY_CUSTOMER & self._of_sellers(scope))
        return self.env.execute_query(
            SQL(
                CUSTOMERS,
                contacts=self._select(partners, contacts, "id", "commercial_partner_id", "complete_name"),
                bought=deals.select(
                    SQL("%s AS partner_id", partner_id),
                    SQL("count(*)::int AS deals"),
                    SQL("sum((%s)::float8) AS amount", CompanyMoney(self.env).amount_sql(deals.table, deals)),
                ),
                starred=starred.select(
                    SQL.identifier(starred.table, "id"),
                    SQL("%s IN %s AS is_in_scope", SQL.identifier(starred.table, "id"), of_sellers.subselect()),
                ),
                most=MOST,
            )
        )

    def _read_contact_days(self, ids):
        """Days since each customer was last heard of on any of its deals, closed ones included (D10)."""
        if not ids:
            return {}
        leads = self.env["crm.lead"].with_context(active_test=False)
        # Deals of which nothing is known to have brought them forward were never heard of.
        known = Domain("type", "=", "opportunity") & Domain("last_progress_at", "!=", False)
        rows = self.env.execute_query(
            SQL(
                CONTACTS,
                deals=self._deals_of(leads, known, ids, "last_progress_at"),
                contact_at=leads._contact_sql(SQL.identifier("deal", "id")),
                latest=LATEST,
            )
        )
        return {number: max((self.env.cr.now() - at).days, 0) for number, at in rows if at}

    def _read_next_actions(self, scope, ids):
        """The earliest planned activity on the open deals of each customer: it follows who may see its deal."""
        if not ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (deal.customer_id) deal.customer_id, planned.summary, planned.date_deadline
                FROM %s JOIN (%s) planned ON planned.res_id = deal.id
                ORDER BY deal.customer_id, planned.date_deadline, planned.id
                """,
                self._deals_of(self.env["crm.lead"], self._open_deals(scope), ids),
                self._planned_sql(),
            )
        )
        return {
            number: {"summary": summary, "date_deadline": fields.Date.to_string(day)} for number, summary, day in rows
        }

    def _deals_of(self, leads, domain, ids, *names):
        """Deals of customers, as a table `deal` of `id`, `customer_id` and the fields of these names."""
        query = leads._search(domain & Domain("partner_id.commercial_partner_id", "in", ids))
        query.order = None
        return SQL(
            """
            (SELECT found.*, contact.commercial_partner_id AS customer_id
             FROM (%s) found JOIN res_partner contact ON contact.id = found.partner_id) deal
            """,
            self._select(leads, query, "id", "partner_id", *names),
        )

    def _select(self, model, query, *names):
        return query.select(
            *(SQL("%s AS %s", model._field_to_sql(query.table, name, query), SQL.identifier(name)) for name in names)
        )

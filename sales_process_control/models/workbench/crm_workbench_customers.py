from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..recording.company_money import CompanyMoney
from .crm_workbench_block import Watched
from .res_partner import KEY_CUSTOMER
from .workbench_scope import MINE

#: How many customers the block shows.
MOST = 10
#: Customers with their open deals, the starred ones first. A starred customer without a deal in the scope is among them
#: if its salesperson is in the scope. Deals are added up by contact first and by customer then, so that fewer rows are
#: joined. OFFSET 0 makes PostgreSQL look up only the names of the customers that are shown.
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
           (SELECT count(*) FROM starred_in_scope),
           (SELECT count(*) FROM ranked WHERE ranked.id IN (SELECT contact.id FROM contact))
    FROM (SELECT * FROM ranked ORDER BY is_key DESC, amount DESC, id) ranked
    CROSS JOIN LATERAL (SELECT complete_name FROM contact WHERE contact.id = ranked.id OFFSET 0) contact
    ORDER BY ranked.is_key DESC, ranked.amount DESC, ranked.id
    LIMIT %(most)s
"""
#: The last contact of each customer on any of its deals, and the planned activity on its open deals that is due first.
#: A deal has no contact after its last progress. So the contacts of the LATEST deals by last progress are read, and
#: then those of deals whose last progress is later than the contact that was found.
CONTACTS = """
    WITH placed AS MATERIALIZED (
        SELECT deal.*, row_number() OVER (
            PARTITION BY deal.customer_id ORDER BY deal.last_progress_at DESC NULLS LAST
        ) AS place
        FROM %(deals)s
    ), latest AS MATERIALIZED (
        SELECT customer_id, max(%(contact_at)s) AS contact_at FROM placed deal WHERE place <= %(latest)s GROUP BY 1
    ), action AS (
        SELECT DISTINCT ON (deal.customer_id) deal.customer_id, planned.summary, planned.date_deadline
        FROM %(open_deals)s JOIN (%(planned)s) planned ON planned.res_id = deal.id
        ORDER BY deal.customer_id, planned.date_deadline, planned.id
    )
    SELECT customer_id, GREATEST(latest.contact_at, (
        SELECT max(%(contact_at)s) FROM placed deal
        WHERE deal.customer_id = latest.customer_id AND deal.place > %(latest)s
          AND (latest.contact_at IS NULL OR deal.last_progress_at > latest.contact_at)
    )), action.summary, action.date_deadline
    FROM latest FULL JOIN action USING (customer_id)
"""
#: Of how many deals of a customer the contacts are read first.
LATEST = 20


class CrmWorkbenchCustomers(models.AbstractModel):
    """Customers starred by hand, and customers with the most open pipeline.

    A customer is a commercial entity: a company with the deals of all its contacts, or a person without a company.
    """

    _name = "crm.workbench.customers"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Key Customers"

    _block_key = "customers"
    _block_sequence = 50
    # It adds up all deals by customer, and takes as long as the other blocks together.
    _block_is_later = True

    def _read_block(self, scope):
        money = CompanyMoney(self.env)
        rows = self._read_customers(scope, money)
        ids = [row[0] for row in rows]
        contact_days, actions = self._read_contacts(scope, ids)
        currency_id = money.currency_id()
        starred, count = rows[0][-2:] if rows else (0, 0)
        return {
            "starred": self._number(
                starred, self.env._("Key Customers"), "res.partner", KEY_CUSTOMER & self._in_scope(scope)
            ),
            "all": self._number(
                count, self.env._("Key Customers and Customers With Open Deals"), "res.partner", self._shown(scope)
            ),
            "left_out": money.left_out(self._open_deals(scope) & Domain("partner_id", "!=", False)),
            "customers": [
                {
                    "id": customer_id,
                    "name": name or self.env._("Customer %s", customer_id),
                    "is_key": is_key,
                    "deals": self._number(
                        deals,
                        self.env._("Open Opportunities: %s", name or customer_id),
                        "crm.lead",
                        self._open_deals(scope) & Domain("partner_id.commercial_partner_id", "=", customer_id),
                    ),
                    "amount": amount,
                    "currency_id": currency_id,
                    "contact_days": contact_days.get(customer_id, False),
                    "next_action": actions.get(customer_id, False),
                }
                for customer_id, name, is_key, deals, amount, *_counts in rows
            ],
        }

    def _watched(self, scope):
        # Key customers outside of the scope as well: finding those inside of it by their deals takes longer than all
        # other records together, and a customer comes into the scope only by a deal or a salesperson, which is watched.
        return [
            *super()._watched(scope),
            self._watched_activities(scope),
            Watched("res.partner", KEY_CUSTOMER & Domain("active", "=", True)),
        ]

    def _in_scope(self, scope):
        """Return the customers of a scope, by their salesperson or by an open deal, as a domain on `res.partner`."""
        of_sellers = self._of_sellers(scope)
        return of_sellers | Domain("customer_deal_ids", "any", self._open_deals(scope))

    def _shown(self, scope):
        """Return all customers that the block would show if there were room, as a domain on `res.partner`."""
        buying = Domain("customer_deal_ids", "any", self._open_deals(scope)) & Domain("active", "in", [True, False])
        return buying | (KEY_CUSTOMER & self._in_scope(scope) & Domain("active", "=", True))

    def _of_sellers(self, scope):
        """Return the customers whose salesperson is in the scope, as a domain on `res.partner`.

        That is the reader or, in other scopes, a member of the teams. The reader is in all of the own teams, which he
        may lead without being a member, but in a chosen team only as its member.
        """
        own = Domain("user_id", "=", scope.user_id)
        if scope.name == MINE:
            return own
        if scope.team_ids is None:
            return Domain.TRUE
        members = Domain("user_id.crm_team_member_ids.crm_team_id", "in", scope.team_ids)
        return members if scope.is_chosen else own | members

    def _read_customers(self, scope, money):
        """Return the customers that are shown.

        Contacts and customers that the reader may not see are left out, with their deals.

        :return: list of (id, name, whether starred, count of open deals, their amount in the currency of the reader's
            company, count of all starred customers, count of all customers)
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
                    SQL("sum((%s)::float8) AS amount", money.amount_sql(deals.table, deals)),
                ),
                starred=starred.select(
                    SQL.identifier(starred.table, "id"),
                    SQL("%s IN %s AS is_in_scope", SQL.identifier(starred.table, "id"), of_sellers.subselect()),
                ),
                most=MOST,
            )
        )

    def _read_contacts(self, scope, ids):
        """Return the last contact of each customer, and the earliest planned activity, with one statement.

        :param list ids: ids of customers
        :return: whole days since the last contact on any deal, also on closed ones, by id of the customer (see
            docs/definitions.md, Workbench); `summary` and `date_deadline` of the activity on the open deals of the
            scope that the reader may read, by id of the customer. Customers without one are missing
        """
        if not ids:
            return {}, {}
        leads = self.env["crm.lead"].with_context(active_test=False)
        # A deal without progress has no contact.
        progressed = Domain("type", "=", "opportunity") & Domain("last_progress_at", "!=", False)
        rows = self.env.execute_query(
            SQL(
                CONTACTS,
                deals=self._deals_of(leads, progressed, ids, "last_progress_at"),
                contact_at=leads._contact_sql(SQL.identifier("deal", "id")),
                latest=LATEST,
                open_deals=self._deals_of(self.env["crm.lead"], self._open_deals(scope), ids),
                planned=self.env["mail.activity"]._planned_sql(),
            )
        )
        now = self.env.cr.now()
        days = {customer_id: max((now - at).days, 0) for customer_id, at, _summary, _day in rows if at}
        actions = {
            customer_id: {"summary": summary, "date_deadline": fields.Date.to_string(day)}
            for customer_id, _at, summary, day in rows
            if day
        }
        return days, actions

    def _deals_of(self, leads, domain, ids, *names):
        """Return the deals of customers, as SQL of a table `deal` with `id`, `customer_id` and other columns.

        :param leads: model `crm.lead` with the context of the search
        :param Domain domain: of the deals
        :param list ids: ids of customers
        :param names: names of further fields
        """
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
        """Return a query with columns that are named after fields."""
        return query.select(
            *(SQL("%s AS %s", model._field_to_sql(query.table, name, query), SQL.identifier(name)) for name in names)
        )

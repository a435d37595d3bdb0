"""Who is to be alerted to which deals and promises on a day, by one statement for all companies of a time zone."""

from datetime import date, datetime
from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_ALL_DOCUMENTS, GROUP_SALESPERSON
from ...ledger import promises
from ..recording.company_money import CompanyMoney
from ..screen.crm_screen_block import OPEN_DEAL
from .alert_kinds import IDLE, KINDS, LONG_OVERDUE_DAYS, PROMISE, PROMISE_LEADER, SETTINGS, STALLED, STALLED_LEADER
from .res_company import DEFAULT_PER_DAY

#: Reads :class:`Candidate` rows. `deal` has open deals that may concern somebody, `promise` has overdue hot flags. Both
#: have their owner and the leader of their team, NULL unless these sell in the company and may read the deal. Kinds
#: that the company has not switched on are left out. Of several kinds about one deal, a person gets the most urgent
#: one.
CANDIDATES = """
    WITH seller AS MATERIALIZED (%(sellers)s),
    deal AS MATERIALIZED (%(deals)s),
    promise AS MATERIALIZED (%(promises)s),
    found AS (
        SELECT kind.name AS kind, kind.user_id, deal.id AS lead_id, NULL::int AS partner_id, deal.entered_at,
               NULL::int AS flag_id, NULL::date AS due_date, deal.team_id, deal.company_id, deal.amount,
               deal.stored_company_id, deal.stored_user_id
        FROM deal
        CROSS JOIN LATERAL (SELECT COALESCE(deal.owner_id, deal.leader_id) AS user_id) told
        CROSS JOIN LATERAL (VALUES
            ('%(stalled)s', deal.is_stalled, told.user_id),
            ('%(stalled_leader)s', deal.is_stalled AND deal.is_long, NULLIF(deal.leader_id, told.user_id)),
            ('%(idle)s', deal.is_hot_idle, told.user_id)
        ) kind (name, is_found, user_id)
        WHERE kind.is_found AND kind.user_id IS NOT NULL AND deal.entered_at IS NOT NULL
          AND NOT EXISTS (
              SELECT FROM crm_deal_alert had
              WHERE had.lead_ref = deal.id AND had.flag_ref = 0 AND had.entered_at = deal.entered_at
                AND had.kind = kind.name AND had.user_id = kind.user_id
          )
        UNION ALL
        SELECT kind.name, kind.user_id, promise.lead_id, promise.partner_id, NULL, promise.id, promise.due_date,
               promise.team_id, promise.company_id, promise.amount, promise.stored_company_id, promise.stored_user_id
        FROM promise
        CROSS JOIN LATERAL (SELECT COALESCE(promise.owner_id, promise.leader_id) AS user_id) told
        CROSS JOIN LATERAL (VALUES
            ('%(promise)s', TRUE, told.user_id),
            ('%(promise_leader)s', promise.due_date < %(long_before)s, NULLIF(promise.leader_id, told.user_id))
        ) kind (name, is_found, user_id)
        WHERE kind.is_found AND kind.user_id IS NOT NULL
          AND NOT EXISTS (
              SELECT FROM crm_deal_alert had
              WHERE had.flag_ref = promise.id AND had.due_date = promise.due_date
                AND had.kind = kind.name AND had.user_id = kind.user_id
          )
    ),
    ranked AS (
        SELECT found.*, array_position(%(kinds)s::text[], found.kind) AS urgency
        FROM found
        JOIN (VALUES %(switched_on)s) switched_on (company_id, kind)
             ON switched_on.company_id = found.company_id AND switched_on.kind = found.kind
    ),
    -- A person who has not reacted to an alert yet gets no less urgent one about the same deal.
    single AS (
        SELECT DISTINCT ON (user_id, lead_id, CASE WHEN lead_id IS NULL THEN flag_id END) ranked.*
        FROM ranked
        WHERE lead_id IS NULL OR NOT EXISTS (
            SELECT FROM crm_deal_alert had
            WHERE had.lead_ref = ranked.lead_id AND had.state = 'open' AND had.user_id = ranked.user_id
              AND array_position(%(kinds)s::text[], had.kind::text) <= ranked.urgency
        )
        ORDER BY user_id, lead_id, CASE WHEN lead_id IS NULL THEN flag_id END, urgency, flag_id
    ),
    cut AS (
        SELECT single.*,
               row_number() OVER (
                   PARTITION BY user_id ORDER BY amount DESC, urgency, lead_id NULLS LAST, flag_id
               ) AS place
        FROM single
    )
    SELECT cut.user_id, cut.kind, cut.lead_id, cut.partner_id, cut.entered_at, cut.flag_id, cut.due_date, cut.team_id,
           cut.stored_company_id, cut.stored_user_id
    FROM cut
    JOIN seller ON seller.id = cut.user_id
    WHERE cut.place <= seller.per_day - (
        SELECT count(*) FROM crm_deal_alert had WHERE had.user_id = cut.user_id AND had.day = %(day)s
    )
    ORDER BY cut.user_id, cut.place
"""
#: Owner and leader of a row of a deal or of a promise, as far as they sell in its company and may read the deal: deals
#: that a person may not read take no place of the person's alerts. The rules of Odoo count when alerts are given.
PEOPLE = """
    LEFT JOIN crm_team team ON team.id = source.team_id
    LEFT JOIN seller owner ON owner.id = source.user_id AND (
        owner.reads_all OR source.deal_user_id IS NULL OR source.deal_user_id = owner.id
    ) AND (source.stored_company_id IS NULL OR EXISTS (
        SELECT FROM res_company_users_rel allowed
        WHERE allowed.user_id = owner.id AND allowed.cid = source.stored_company_id
    ))
    LEFT JOIN seller leader ON leader.id = team.user_id AND (
        leader.reads_all OR source.deal_user_id IS NULL OR source.deal_user_id = leader.id
    ) AND (source.stored_company_id IS NULL OR EXISTS (
        SELECT FROM res_company_users_rel allowed
        WHERE allowed.user_id = leader.id AND allowed.cid = source.stored_company_id
    ))
"""


class Candidate(NamedTuple):
    """An alert that a person is to get.

    :param lead_id: id of the deal; None for a promise without one
    :param partner_id: id of the customer of such a promise
    :param entered_at: since when the deal is in its stage, naive UTC; None for a promise
    :param flag_id: id of the hot flag of a promise
    :param due_date: its due date
    :param company_id: id of the company of the deal or the promise; None without one
    :param owner_id: id of the salesperson of the deal or the promise, who may be another person; None without one
    """

    user_id: int
    kind: str
    lead_id: int | None
    partner_id: int | None
    entered_at: datetime | None
    flag_id: int | None
    due_date: date | None
    team_id: int | None
    company_id: int | None
    owner_id: int | None


class AlertCandidates:
    """Finds the alerts of a day. Runs in superuser mode: alerts are for everybody, and the job shows nothing to a user.

    :param Environment env: with the time zone of the companies in its context
    :param companies: companies that share a day and a time zone
    :param date day: that day
    :param int main_company_id: id of the company to which deals without a company belong
    """

    def __init__(self, env, companies, day, main_company_id):
        self.env = env
        self._companies = companies
        self._day = day
        self._main_company_id = main_company_id
        self._money = CompanyMoney(env)

    def by_person(self):
        """Return the alerts by person, those with the highest amounts first, as many as each person may get today.

        :return: lists of :class:`Candidate` by the id of the user
        :rtype: dict
        """
        switched_on = [
            SQL("(%s, %s)", company.id, kind)
            for company in self._companies
            for kind, setting in SETTINGS.items()
            if company[setting]
        ]
        if not switched_on:
            return {}
        kinds = [kind for kind, _label in KINDS]
        names = {
            "stalled": STALLED,
            "stalled_leader": STALLED_LEADER,
            "idle": IDLE,
            "promise": PROMISE,
            "promise_leader": PROMISE_LEADER,
        }
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                CANDIDATES,
                sellers=self._sellers_query(),
                deals=self._deals_query(),
                promises=self._promises_query(),
                long_before=SQL("%s::date - %s", self._day, LONG_OVERDUE_DAYS),
                switched_on=SQL(", ").join(switched_on),
                kinds=kinds,
                day=self._day,
                **{key: SQL(name) for key, name in names.items()},
            )
        )
        found = {}
        for row in rows:
            candidate = Candidate(*row)
            found.setdefault(candidate.user_id, []).append(candidate)
        return found

    def _sellers_query(self):
        """Return the query for everybody who sells.

        Its columns are `id`, `per_day`, the limit of the user's default company, and `reads_all`: whether the user has
        the rights *All Documents*.
        """
        users = self.env["res.users"]
        group = self.env.ref(GROUP_SALESPERSON)
        domain = Domain("active", "=", True) & Domain("share", "=", False) & Domain("all_group_ids", "in", group.ids)
        query = users._search(domain)
        readers = users._search(domain & Domain("all_group_ids", "in", self.env.ref(GROUP_ALL_DOCUMENTS).ids))
        company = query.left_join(query.table, "company_id", "res_company", "id", "company_id")
        return query.select(
            SQL("%s AS id", SQL.identifier(query.table, "id")),
            SQL("COALESCE(%s, %s) AS per_day", SQL.identifier(company, "alerts_per_day"), DEFAULT_PER_DAY),
            SQL("%s IN %s AS reads_all", SQL.identifier(query.table, "id"), readers.subselect()),
        )

    def _deals_query(self):
        """Return the query for open deals of the companies that are past their limits or hot."""
        leads = self.env["crm.lead"]
        query = leads._search(OPEN_DEAL & self._of_companies())
        alias = query.table
        is_late = leads._is_late_sql(alias, query)
        lead_id, is_hot = (leads._field_to_sql(alias, name, query) for name in ("id", "is_hot"))
        query.add_where(SQL("(%s OR %s)", is_late, is_hot))
        entered_at, span = (
            self._column(query, "stage_entered_at"),
            SQL.identifier(leads._join_limit(alias, query), "span"),
        )
        source = query.select(
            SQL("%s AS id", lead_id),
            *(SQL("%s AS %s", self._column(query, name), SQL.identifier(name)) for name in ("user_id", "team_id")),
            SQL("%s AS deal_user_id", self._column(query, "user_id")),
            SQL("%s AS entered_at", entered_at),
            SQL("%s AS stored_company_id", self._column(query, "company_id")),
            SQL("%s::float8 AS amount", self._money.amount_sql(alias, query)),
            SQL("COALESCE(%s, FALSE) AND %s AS is_stalled", is_late, leads._is_stalled_sql(alias, query)),
            SQL("%s + 2 * %s < %s AS is_long", entered_at, span, self.env.cr.now()),
            SQL(
                "COALESCE(%s, FALSE) AND NOT EXISTS (SELECT %s) AS is_hot_idle", is_hot, leads._activities_sql(lead_id)
            ),
        )
        return self._with_people(source, ("id", "entered_at", "amount", "is_stalled", "is_long", "is_hot_idle"))

    def _promises_query(self):
        """Return the query for overdue hot flags of the companies, on active deals, and on customers without a deal."""
        flags = self.env["crm.hot.flag"]
        domain = Domain("outcome", "=", promises.OPEN) & Domain("due_date", "<", self._day)
        on_deal = Domain("lead_id", "any", Domain("active", "=", True))
        on_customer = Domain("lead_ref", "=", 0) & Domain("partner_id", "!=", False)
        query = flags._search(domain & self._of_companies() & (on_deal | on_customer))
        lead = query.left_join(query.table, "lead_id", "crm_lead", "id", "lead_id")
        names = ("id", "user_id", "team_id", "due_date", "lead_id", "partner_id")
        amount = SQL(
            "COALESCE(NULLIF(%s, 0)::float8 * %s, %s::float8)",
            SQL.identifier(query.table, "amount"),
            self._rate_sql(SQL.identifier(query.table, "currency_id")),
            self._money.amount_sql(lead, query),
        )
        source = query.select(
            *(SQL("%s AS %s", SQL.identifier(query.table, name), SQL.identifier(name)) for name in names),
            SQL("%s AS deal_user_id", SQL.identifier(lead, "user_id")),
            SQL("%s AS stored_company_id", SQL.identifier(query.table, "company_id")),
            SQL("%s AS amount", amount),
        )
        return self._with_people(source, ("id", "due_date", "lead_id", "partner_id", "amount"))

    def _with_people(self, source, names):
        """Return a query with those whom a deal or a promise concerns.

        :param SQL source: query with `user_id`, `team_id`, `stored_company_id`, and `deal_user_id`, the salesperson of
            the deal, NULL for a promise without one
        :param names: names of its columns that are kept
        """
        return SQL(
            """
            SELECT %s, source.stored_company_id, COALESCE(source.stored_company_id, %s) AS company_id,
                   source.team_id, source.user_id AS stored_user_id, owner.id AS owner_id, leader.id AS leader_id
            FROM (%s) source %s
            """,
            SQL(", ").join(SQL.identifier("source", name) for name in names),
            self._main_company_id,
            source,
            SQL(PEOPLE),
        )

    def _of_companies(self):
        company_ids = list(self._companies.ids)
        if self._main_company_id in company_ids:
            company_ids.append(False)
        return Domain("company_id", "in", company_ids)

    def _column(self, query, name):
        return self.env["crm.lead"]._field_to_sql(query.table, name, query)

    def _rate_sql(self, currency_id):
        """Return the SQL of the factor that converts an amount of a currency, 0 where its rate is missing.

        :param SQL currency_id: id of the currency
        """
        used = [
            currency.id
            for (currency,) in self.env["crm.hot.flag"]._read_group(
                Domain("outcome", "=", promises.OPEN), ["currency_id"]
            )
        ]
        rates = self._money.rates([one for one in used if one])
        cases = SQL(" ").join(
            SQL("WHEN %s = %s THEN %s", currency_id, key, rate or 0.0) for key, rate in rates.items() if key
        )
        return SQL("(CASE %s ELSE 0 END)", cases)

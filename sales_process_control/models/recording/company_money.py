"""Amounts of deals of several companies in one currency, for the workbench and the sales funnel."""

from collections import defaultdict

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL


class CompanyMoney:
    """Converts amounts of the user's companies into the currency of the company that the user works in.

    All amounts are converted at today's rate, so that converted amounts add up to the converted total. No query is
    sent where all companies of the user have the same currency.

    Amounts in a currency without a rate are in no sum. :meth:`left_out` returns them, so that a screen can say so.

    :param Environment env: the user and the allowed companies
    """

    def __init__(self, env):
        self.env = env
        #: Factors that were read, by the currency that they convert into.
        self._factors = {}

    def currency_id(self):
        """Return the id of the currency of the user's current company."""
        return self.currency_by_company()[self.env.company.id]

    def currency_by_company(self):
        """Return the currency id of each company, by company id.

        The key None stands for deals without a company. They have the currency of the main company.
        """
        companies = self.env["crm.pipeline.reader"]._read_context().companies
        return {company_id: company.currency_id for company_id, company in companies.items()}

    def currencies(self):
        """Return the currencies of the user's companies, that of the current company first."""
        by_company = self.currency_by_company()
        of_companies = {by_company[company_id] for company_id in self.company_ids() - {None}}
        own = self.currency_id()
        return self.env["res.currency"].browse([own, *sorted(of_companies - {own})])

    def rates(self, currency_ids=(), target_id=None):
        """Return the factors that convert amounts into one currency at today's rate.

        :param currency_ids: ids of currencies to convert from, in addition to those of the user's companies. None
            stands for a currency that was deleted: its amounts are not converted
        :param int target_id: id of the currency to convert into, by default :meth:`currency_id`
        :return: dict of float factors by currency id, always with a factor for None. The factor is None if a rate is
            missing
        """
        target_id = target_id or self.currency_id()
        by_company = self.currency_by_company()
        of_companies = {by_company[company_id] for company_id in self.company_ids()}
        factors = self._factors.setdefault(target_id, {None: 1.0, target_id: 1.0})
        wanted = {*of_companies, *currency_ids} - factors.keys()
        if wanted:
            factors |= self._read_factors(wanted, target_id)
        return dict(factors)

    def _read_factors(self, currency_ids, target_id):
        """Return the factors that convert amounts into a currency, None where a rate is missing.

        The currency of the company that the user works in, and that of the main company, have the rate 1 where Odoo has
        none: rates are relative to them. If neither of two currencies has a rate, they cannot be converted.
        """
        today = fields.Date.context_today(self.env["res.currency"], self.env.cr.now())
        currencies = self.env["res.currency"].browse(sorted({*currency_ids, target_id}))
        rates = currencies._get_rates(self.env.company, today)
        # Odoo takes 1 for a missing rate, so that only a rate of 1 may be a missing one.
        rated = {key for key, rate in rates.items() if rate and rate != 1}
        rated |= self._rated(rates.keys() - rated)
        bases = {self.currency_id(), self.currency_by_company()[None]}
        return {
            key: rates[target_id] / rates[key]
            if {key, target_id} <= rated | bases and {key, target_id} & rated and rates[key]
            else None
            for key in currency_ids
        }

    def _rated(self, currency_ids):
        """Return those of some currencies that have a rate for the company that the user works in, or for all."""
        if not currency_ids:
            return set()
        domain = Domain("currency_id", "in", list(currency_ids))
        domain &= Domain("company_id", "in", [False, self.env.company.root_id.id])
        return {currency.id for (currency,) in self.env["res.currency.rate"]._read_group(domain, ["currency_id"])}

    def left_out(self, domain):
        """Return the amounts of deals that are in no sum, since their currency has no rate.

        No query is sent where no rate is missing.

        :param Domain domain: the deals, as a domain on `crm.lead`
        :return: see :meth:`describe_left_out`
        """
        rates, by_company = self.rates(), self.currency_by_company()
        company_ids = [
            company_id or False for company_id in self.company_ids() if rates[by_company[company_id]] is None
        ]
        if not company_ids:
            return []
        amounts = defaultdict(float)
        for company, amount in self.env["crm.lead"]._read_group(
            domain & Domain("company_id", "in", company_ids), ["company_id"], ["expected_revenue:sum"]
        ):
            amounts[by_company[company.id or None]] += amount
        return self.describe_left_out(amounts)

    def describe_left_out(self, amounts):
        """Return amounts that are in no sum for the browser.

        :param dict amounts: amounts by currency id
        :return: list of dictionaries with ``currency_id``, ``name`` (of the currency) and ``amount``
        """
        currencies = self.env["res.currency"].browse(sorted(amounts))
        return [
            {"currency_id": currency.id, "name": currency.name, "amount": float(amounts[currency.id])}
            for currency in currencies
        ]

    def company_ids(self):
        """Return the ids of the companies whose deals the user may see, with None for deals without a company."""
        by_company = self.currency_by_company()
        if self.env.su:
            return {None, *by_company}
        return {None, *(company_id for company_id in self.env.companies.ids if company_id in by_company)}

    def amount_sql(self, alias, query):
        """Return the expected revenue of a deal in the currency of :meth:`currency_id`, as an SQL expression.

        The expression is 0 where the deal has no expected revenue, and where the rate of its currency is missing.

        :param str alias: alias of the table `crm_lead` in the query
        :param Query query: the query that the expression is for
        :rtype: SQL
        """
        leads = self.env["crm.lead"]
        amount = SQL("COALESCE(%s, 0)", leads._field_to_sql(alias, "expected_revenue", query))
        by_company = self.currency_by_company()
        rates = {currency_id: rate or 0.0 for currency_id, rate in self.rates().items()}
        default_rate = rates[by_company[None]]
        companies_by_rate = {}
        for company_id in self.company_ids() - {None}:
            rate = rates[by_company[company_id]]
            if rate != default_rate:
                companies_by_rate.setdefault(rate, []).append(company_id)
        if not companies_by_rate:
            return amount if default_rate == 1.0 else SQL("%s * %s", amount, default_rate)
        company = leads._field_to_sql(alias, "company_id", query)
        cases = SQL(" ").join(
            SQL("WHEN %s = ANY(%s) THEN %s", company, company_ids, rate)
            for rate, company_ids in companies_by_rate.items()
        )
        return SQL("%s * CASE %s ELSE %s END", amount, cases, default_rate)

"""Amounts of deals of several companies in one currency, for the workbench and the sales funnel."""

from odoo import fields
from odoo.tools import SQL


class CompanyMoney:
    """Converts amounts of the user's companies into the currency of the company that the user works in.

    All amounts are converted at today's rate, so that converted amounts add up to the converted total. No query is
    sent where all companies of the user have the same currency.

    :param Environment env: the user and the allowed companies
    """

    def __init__(self, env):
        self.env = env

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
        :return: dict of float factors by currency id, always with a factor for None. A currency without a rate has 1.0
        """
        target_id = target_id or self.currency_id()
        by_company = self.currency_by_company()
        of_companies = {by_company[company_id] for company_id in self.company_ids()}
        wanted = of_companies | {*currency_ids, target_id} - {None}
        if wanted == {target_id}:
            return {None: 1.0, target_id: 1.0}
        today = fields.Date.context_today(self.env["res.currency"], self.env.cr.now())
        rates = self.env["res.currency"].browse(sorted(wanted))._get_rates(self.env.company, today)
        target_rate = rates[target_id]
        return {None: 1.0, **{key: target_rate / rate if rate else 1.0 for key, rate in rates.items()}}

    def company_ids(self):
        """Return the ids of the companies whose deals the user may see, with None for deals without a company."""
        by_company = self.currency_by_company()
        if self.env.su:
            return {None, *by_company}
        return {None, *(company_id for company_id in self.env.companies.ids if company_id in by_company)}

    def amount_sql(self, alias, query):
        """Return the expected revenue of a deal in the currency of :meth:`currency_id`, as an SQL expression.

        The expression is 0 where the deal has no expected revenue.

        :param str alias: alias of the table `crm_lead` in the query
        :param Query query: the query that the expression is for
        :rtype: SQL
        """
        leads = self.env["crm.lead"]
        amount = SQL("COALESCE(%s, 0)", leads._field_to_sql(alias, "expected_revenue", query))
        rates, by_company = self.rates(), self.currency_by_company()
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

from odoo import fields, models
from odoo.tools import SQL


class CrmWorkbenchMoney(models.AbstractModel):
    """Converts amounts of several companies into the currency of the company in which the reader works.

    One rate for each currency, today's: sums of converted amounts are the converted sums. If all companies of the
    reader have the same currency, this reads nothing.
    """

    _name = "crm.workbench.money"
    _description = "Workbench Amounts"

    def _currency_id(self):
        """Return the id of the currency in which the reader sees amounts."""
        return self._currency_of_companies()[self.env.company.id]

    def _currency_of_companies(self):
        """Return the id of the currency by id of the company; at None that of the main company."""
        companies = self.env["crm.pipeline.reader"]._read_context().companies
        return {company_id: company.currency_id for company_id, company in companies.items()}

    def _rates(self, currency_ids=(), target=None):
        """Return the factors that convert amounts into one currency.

        :param currency_ids: ids of currencies besides those of the reader's companies
        :param int target: id of the currency to convert into, by default the reader's own
        :return: factor by id of the currency; 1 at None, for rows whose currency was deleted
        :rtype: dict
        """
        target = target or self._currency_id()
        currency_by_company = self._currency_of_companies()
        of_companies = {currency_by_company[company_id] for company_id in self._company_ids()}
        wanted = of_companies | {*currency_ids, target} - {None}
        if wanted == {target}:
            return {None: 1.0, target: 1.0}
        today = fields.Date.context_today(self, self.env.cr.now())
        rates = self.env["res.currency"].browse(sorted(wanted))._get_rates(self.env.company, today)
        target_rate = rates[target]
        factors = {currency_id: target_rate / rate if rate else 1.0 for currency_id, rate in rates.items()}
        return {None: 1.0, **factors}

    def _company_ids(self):
        """Return the ids of companies whose deals the reader may see, and None for deals without a company."""
        company_ids = self._currency_of_companies().keys()
        return {None, *(company_ids if self.env.su else company_ids & set(self.env.companies.ids))}

    def _amount_sql(self, alias, query):
        """Return the SQL of the expected revenue of a deal in the reader's currency, 0 if it is empty.

        :param str alias: alias of the table of `crm.lead`
        :param Query query: the query that has the alias
        :rtype: SQL
        """
        leads = self.env["crm.lead"]
        amount = SQL("COALESCE(%s, 0)", leads._field_to_sql(alias, "expected_revenue", query))
        rates, currency_by_company = self._rates(), self._currency_of_companies()
        default_rate = rates[currency_by_company[None]]
        companies_by_rate = {}
        for company_id in self._company_ids() - {None}:
            rate = rates[currency_by_company[company_id]]
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

from odoo import fields, models
from odoo.tools import SQL


class CrmWorkbenchMoney(models.AbstractModel):
    """Amounts of deals of several companies in one currency: that of the company in which the reader works.

    All are converted at one rate, today's, so that what is added up still adds up. Where all companies of the reader
    have the same currency this costs no statement.
    """

    _name = "crm.workbench.money"
    _description = "Workbench Amounts"

    def _currency_id(self):
        """Number of the currency in which the workbench shows amounts."""
        return self._currency_of_companies()[self.env.company.id]

    def _currency_of_companies(self):
        """Number of the currency of each company, and at None of deals without one: the main company's."""
        companies = self.env["crm.pipeline.reader"]._read_context().companies
        return {company_id: company.currency_id for company_id, company in companies.items()}

    def _rates(self, currency_ids=(), target=None):
        """By what to multiply an amount of each currency.

        :param currency_ids: what is asked for besides the currencies of the reader's companies, which are always there
        :param int target: number of the currency that is wanted, if not the reader's own
        :return: dict by number of the currency. None, of rows whose currency was deleted, is taken as the reader's own
        """
        target = target or self._currency_id()
        of_companies = self._currency_of_companies()
        wanted = {of_companies[company_id] for company_id in self._company_ids()} | {*currency_ids, target} - {None}
        if wanted == {target}:
            return {None: 1.0, target: 1.0}
        today = fields.Date.context_today(self, self.env.cr.now())
        rates = self.env["res.currency"].browse(sorted(wanted))._get_rates(self.env.company, today)
        own = rates[target]
        return {None: 1.0, **{number: own / rate if rate else 1.0 for number, rate in rates.items()}}

    def _company_ids(self):
        """Companies whose deals the reader may see; deals without a company he may see as well."""
        of_companies = self._currency_of_companies()
        known = of_companies if self.env.su else [number for number in self.env.companies.ids if number in of_companies]
        return {None, *known}

    def _amount_sql(self, alias, query):
        """The expected revenue of a deal in the reader's currency, zero where none is known.

        :param str alias: of the table of `crm.lead`
        :param Query query: in which it stands
        :rtype: SQL
        """
        leads = self.env["crm.lead"]
        amount = SQL("COALESCE(%s, 0)", leads._field_to_sql(alias, "expected_revenue", query))
        rates, of_companies = self._rates(), self._currency_of_companies()
        other = rates[of_companies[None]]
        companies_by_rate = {}
        for company_id in self._company_ids() - {None}:
            rate = rates[of_companies[company_id]]
            if rate != other:
                companies_by_rate.setdefault(rate, []).append(company_id)
        if not companies_by_rate:
            return amount if other == 1.0 else SQL("%s * %s", amount, other)
        company = leads._field_to_sql(alias, "company_id", query)
        cases = SQL(" ").join(
            SQL("WHEN %s = ANY(%s) THEN %s", company, company_ids, rate)
            for rate, company_ids in companies_by_rate.items()
        )
        return SQL("%s * CASE %s ELSE %s END", amount, cases, other)

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..models.recording.company_money import CompanyMoney
from .common import PipelineCase


@tagged("post_install", "-at_install")
class TestWorkbenchMoney(PipelineCase):
    """Amounts of several companies in the currency of the company in which the reader works."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.company.currency_id
        cls.foreign, cls.third = cls.env["res.currency"].create(
            [{"name": "XWF", "symbol": "F"}, {"name": "XWT", "symbol": "T"}]
        )
        cls.abroad, cls.sister = cls.env["res.company"].create(
            [
                {"name": "Workbench Abroad", "currency_id": cls.foreign.id},
                {"name": "Workbench Sister", "currency_id": cls.own.id},
            ]
        )
        # Four units of the foreign currency are one of the own, for each of the companies.
        for company in (cls.company, cls.abroad):
            for day, rate in (("2026-01-01", 4.0), ("2026-05-01", 5.0)):
                cls.env["res.currency.rate"].create(
                    {"name": day, "currency_id": cls.foreign.id, "company_id": company.id, "rate": rate}
                )
        cls.env["res.currency.rate"].create(
            {"name": "2026-01-01", "currency_id": cls.own.id, "company_id": cls.abroad.id, "rate": 1.0}
        )
        companies = cls.company | cls.abroad | cls.sister
        cls.traveller = new_test_user(
            cls.env,
            "workbench_traveller",
            groups="sales_team.group_sale_salesman_all_leads",
            company_ids=[Command.set(companies.ids)],
        )

    def money(self, *companies):
        user = self.traveller.with_user(self.traveller)
        return CompanyMoney(user.with_context(allowed_company_ids=[company.id for company in companies]).env)

    def amounts(self, money, deals):
        query = money.env["crm.lead"]._search([("id", "in", deals.ids)])
        amount = money.amount_sql(query.table, query)
        return {lead_id: float(value) for lead_id, value in money.env.execute_query(query.select("id", amount))}

    def make_deals(self):
        deals = self.Lead.browse()
        for company in (self.company, self.abroad, self.sister, self.env["res.company"]):
            deals += self.make_deal(company_id=company.id, team_id=False, user_id=False, expected_revenue=100)
        self.env.flush_all()
        return deals

    def test_one_currency_costs_no_statement(self):
        money = self.money(self.company, self.sister)
        query = money.env["crm.lead"]._search([])
        money.currency_by_company()
        with self.assertQueryCount(0):
            amount = money.amount_sql(query.table, query)
            self.assertEqual(money.rates(), {None: 1.0, self.own.id: 1.0})
        self.assertNotIn("CASE", amount.code)

    def test_amounts_in_the_currency_of_the_reader(self):
        here, abroad, sister, nowhere = deals = self.make_deals()
        money = self.money(self.company, self.abroad, self.sister)
        self.assertEqual(money.currency_id(), self.own.id)
        expected = {here.id: 100, abroad.id: 25, sister.id: 100, nowhere.id: 100}
        self.assertEqual(self.amounts(money, deals), expected)
        abroad_first = self.money(self.abroad, self.company, self.sister)
        self.assertEqual(abroad_first.currency_id(), self.foreign.id)
        expected = {here.id: 400, abroad.id: 100, sister.id: 400, nowhere.id: 400}
        self.assertEqual(self.amounts(abroad_first, deals), expected)

    def test_a_deal_without_a_company_has_the_main_currency(self):
        _here, abroad, _sister, nowhere = deals = self.make_deals()
        self.assertEqual(self.amounts(self.money(self.abroad), deals), {abroad.id: 100, nowhere.id: 400})

    def test_rate_is_that_of_today(self):
        _here, abroad, *_rest = deals = self.make_deals()
        self.set_time(self.start.replace(month=6))
        self.assertEqual(self.amounts(self.money(self.company, self.abroad), deals)[abroad.id], 20)

    def test_rates_of_rows(self):
        rates = self.money(self.company).rates([self.foreign.id, None])
        self.assertEqual(rates, {None: 1.0, self.own.id: 1.0, self.foreign.id: 0.25})
        self.assertIsNone(self.money(self.company).rates([self.third.id])[self.third.id])

    def test_a_deal_without_an_amount_counts_as_zero(self):
        deal = self.make_deal(expected_revenue=0)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET expected_revenue = NULL WHERE id = %s", [deal.id])
        self.assertEqual(self.amounts(self.money(self.company), deal), {deal.id: 0})

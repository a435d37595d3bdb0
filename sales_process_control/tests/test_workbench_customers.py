from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.workbench.crm_workbench_customers import LATEST
from .common import AccessCase
from .progress_common import ProgressCase
from .workbench_common import WorkbenchMixin


@tagged("post_install", "-at_install")
class TestWorkbenchCustomers(WorkbenchMixin, ProgressCase):
    """Key customers: starred ones first, then those with the most open pipeline."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The demonstration data has starred customers.
        cls.env["res.partner"].search([("is_key_customer", "=", True)]).is_key_customer = False
        names = ("Star Foundry", "Small Works", "Big Works")
        cls.star, cls.small, cls.big = cls.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in names]
        )
        cls.buyer = cls.env["res.partner"].create({"name": "Buyer of Big Works", "parent_id": cls.big.id})
        cls.person = cls.env["res.partner"].create({"name": "Lone Person"})

    def block(self, user=None, scope="mine"):
        return self.block_of(user or self.seller, "customers", scope)

    def rows(self, user=None, scope="mine"):
        """Return a list of (name, whether starred, open deals, amount)."""
        found = self.block(user, scope)["customers"]
        return [(row["name"], row["is_key"], row["deals"]["value"], row["amount"]) for row in found]

    def test_starred_first_then_by_amount(self):
        self.star.is_key_customer = True
        self.make_deal(partner_id=self.star.id, expected_revenue=10)
        self.make_deal(partner_id=self.small.id, expected_revenue=100)
        self.make_deal(partner_id=self.big.id, expected_revenue=300)
        self.make_deal(partner_id=self.buyer.id, expected_revenue=400)
        self.make_deal(partner_id=self.person.id, expected_revenue=500)
        self.make_deal(expected_revenue=9999)
        self.assertEqual(
            self.rows(),
            [
                ("Star Foundry", True, 1, 10),
                ("Big Works", False, 2, 700),
                ("Lone Person", False, 1, 500),
                ("Small Works", False, 1, 100),
            ],
        )
        self.assert_numbers_open_their_records(self.block(), self.seller)

    def test_only_open_deals_of_the_scope(self):
        won, lost = (self.make_deal(partner_id=self.big.id, expected_revenue=1000) for _end in range(2))
        won.action_set_won()
        lost.action_set_lost()
        self.make_deal(partner_id=self.big.id, user_id=self.colleague.id, team_id=self.other_team.id)
        self.make_deal(partner_id=self.big.id, type="lead")
        self.assertEqual(self.rows(), [])
        self.make_deal(partner_id=self.big.id, expected_revenue=7)
        self.assertEqual(self.rows(), [("Big Works", False, 1, 7)])
        self.assertEqual(self.rows(self.manager, "all"), [("Big Works", False, 2, 107)])

    def test_starred_without_a_deal(self):
        """A starred customer is in a scope by its salesperson too, and always in the scope of all."""
        self.star.write({"is_key_customer": True, "user_id": self.seller.id})
        self.small.write({"is_key_customer": True, "user_id": self.colleague.id})
        self.big.is_key_customer = True
        self.assertEqual(self.rows(), [("Star Foundry", True, 0, 0)])
        self.team.user_id = self.manager
        self.assertEqual(self.rows(self.manager, "team"), [("Star Foundry", True, 0, 0)])
        self.assertEqual(len(self.rows(self.manager, "all")), 3)
        for user, scope, count in ((self.seller, "mine", 1), (self.manager, "team", 1), (self.manager, "all", 3)):
            found = self.block(user, scope)
            self.assertEqual(found["starred"]["value"], count)
            self.assert_numbers_open_their_records(found, user)

    def test_starred_with_a_deal_of_another_salesperson(self):
        self.star.write({"is_key_customer": True, "user_id": self.colleague.id})
        self.make_deal(partner_id=self.star.id)
        found = self.block()
        self.assertEqual((found["starred"]["value"], found["customers"][0]["is_key"]), (1, True))
        self.assert_numbers_open_their_records(found, self.seller)

    def test_ten_of_many(self):
        customers = self.env["res.partner"].create(
            [{"name": f"Customer {number}", "is_key_customer": number < 12} for number in range(14)]
        )
        for customer in customers:
            self.make_deal(partner_id=customer.id)
        found = self.block()
        self.assertEqual([row["is_key"] for row in found["customers"]], [True] * 10)
        self.assertEqual(found["starred"]["value"], 12)
        self.assert_numbers_open_their_records(found, self.seller)

    def test_star_of_a_contact_says_nothing(self):
        self.make_deal(partner_id=self.buyer.id)
        self.buyer.is_key_customer = True
        found = self.block()
        self.assertEqual((found["starred"]["value"], found["customers"][0]["is_key"]), (0, False))
        self.big.is_key_customer = True
        found = self.block()
        self.assertEqual((found["starred"]["value"], found["customers"][0]["is_key"]), (1, True))
        self.assert_numbers_open_their_records(found, self.seller)

    def test_last_contact_on_any_deal_of_the_customer(self):
        first = self.make_deal(partner_id=self.big.id)
        self.hear(first)
        self.pass_time(days=3)
        second = self.make_deal(partner_id=self.buyer.id)
        self.hear(second)
        self.pass_time(days=4, hours=5)
        self.assertEqual(self.block()["customers"][0]["contact_days"], 4)
        second.action_set_won()
        self.assertEqual(self.block()["customers"][0]["contact_days"], 4)
        # An activity that was marked done without feedback is no contact.
        self.plan(first).action_done()
        self.assertEqual(self.block()["customers"][0]["contact_days"], 4)
        second.user_id = self.colleague
        self.assertEqual(self.block()["customers"][0]["contact_days"], 7)

    def test_last_contact_behind_many_deals_that_nobody_spoke_about(self):
        """The last contact counts, also if many other deals have later progress."""
        first, second = (self.make_deal(partner_id=self.big.id) for _deal in range(2))
        self.hear(first)
        self.pass_time(days=1)
        self.hear(second)
        self.pass_time(days=2)
        for _deal in range(LATEST + 2):
            self.plan(self.make_deal(partner_id=self.buyer.id)).action_done()
        self.assertEqual(self.block()["customers"][0]["contact_days"], 2)
        # One of the newest deals has an earlier contact, which does not count.
        newest = self.make_deal(partner_id=self.big.id)
        self.hear(newest)
        self.pass_time(days=3)
        self.hear(second)
        self.pass_time(days=1)
        for deal in (newest, *(self.make_deal(partner_id=self.big.id) for _deal in range(LATEST))):
            self.plan(deal).action_done()
        self.assertEqual(self.block()["customers"][0]["contact_days"], 1)

    def test_never_heard_of(self):
        self.make_deal(partner_id=self.big.id)
        row = self.block()["customers"][0]
        self.assertIs(row["contact_days"], False)
        self.assertIs(row["next_action"], False)

    def test_next_action_is_the_earliest_on_an_open_deal(self):
        first, second, lost = (self.make_deal(partner_id=self.big.id) for _deal in range(3))
        self.plan(first, summary="Later", date_deadline="2026-03-20")
        done = self.plan(second, summary="Done", date_deadline="2026-03-03")
        self.plan(second, summary="Sooner", date_deadline="2026-03-10")
        self.plan(lost, summary="Of a lost one", date_deadline="2026-03-04")
        lost.action_set_lost()
        done.action_done()
        expected = {"summary": "Sooner", "date_deadline": "2026-03-10"}
        self.assertEqual(self.block()["customers"][0]["next_action"], expected)

    def test_next_action_without_summary_is_its_kind(self):
        self.plan(self.make_deal(partner_id=self.big.id))
        self.assertEqual(self.block()["customers"][0]["next_action"]["summary"], self.call.name)

    def test_statements_do_not_grow(self):
        def statements():
            self.env.flush_all()
            self.env.invalidate_all()
            block = self.env["crm.workbench.customers"].with_user(self.manager)
            scope = self.env["crm.lead"].with_user(self.manager)._workbench_scope("all")
            block._read_block(scope)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            block._read_block(scope)
            return self.env.cr.sql_log_count - before

        self.make_deal(partner_id=self.big.id)
        one = statements()
        for number in range(15):
            partner = self.env["res.partner"].create({"name": f"Customer {number}"})
            self.plan(self.make_deal(partner_id=partner.id))
        self.assertEqual(statements(), one)
        self.assertLessEqual(one, 4)

    def test_the_whole_list(self):
        """The list has the customers that the block has no room for, archived ones with an open deal included."""
        partners = self.env["res.partner"].create([{"name": f"Customer {number}"} for number in range(14)])
        for partner in partners:
            self.make_deal(partner_id=partner.id)
        partners[0].active = False
        partners[1].is_key_customer = True
        for user, scope in ((self.seller, "mine"), (self.manager, "all")):
            found = self.block_of(user, "customers", scope)
            self.assertEqual((len(found["customers"]), found["all"]["value"]), (10, 14))
            self.assert_numbers_open_their_records(found, user)

    def test_merged_contacts_keep_the_star(self):
        self.star.is_key_customer = True
        merger = new_test_user(self.env, "workbench_merger", groups="base.group_partner_manager,base.group_user")
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(merger)
        wizard._merge([self.star.id, self.small.id], self.small.with_user(merger), extra_checks=False)
        self.assertFalse(self.star.exists())
        self.assertTrue(self.small.is_key_customer)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_sales_users_alone_know_of_stars(self):
        self.star.with_user(self.seller).is_key_customer = True
        for groups in ("base.group_user", "base.group_portal"):
            user = new_test_user(self.env, f"workbench_{groups}", groups=groups)
            self.assertNotIn("is_key_customer", self.env["res.partner"].with_user(user).fields_get())
            with self.assertRaises(AccessError):
                user.partner_id.with_user(user).read(["is_key_customer"])
            with self.assertRaises(AccessError):
                self.env["res.partner"].with_user(user).search([("is_key_customer", "=", True)])

    def test_customer_deleted_meanwhile(self):
        self.make_deal(partner_id=self.person.id)
        number = self.block()["customers"][0]["deals"]
        self.person.unlink()
        self.assertEqual(self.rows(), [])
        self.assertEqual(self.Lead.with_user(self.seller).search_count(number["domain"]), 0)

    def test_deals_of_a_customer(self):
        own = self.make_deal(partner_id=self.big.id) | self.make_deal(partner_id=self.buyer.id)
        theirs = self.make_deal(partner_id=self.buyer.id, user_id=self.colleague.id)
        self.env.flush_all()
        self.env.invalidate_all()
        for user, deals in ((self.seller, own), (self.manager, own | theirs)):
            partners = self.env["res.partner"].with_user(user)
            self.assertEqual(partners.browse(self.big.id).customer_deal_ids, deals)
            self.assertEqual(partners.search([("customer_deal_ids", "in", deals.ids)]), self.big)
        some, none = (
            self.env["res.partner"].search([("customer_deal_ids", operator, False)]) for operator in ("!=", "=")
        )
        self.assertIn(self.big, some - none)
        without = self.env["res.partner"].create({"name": "Without a deal"})
        self.assertIn(without, self.env["res.partner"].search([("customer_deal_ids", "=", False)]))
        self.assertNotIn(without, self.env["res.partner"].search([("customer_deal_ids", "!=", False)]))
        hidden = self.env["res.partner"].with_user(self.seller).search([("customer_deal_ids", "in", theirs.ids)])
        self.assertFalse(hidden)

    def test_filter_and_form(self):
        self.star.is_key_customer = self.buyer.is_key_customer = True
        views = self.env["res.partner"].with_user(self.seller).get_views([(False, "search"), (False, "form")])
        self.assertIn('name="key_customers"', views["views"]["search"]["arch"])
        self.assertIn('widget="key_customer"', views["views"]["form"]["arch"])


@tagged("post_install", "-at_install")
class TestWorkbenchCustomersAccess(WorkbenchMixin, AccessCase):
    """Deals of others and customers of another company are in no count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The demonstration data has starred customers.
        cls.env["res.partner"].search([("is_key_customer", "=", True)]).is_key_customer = False

    def test_scopes_and_companies(self):
        partner = self.env["res.partner"].create({"name": "Customer of All", "is_company": True})
        for deal in self.deals.values():
            deal.partner_id = partner
        for user, names in self.readers():
            for scope in ("mine", "all"):
                if scope == "all" and not user.has_group("sales_team.group_sale_salesman_all_leads"):
                    continue
                readable = [self.deals[name] for name in names]
                seen = [deal for deal in readable if scope == "all" or deal.user_id == user]
                with self.subTest(user=user.login, scope=scope):
                    found = self.block_of(user, "customers", scope)
                    self.assertEqual(sum(row["deals"]["value"] for row in found["customers"]), len(seen))
                    self.assert_numbers_open_their_records(found, user)

    def test_customer_of_another_company(self):
        hidden = self.env["res.partner"].create(
            {"name": "Customer abroad", "is_company": True, "company_id": self.second.id, "is_key_customer": True}
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET partner_id = %s WHERE id = %s", [hidden.id, self.deals["own"].id])
        for user, scope in ((self.seller, "mine"), (self.manager, "all")):
            found = self.block_of(user, "customers", scope)
            self.assertEqual((found["starred"]["value"], found["customers"]), (0, []))
            self.assert_numbers_open_their_records(found, user)
        found = self.block_of(self.abroad, "customers", "all")
        self.assertEqual((found["starred"]["value"], len(found["customers"])), (1, 1))

    def test_amounts_of_another_company_are_converted(self):
        foreign = self.env["res.currency"].create({"name": "XWF", "symbol": "F"})
        self.env["res.currency.rate"].create(
            {"name": "2026-01-01", "currency_id": foreign.id, "company_id": self.company.id, "rate": 4.0}
        )
        abroad = self.env["res.company"].create({"name": "Third Company", "currency_id": foreign.id})
        self.manager.company_ids = [Command.link(abroad.id)]
        partner = self.env["res.partner"].create({"name": "Customer of Two", "is_company": True})
        common = {"team_id": False, "partner_id": partner.id, "user_id": False}
        self.make_deal(company_id=abroad.id, expected_revenue=400, **common)
        self.make_deal(company_id=self.company.id, expected_revenue=10, **common)
        companies = [self.company.id, abroad.id]
        [row] = self.block_of(self.manager, "customers", "all", allowed_company_ids=companies)["customers"]
        self.assertEqual((row["amount"], row["currency_id"]), (110, self.company.currency_id.id))

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_no_way_in_for_others(self):
        for user in (self.internal, self.portal):
            with self.assertRaises(AccessError):
                self.block_of(user, "customers")
            # The field that finds customers by their deals does not reveal them either.
            with self.assertRaises(AccessError):
                self.env["res.partner"].with_user(user).search([("customer_deal_ids", "any", [("id", ">", 0)])])

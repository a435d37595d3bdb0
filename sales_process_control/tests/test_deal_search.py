from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AccessCase, PipelineCase


class SearchMixin:
    def found(self, user, term="", with_customers=True, teams=None):
        """Return (names of deals, names of customers) that a user finds."""
        self.env.flush_all()
        self.env.invalidate_all()
        leads = self.env["crm.lead"].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        answer = leads.search_deals_and_customers(term, with_customers, teams)
        return tuple([row["name"] for row in answer[part]] for part in ("deals", "customers"))


@tagged("post_install", "-at_install")
class TestDealSearch(SearchMixin, PipelineCase):
    """One search over open deals and customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.works = partners.create(
            {
                "name": "Zyx Works",
                "is_company": True,
                "city": "Lyon",
                "email": "hello@zyx.example",
                "phone": "+33 1 7000",
            }
        )
        cls.buyer = partners.create({"name": "Aya Buyer", "parent_id": cls.works.id, "email": "aya@zyx.example"})
        cls.office = cls.env["crm.lead"].create(
            {
                "name": "Zyxoffice",
                "type": "opportunity",
                "user_id": cls.seller.id,
                "company_id": cls.company.id,
                "partner_id": cls.works.id,
                "stage_id": cls.bidding.id,
                "expected_revenue": 500,
            }
        )

    def make(self, name, **values):
        return self.make_deal(**{"name": name, **values})

    def test_a_deal_as_it_is_described(self):
        self.make("Zyxoffice", partner_id=self.buyer.id, user_id=self.colleague.id, stage_id=self.needs.id)
        self.env["crm.hot.flag"].with_user(self.seller).create({"note": "Signs", "lead_id": self.office.id})
        self.env.flush_all()
        answer = self.env["crm.lead"].with_user(self.manager).search_deals_and_customers("zyxoffice", True)
        hot, cold = answer["deals"]
        expected = {
            "id": self.office.id,
            "name": "Zyxoffice",
            "partner_name": "Zyx Works",
            "stage_name": "Bidding",
            "amount": 500,
            "currency_id": self.company.currency_id.id,
            "user_name": self.seller.name,
            "is_hot": True,
        }
        self.assertEqual(hot, expected)
        self.assertEqual(
            (cold["partner_name"], cold["stage_name"], cold["is_hot"]), ("Zyx Works, Aya Buyer", self.needs.name, False)
        )

    def test_customers_as_they_are_described(self):
        answer = self.env["crm.lead"].with_user(self.seller).search_deals_and_customers("zyx", True)
        self.assertEqual(
            answer["customers"],
            [
                {
                    "id": self.works.id,
                    "name": "Zyx Works",
                    "is_company": True,
                    "company_name": False,
                    "city": "Lyon",
                    "email": "hello@zyx.example",
                },
                {
                    "id": self.buyer.id,
                    "name": "Aya Buyer",
                    "is_company": False,
                    "company_name": "Zyx Works",
                    "city": "Lyon",
                    "email": "aya@zyx.example",
                },
            ],
        )
        self.assertEqual(self.found(self.seller, "zyx", with_customers=False), (["Zyxoffice"], []))

    def test_words(self):
        """Each word may be anywhere; a deal is also found by its customer's name, mail and telephone."""
        for term in ("zyxoffice", "OFFICE zyx", "works zyx", "hello@zyx", "+33 1 7000", "0033 17000", "  Zyx  "):
            with self.subTest(term=term):
                self.assertIn("Zyxoffice", self.found(self.seller, term)[0])
        self.assertEqual(self.found(self.seller, "zyxoffice nothing"), ([], []))
        self.assertEqual(self.found(self.seller, "12"), ([], []))
        contact = self.make("Qwert", contact_name="Zoe Qx", email_from="zoe@qx.example", phone="+49 30 8181")
        for term in ("zoe qx", "zoe@qx.example", "+49 30 8181"):
            self.assertEqual(self.found(self.seller, term), ([contact.name], []))

    def test_open_deals_only(self):
        for name, act in (
            ("Zyxwon", lambda deal: deal.action_set_won()),
            ("Zyxlost", lambda deal: deal.action_set_lost()),
            ("Zyxlead", lambda deal: deal.write({"type": "lead"})),
        ):
            act(self.make(name))
            self.assertEqual(self.found(self.seller, name)[0], [])

    def test_who_is_no_customer(self):
        """Internal users, the companies of the database and their contacts, and addresses without a name."""
        self.env["res.partner"].create({"parent_id": self.works.id, "type": "invoice", "street": "Zyx street"})
        self.seller.partner_id.name = "Zyx Seller"
        self.company.partner_id.name = "Zyx Company"
        self.assertEqual(self.found(self.seller, "zyx")[1], ["Zyx Works", "Aya Buyer"])
        portal = self.env["res.users"].create(
            {
                "name": "Zyx Portal",
                "login": "zyx_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        self.assertIn(portal.name, self.found(self.seller, "zyx")[1])

    def test_own_deals_first_and_at_most_eight(self):
        for number in range(9):
            self.make(f"Zyx {number}", user_id=self.colleague.id, priority="3")
        names = self.found(self.manager, "zyx")[0]
        self.assertEqual(len(names), 8)
        self.office.user_id = self.manager
        self.assertEqual(self.found(self.manager, "zyx")[0][0], "Zyxoffice")
        self.env["res.partner"].create([{"name": f"Zyx {number}"} for number in range(9)])
        customers = self.found(self.manager, "zyx")[1]
        self.assertEqual((len(customers), customers[0]), (8, "Zyx Works"))

    def test_nothing_typed_yet(self):
        """Own deals are offered, and no customers."""
        self.make("Of a colleague", user_id=self.colleague.id)
        deals, customers = self.found(self.seller)
        self.assertIn("Zyxoffice", deals)
        self.assertNotIn("Of a colleague", deals)
        self.assertEqual(customers, [])

    def test_deals_of_teams_follow_own_ones(self):
        """Before anything is typed, too, as the workbench shows them."""
        self.env["crm.lead"].search([("id", "!=", self.office.id)]).unlink()
        self.office.user_id = self.manager
        self.make("Zyx South", user_id=self.colleague.id, team_id=self.other_team.id, priority="3")
        self.make("Zyx North", user_id=self.colleague.id, team_id=self.team.id)
        self.make("Zyx Nobody", user_id=False, team_id=False)
        north, south = self.team.ids, self.other_team.ids
        for teams, nothing_typed in (
            (None, ["Zyxoffice"]),
            ([], ["Zyxoffice"]),
            (north, ["Zyxoffice", "Zyx North"]),
            (north + south, ["Zyxoffice", "Zyx South", "Zyx North"]),
            ("all", ["Zyxoffice", "Zyx South", "Zyx Nobody", "Zyx North"]),
        ):
            with self.subTest(teams=teams):
                self.assertEqual(self.found(self.manager, teams=teams)[0], nothing_typed)
                self.assertEqual(len(self.found(self.manager, "zyx", teams=teams)[0]), 4)
        self.assertEqual(self.found(self.manager, "zyx", teams=north)[0][:2], ["Zyxoffice", "Zyx North"])
        for odd in ("x", 5, True, {"id": 1}, ["x"], [True], [None], [1] * 100_000):
            with self.subTest(odd=odd), self.assertRaisesRegex(UserError, "by their IDs"):
                self.found(self.manager, teams=odd)

    def test_odd_terms(self):
        leads = self.env["crm.lead"].with_user(self.seller)
        for term in ("%", "_", "\\", "'", "\x00", "(((", "+", "----", "x" * 100_000, " ".join("abcdefghijkl")):
            with self.subTest(term=term[:20]):
                self.assertLessEqual(len(leads.search_deals_and_customers(term, True)["deals"]), 8)
        for term in (5, ["x"], {"x": 1}):
            with self.assertRaises(UserError):
                leads.search_deals_and_customers(term)
        self.assertEqual(leads.search_deals_and_customers(None), leads.search_deals_and_customers(False))

    def test_statements_do_not_grow_with_the_deals(self):
        def statements():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            answer = self.env["crm.lead"].with_user(self.manager).search_deals_and_customers("zyx", True)
            return self.env.cr.sql_log_count - before, len(answer["deals"])

        statements()
        few, _count = statements()
        for number in range(12):
            partner = self.env["res.partner"].create({"name": f"Zyx Customer {number}"})
            self.make(f"Zyx {number}", partner_id=partner.id, user_id=self.colleague.id)
        many, count = statements()
        self.assertEqual((many, count), (few, 8))


@tagged("post_install", "-at_install")
class TestDealSearchAccess(SearchMixin, AccessCase):
    """Nobody finds a deal or a customer that the record rules hide."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.abroad_customer = partners.create({"name": "Zyx Abroad", "company_id": cls.second.id})
        cls.shared = partners.create({"name": "Zyx Shared"})
        for name, deal in cls.deals.items():
            customer = cls.abroad_customer if name == "abroad" else cls.shared
            # Odoo would choose the company by the customer.
            deal.write({"name": f"Zyx {name}", "partner_id": customer.id, "company_id": deal.company_id.id})
        cls.env.cr.flush()

    def test_each_reader(self):
        for user, names in self.readers():
            for term in ("zyx", "shared", "zyx shared"):
                with self.subTest(user=user.login, term=term):
                    deals, customers = self.found(user, term)
                    expected = {
                        f"Zyx {name}" for name in names if name in self.deals and (term == "zyx" or name != "abroad")
                    }
                    self.assertEqual(set(deals), expected)
                    self.assertEqual(set(self.found(user, teams="all")[0]), {f"Zyx {name}" for name in names})
                    is_abroad = self.second in user.company_ids and term == "zyx"
                    self.assertEqual("Zyx Abroad" in customers, is_abroad)

    def test_no_sales_rights(self):
        for user in (self.internal, self.portal, self.env.ref("base.public_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["crm.lead"].with_user(user).search_deals_and_customers("zyx", True)

    def test_the_hidden_customer_does_not_lead_to_its_deals(self):
        """A reader who may not read a customer finds its deals by their own texts only."""
        hidden = self.env["res.partner"].create({"name": "Hidden Customer"})
        self.env["ir.rule"].create(
            {
                "name": "Hidden customers",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("name", "!=", hidden.name)],
            }
        )
        own = self.deals["own"]
        own.with_context(mail_notrack=True).write(
            {"name": "Plain", "partner_id": hidden.id, "partner_name": False, "contact_name": False}
        )
        self.env.cr.flush()
        self.assertEqual(self.found(self.seller, "hidden"), ([], []))
        self.assertEqual(self.found(self.seller, "plain")[0], ["Plain"])

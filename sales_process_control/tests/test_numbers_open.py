from datetime import timedelta
from itertools import product
from random import Random

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .progress_common import ProgressCase
from .workbench_common import WorkbenchMixin, numbers_of

#: Units of the second company's currency in one unit of the main company's.
RATE = 7.3
ENDS = ("open", "open", "open", "won", "lost", "archived", "lead")


@tagged("post_install", "-at_install")
class TestNumbersOpen(WorkbenchMixin, ProgressCase):
    """Each number of the workbench opens as many records as it says, and records that add up to its amount.

    The data are those of two companies with two currencies, their salespeople and customers, over 60 days, with deals,
    contacts and flags in every state.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rates = [Command.create({"name": "2025-01-01", "rate": RATE, "company_id": False})]
        cls.currency = cls.env["res.currency"].create({"name": "NUM", "symbol": "N", "rate_ids": rates})
        cls.second = cls.env["res.company"].create({"name": "Abroad", "currency_id": cls.currency.id})
        both = cls.company | cls.second
        cls.manager.write({"company_ids": [Command.set(both.ids)], "tz": "Asia/Shanghai"})
        cls.team.user_id = cls.manager
        group = "sales_team.group_sale_salesman"
        cls.all_documents = new_test_user(cls.env, "numbers_all", groups=f"{group}_all_leads", tz="America/Lima")
        cls.abroad = new_test_user(
            cls.env,
            "numbers_abroad",
            groups="sales_team.group_sale_manager",
            company_id=cls.second.id,
            company_ids=[Command.set(both.ids)],
        )
        cls.portal = new_test_user(cls.env, "numbers_portal", groups="base.group_portal")
        cls.sellers = cls.seller | cls.colleague | cls.manager | cls.abroad
        cls.env["crm.hot.flag"].search([]).unlink()
        cls.env["calendar.event"].search([]).unlink()
        cls.make_customers()
        cls.random = Random(18)
        for stage, limit in ((cls.contact, 5), (cls.needs, 20), (cls.bidding, 40)):
            stage.rotting_threshold_days = limit
        cls.env.cr.flush()

    @classmethod
    def make_customers(cls):
        """Make a company with contacts of which one is archived and one is the portal user, and two other customers."""
        partners = cls.env["res.partner"]
        works = partners.create(
            {"name": "Works", "is_company": True, "is_key_customer": True, "user_id": cls.seller.id}
        )
        cls.portal.partner_id.parent_id = works
        former = partners.create({"name": "Former buyer", "parent_id": works.id, "active": False})
        abroad = partners.create({"name": "Abroad Works", "is_company": True, "company_id": cls.second.id})
        starred = partners.create({"name": "No deal", "is_key_customer": True, "user_id": cls.manager.id})
        cls.customers = works | cls.portal.partner_id | former | abroad | starred | cls.customer

    def make_history(self):
        """Make deals 60 days ago, move some of them day by day, and end some of them."""
        self.set_time(self.start - timedelta(days=60))
        places = product((self.company, self.second, self.env["res.company"]), [*self.sellers, False], ENDS)
        # Odoo lets a salesperson have deals of the own companies only.
        self.deals = {
            self.make_one(company, user, end): end
            for company, user, end in places
            if not user or not company or company in user.company_ids
        }
        for days in (50, 35, 31, 20, 8):
            self.set_time(self.start - timedelta(days=days))
            for deal in self.random.sample(list(self.deals), 30):
                deal.stage_id = self.random.choice((self.contact, self.needs, self.bidding, self.talks))
            for deal in self.random.sample(list(self.deals), 20):
                deal.expected_revenue += self.random.choice((-0.01, 1000.01, 12.5))
            if days == 20:
                self.make_promises()
        self.set_time(self.start - timedelta(days=6))
        for deal, end in self.deals.items():
            if end not in ("open", "lead"):
                getattr(deal, {"won": "action_set_won", "lost": "action_set_lost"}.get(end, "action_archive"))()

    def make_one(self, company, user, end):
        today = self.start.date()
        closing = self.random.choice((-900, -31, -30, -1, 0, 30, 31, None))
        # A customer of another company would change the company of the deal.
        customers = self.customers.filtered(lambda one: not one.company_id or one.company_id == company)
        deal = self.make_deal(
            name=f"{end} of {user.login if user else 'nobody'}",
            type="lead" if end == "lead" else "opportunity",
            stage_id=self.random.choice((self.contact, self.needs, self.bidding)).id,
            team_id=self.random.choice((self.team, self.other_team, self.env["crm.team"])).id,
            user_id=user and user.id,
            company_id=company.id,
            partner_id=self.random.choice((*customers.ids, False)),
            expected_revenue=self.random.choice((0, 0.05, 1234.56, 99999.99)),
            priority=self.random.choice("0123"),
            date_deadline=closing is not None and today + timedelta(days=closing),
        )
        deal.company_id = company
        return deal

    def make_promises(self):
        """Raise flags on deals and customers, and settle some: more than ten of one seller."""
        today = self.env.cr.now().date()
        for number, deal in enumerate(self.deals):
            if self.deals[deal] != "lead" and number % 2:
                self.make_flag(number, {"lead_id": deal.id, "user_id": deal.user_id.id}, today)
        for number, partner in enumerate(self.customers):
            self.make_flag(number, {"partner_id": partner.id, "kind": "reorder", "user_id": self.seller.id}, today)

    def make_flag(self, number, values, today):
        due_date = today + timedelta(days=(2, 15, 40)[number % 3])
        flag = self.env["crm.hot.flag"].create({"note": "About to act", "due_date": due_date, **values})
        if number % 5 == 0:
            flag.action_settle(("broken", "withdrawn")[number % 2])

    def make_day(self):
        """Plan activities and meetings around today on deals in every state, and have a customer write."""
        self.set_time(self.start)
        model_ids = {name: self.env["ir.model"]._get_id(name) for name in ("crm.lead", "res.partner")}
        targets = [*self.deals, *self.customers]
        users = self.sellers | self.all_documents
        self.env["mail.activity"].create(
            [
                {
                    "res_model_id": model_ids[target._name],
                    "res_id": target.id,
                    "user_id": self.random.choice(users).id,
                    "date_deadline": self.start.date() + timedelta(days=self.random.choice((-40, -1, 0, 0, 1))),
                    "activity_type_id": self.call.id,
                }
                for target in self.random.sample(targets, len(targets) * 2 // 3)
            ]
        )
        for deal in self.random.sample(list(self.deals), 25):
            self.meet(deal, self.start + timedelta(hours=self.random.choice((-30, -3, 2, 40))))
        for deal in self.random.sample(list(self.deals), 10):
            self.hear(deal, author=self.portal.partner_id)
        self.make_month()
        self.env.cr.flush()

    def make_month(self):
        """Win a deal of each team this month, and set targets of companies, teams and sellers."""
        for team in (self.team, self.other_team):
            self.make_deal(team_id=team.id, expected_revenue=700.5).action_set_won()
        owners = [{}, {"company_id": self.second.id}, {"team_id": self.team.id}]
        owners += [{"user_id": user.id} for user in (self.seller, self.colleague)]
        self.env["crm.sales.target"].search([]).unlink()
        self.env["crm.sales.target"].create([{"month": "2026-03-01", "amount": 1500, **owner} for owner in owners])

    def readers(self):
        """Yield (user, scope, context) of each workbench."""
        for user in (self.seller, self.colleague, self.manager, self.all_documents, self.abroad):
            for scope in self.workbench_of(user)["scopes"]:
                yield user, scope, {}
        yield self.manager, "all", {"allowed_company_ids": [self.second.id, self.company.id]}
        yield self.manager, "team", {"allowed_company_ids": self.second.ids}

    # ------------------------------------------------------------
    # SUMS
    # ------------------------------------------------------------

    def opened(self, number, user, **context):
        """Return the records that a click on a number shows."""
        context = {**self.context_of(user), **context, **number.get("context", {})}
        records = self.env[number["model"]].with_user(user)
        return records.with_context(context).search(number["domain"])  # pylint: disable=context-overridden

    def sum_in(self, currency_id, records):
        """Return the sum of the amounts of deals, of today or of a past day, in a currency, by the rate of the test."""
        units = {self.company.currency_id.id: 1.0, self.currency.id: RATE}
        if records._name == "crm.lead":
            amounts = [(deal.expected_revenue, (deal.company_id or self.company).currency_id) for deal in records]
        else:
            amounts = [(row.amount, row.currency_id) for row in records]
        return sum(amount / units[currency.id] * units[currency_id] for amount, currency in amounts)

    def assertAddsUp(self, path, opened, amount, currency_id):
        self.assertAlmostEqual(amount, self.sum_in(currency_id, opened), 2, path)

    def assertRowsAreCounted(self, blocks, user, context):
        """Assert that the rows which a block shows are among the records of its numbers."""
        for block, rows, keys in (
            ("hot", "flags", ("open",)),
            ("attention", "deals", ("all",)),
            ("opportunities", "deals", ("closing",)),
            ("today", "entries", ("overdue", "due", "meetings")),
        ):
            opened = {
                (number["model"], record.id)
                for number in (blocks[block][key] for key in keys)
                for record in self.opened(number, user, **context)
            }
            for row in blocks[block][rows]:
                kinds = {"meeting": "calendar.event", "activity": "mail.activity"}
                model = kinds[row["kind"]] if block == "today" else blocks[block][keys[0]]["model"]
                self.assertIn((model, row["id"]), opened, block)

    # ------------------------------------------------------------
    # TESTS
    # ------------------------------------------------------------

    def test_every_number(self):
        self.make_history()
        self.make_day()
        seen = set()
        for user, scope, context in self.readers():
            with self.subTest(user=user.login, scope=scope, **context):
                answer = self.workbench_of(user, scope, self.block_keys(scope), **context)
                for path, number in numbers_of(answer):
                    with self.subTest(number=path):
                        opened = self.opened(number, user, **context)
                        self.assertEqual(number["value"], len(opened), number)
                        if "amount" in number:
                            self.assertAddsUp(path, opened, number["amount"], number["currency_id"])
                        if number["value"]:
                            seen.add((scope, *(key for key in path if isinstance(key, str))))
                for row in answer["blocks"]["customers"]["customers"]:
                    opened = self.opened(row["deals"], user, **context)
                    self.assertAddsUp(row["name"], opened, row["amount"], row["currency_id"])
                self.assertRowsAreCounted(answer["blocks"], user, context)
        # Each number was more than zero for somebody.
        self.assertEqual({path for path in seen if path[0] == "all"}, self.paths_of("all"))

    def paths_of(self, scope):
        """Return the paths of the numbers of a scope, without the places in lists."""
        paths = {
            "totals": ("open", "expected", "won", "target", "hot"),
            "hot": ("open", "overdue"),
            "attention": ("promise", "stalled", "closing", "slow", "idle", "all"),
            "today": ("overdue", "due", "activities", "meetings"),
            "opportunities": ("closing",),
            "customers": ("starred", "all", ("customers", "deals")),
            "sellers": tuple(("sellers", name) for name in ("open", "hot", "stalled", "idle"))
            + tuple(("sellers", "promises", name) for name in ("kept", "settled"))
            + ("all",),
            "funnel": (("stages", "today"), ("stages", "before")),
            "conversion": tuple(("stages", name) for name in ("converted", "settled", "stayed", "skipped")),
        }
        return {
            (scope, "blocks", block, *(name if isinstance(name, tuple) else (name,)))
            for block, names in paths.items()
            for name in names
        }

    def test_portal(self):
        with self.assertRaises(AccessError):
            self.workbench_of(self.portal)

from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .recording_common import RecordingCase

SELLER, ODOO, CHANCE = range(3)


@tagged("post_install", "-at_install")
class TestForecastEstimates(RecordingCase):
    """Who estimates well: of the deals that were rated alike, how many were signed (docs/definitions.md)."""

    def setUp(self):
        super().setUp()
        self.set_time(datetime(2026, 3, 2, 4))

    def rate(self, deals, likelihood, odoo=30, user=None):
        """Record a likelihood while Odoo says another one."""
        for deal in deals:
            deal.automated_probability = odoo
            self.record(deal, user, step=self.note_down, likelihood=likelihood)

    def make_decided(self, won, lost, likelihood=70, odoo=30, **values):
        """Make deals that are rated on their third day and decided on their tenth."""
        deals = self.Lead.concat(*(self.make_deal(**values) for _deal in range(won + lost)))
        self.pass_time(days=3)
        self.rate(deals, likelihood, odoo)
        self.pass_time(days=7)
        deals[:won].action_set_won()
        deals[won:].action_set_lost()
        self.pass_time(days=1)
        return deals

    def estimates(self, user=None, **filters):
        self.env.cr.flush()
        self.env["crm.stage.chance"]._rebuild()
        self.env.invalidate_all()
        user = user or self.manager
        screen = self.env["crm.forecast.screen"].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        block = screen.get_screen("month", **filters, blocks=["estimates"])["blocks"]["estimates"]
        self.assertNotIn("error", block)
        return block

    def told(self, source, user=None, **filters):
        """Return {lowest percent of the band: (signed, deals)} of a source."""
        bands = self.estimates(user, **filters)["bands"]
        cells = {band["low"]: band["cells"][source] for band in bands}
        return {
            low: (cell["signed"]["value"], cell["deals"]["value"])
            for low, cell in cells.items()
            if cell["deals"]["value"]
        }

    def assertOpens(self, number, user=None):
        leads = self.env[number["model"]].with_user(user or self.manager).with_context(**number["context"])
        found = leads.search(number["domain"])
        self.assertEqual(len(found), number["value"])
        return found

    def test_golden_example(self):
        """Salespeople said 70%, Odoo 30%, half of such deals are won: 6 of 12 each, in their bands."""
        deals = self.make_decided(6, 6)
        self.assertEqual(self.told(SELLER), {60: (6, 12)})
        self.assertEqual(self.told(ODOO), {20: (6, 12)})
        self.assertEqual(self.told(CHANCE), {40: (6, 12)})
        found = self.estimates()
        self.assertEqual([(band["low"], band["high"]) for band in found["bands"]][0], (80, 100))
        self.assertEqual([source["count"] for source in found["sources"]], [12, 12, 12])
        for source, said in zip(found["sources"], (0.7, 0.3, 0.5), strict=True):
            self.assertAlmostEqual(source["said"], said)
            self.assertEqual((source["signed"], source["share"]), (6, 0.5))
        [cell] = [band["cells"][SELLER] for band in found["bands"] if band["low"] == 60]
        self.assertEqual(cell["share"], 0.5)
        self.assertEqual(self.assertOpens(cell["deals"]), deals.sorted("id", reverse=True).sorted())
        self.assertEqual(set(self.assertOpens(cell["signed"])), set(deals[:6]))

    def test_the_answer_does_not_grow_with_the_deals(self):
        """Lists are opened by a condition, not by ids."""
        sizes = []
        for _round in range(2):
            self.make_decided(6, 6)
            found = self.estimates()
            cells = [cell for band in found["bands"] for cell in band["cells"]]
            for cell in cells:
                for number in (cell["deals"], cell["signed"]):
                    self.assertEqual([condition[0] for condition in number["domain"]], ["estimate_cell"])
                    self.assertOpens(number)
            sizes.append(len(str(found)))
        # Digits of counts.
        self.assertLess(sizes[1], sizes[0] + 50)

    def test_a_list_stays_the_one_of_its_screen(self):
        """Its filters and its day are part of the condition."""
        self.make_decided(2, 1)
        self.make_decided(1, 0, user_id=False, team_id=self.other_team.id)
        [cell] = [band["cells"][SELLER] for band in self.estimates(team_id=self.team.id)["bands"] if band["low"] == 60]
        self.assertEqual(len(self.assertOpens(cell["deals"])), 3)
        self.assertEqual(self.Lead.with_user(self.colleague).search_count(cell["signed"]["domain"]), 0)
        self.make_decided(1, 0)
        self.set_time(datetime(2027, 6, 1, 4))
        self.assertEqual(self.told(SELLER), {})
        self.assertEqual(self.Lead.with_user(self.manager).search_count(cell["signed"]["domain"]), 2)

    def test_odd_cells(self):
        odd = (
            "x",
            "7",
            "null",
            "[]",
            '["seller", 5, false, "2026-03-01"]',
            '["seller", true, false, "2026-03-01"]',
            '["seller", 1, 0, "2026-03-01"]',
            '["nobody", 1, false, "2026-03-01"]',
            '[["seller"], 1, false, "2026-03-01"]',
            '["seller", 1, false, "soon"]',
            '["seller", 1, false, 7]',
            '["seller", 1, false, "0001-01-01"]',
            '["seller", 1, false, "2026-03-01", true]',
            '["seller", 1, false, "2026-03-01", 99999999999]',
            '["seller", 1, false, "2026-03-01", false, false, false, 1]',
            "[" * 5000,
        )
        for text in odd:
            with self.subTest(text), self.assertRaises(UserError):
                self.Lead.with_user(self.manager).search([("estimate_cell", "=", text)])

    def test_few_deals_have_no_percent(self):
        self.make_decided(3, 2)
        found = self.estimates()
        shares = [cell["share"] for band in found["bands"] for cell in band["cells"]]
        shares += [source[name] for source in found["sources"] for name in ("said", "share")]
        self.assertExactly(shares, [False] * len(shares))

    def test_none_of_many_deals_was_signed(self):
        """A share of 0 is known."""
        self.make_decided(0, 10)
        found = self.estimates()
        [share] = [band["cells"][SELLER]["share"] for band in found["bands"] if band["low"] == 60]
        self.assertExactly([share, found["sources"][SELLER]["share"]], [0.0, 0.0])

    def test_borders_of_bands(self):
        for likelihood in (19.99, 20, 40, 80, 99):
            self.make_decided(1, 0, likelihood)
        self.assertEqual(self.told(SELLER), {0: (1, 1), 20: (1, 1), 40: (1, 1), 80: (2, 2)})

    def test_the_first_likelihood_counts(self):
        """A later one knows more of how the deal went."""
        [deal] = self.make_deal()
        self.pass_time(days=1)
        self.rate(deal, 30, odoo=50)
        self.pass_time(days=1)
        self.rate(deal, 90, odoo=70)
        self.pass_time(days=1)
        deal.action_set_won()
        self.assertEqual(self.told(SELLER), {20: (1, 1)})
        self.assertEqual(self.told(ODOO), {40: (1, 1)})

    def test_a_likelihood_on_the_day_of_the_end_does_not_count(self):
        [deal] = self.make_deal()
        self.pass_time(days=1)
        self.rate(deal, 95)
        self.pass_time(minutes=20)
        deal.action_set_won()
        self.assertEqual(self.told(SELLER), {})

    def test_who_leaves_the_estimate_of_odoo_says_nothing(self):
        deal = self.make_deal()
        deal.action_set_automated_probability()
        deal.write({"automated_probability": 44, "probability": 44})
        self.record(deal, step=self.note_down, feedback="Rang them")
        self.pass_time(days=2)
        deal.action_set_lost()
        self.assertEqual(self.told(SELLER), {})

    def test_before_odoo_was_recorded(self):
        """The likelihood counts, Odoo's probability is not known."""
        deals = self.make_decided(1, 1)
        self.env.cr.execute("UPDATE crm_lead_progress SET odoo_probability = NULL WHERE lead_id = %s", [deals[0].id])
        self.assertEqual(self.told(SELLER), {60: (1, 2)})
        self.assertEqual(self.told(ODOO), {20: (0, 1)})

    def test_decided_deals_only(self):
        self.make_decided(1, 0)
        open_deal, removed, reopened = (self.make_deal() for _deal in range(3))
        self.pass_time(days=1)
        self.rate(open_deal + removed + reopened, 70)
        self.pass_time(days=1)
        removed.active = False
        reopened.action_set_won()
        self.pass_time(days=1)
        reopened.stage_id = self.bidding
        self.assertEqual(self.told(SELLER), {60: (1, 1)})
        self.pass_time(days=380)
        self.assertEqual(self.told(SELLER), {})

    def test_the_chance_of_the_stage_and_age_at_that_moment(self):
        """In Bidding all deals are won; a deal that was rated in First Contact counts there."""
        sure = self.Lead.concat(*(self.make_deal(stage_id=self.bidding.id) for _deal in range(20)))
        self.pass_time(days=2)
        sure.action_set_won()
        lost = self.Lead.concat(*(self.make_deal() for _deal in range(30)))
        self.pass_time(days=2)
        lost.action_set_lost()
        early, late = self.make_deal(), self.make_deal(stage_id=self.bidding.id)
        self.pass_time(days=1)
        self.rate(early, 60)
        self.record(late, step=self.bid, likelihood=60)
        early.stage_id = self.bidding
        self.pass_time(days=1)
        (early + late).action_set_won()
        self.pass_time(days=1)
        self.assertEqual(self.told(CHANCE), {0: (1, 1), 80: (1, 1)})

    def test_no_chance_is_known(self):
        self.make_decided(1, 1)
        self.assertEqual(self.told(SELLER), {60: (1, 2)})
        self.assertEqual(self.told(CHANCE), {})

    def test_who_reads_what(self):
        self.make_decided(2, 1)
        others = self.make_decided(1, 0, user_id=False, team_id=self.other_team.id)
        others.user_id = self.colleague
        self.env.cr.flush()
        second = self.env["res.company"].create({"name": "Second Company"})
        abroad = new_test_user(
            self.env,
            "estimates_abroad",
            groups="sales_team.group_sale_manager",
            company_id=second.id,
            company_ids=[Command.set(second.ids)],
        )
        all_documents = new_test_user(self.env, "estimates_all", groups="sales_team.group_sale_salesman_all_leads")
        for user, expected in (
            (self.manager, {60: (3, 4)}),
            (all_documents, {60: (3, 4)}),
            (self.seller, {60: (2, 3)}),
            (self.colleague, {60: (1, 1)}),
            (abroad, {}),
        ):
            with self.subTest(user.login):
                self.assertEqual(self.told(SELLER, user), expected)
                for band in self.estimates(user)["bands"]:
                    for cell in band["cells"]:
                        self.assertOpens(cell["deals"], user)
                        self.assertOpens(cell["signed"], user)
        self.assertEqual(self.told(SELLER, team_id=self.team.id), {60: (2, 3)})
        self.assertEqual(self.told(SELLER, self.seller, user_id=self.colleague.id), {})
        for group in ("base.group_user", "base.group_portal"):
            user = new_test_user(self.env, group.replace(".", "_"), groups=group)
            with self.subTest(group), self.assertRaises(AccessError):
                self.env["crm.forecast.screen"].with_user(user).get_screen("month", blocks=["estimates"])

    def test_a_deal_that_was_given_away(self):
        """The row of its end stays with the former salesperson, who does not read the deal any more."""
        deals = self.make_decided(1, 0)
        deals.user_id = self.colleague
        self.assertEqual(self.told(SELLER, self.seller), {})

    def test_one_statement(self):
        """However many deals there are."""
        counts = []
        for deals in (1, 6):
            self.make_decided(deals, 0)
            self.estimates()
            screen = self.env["crm.forecast.screen"].with_user(self.manager)
            for blocks in ([], ["estimates"]) * 2:
                before = self.env.cr.sql_log_count
                screen.get_screen("month", blocks=blocks)
                counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[2:4], counts[6:8])
        self.assertEqual(counts[3] - counts[2], 1)

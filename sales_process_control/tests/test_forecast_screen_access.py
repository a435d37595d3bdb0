from odoo.tests import tagged

from .forecast_screen_common import ForecastScreenCase

SECRETS = ("Hidden", "secret")


@tagged("post_install", "-at_install")
class TestForecastScreenAccess(ForecastScreenCase):
    """Sums are those of deals that the reader may read, and nothing names or counts others."""

    def setUp(self):
        super().setUp()
        self.deal = self.make_golden_history()
        self.hidden = self.make_deal(
            name="Hidden deal", user_id=self.colleague.id, team_id=self.other_team.id, expected_revenue=7000
        )
        self.env["crm.stage.chance"]._rebuild()
        self.env.cr.flush()
        self.make_readers()

    def test_readers(self):
        for user, deals, won in (
            (self.seller, self.deal, 10),
            (self.colleague, self.hidden, 0),
            (self.all_documents, self.deal + self.hidden, 10),
            (self.manager, self.deal + self.hidden, 10),
            (self.abroad, self.deal.browse(), 0),
        ):
            with self.subTest(user.login):
                blocks = self.screen(user, "month")["blocks"]
                self.assertFalse([key for key, block in blocks.items() if "error" in block])
                self.assertEqual(blocks["total"]["open"]["value"], len(deals))
                self.assertEqual(blocks["total"]["won"]["value"], won)
                self.assertEqual(self.records(blocks["total"]["open"], user), deals)
                self.assertEqual(len(self.records(blocks["total"]["won"], user)), won)
                sellers = blocks["owners"]["sellers"]["rows"]
                self.assertEqual(sum(row["open"]["value"] for row in sellers), len(deals))
                shown = {row["id"] for row in blocks["deals"]["deals"]}
                # The first company of the manager abroad has no history: no chance is known there.
                self.assertEqual(shown, set(deals.ids))

    def test_what_is_hidden_changes_nothing(self):
        before = self.screen(self.seller, "month")
        self.make_deal(user_id=self.colleague.id, team_id=self.other_team.id, expected_revenue=9000)
        self.hidden.expected_revenue = 1_000_000
        self.env["crm.sales.target"].create({"month": "2026-03-01", "amount": 5, "team_id": self.other_team.id})
        self.env["crm.sales.target"].create({"month": "2026-03-01", "amount": 5, "user_id": self.colleague.id})
        after = self.screen(self.seller, "month")
        for key in ("total", "owners"):
            self.assertEqual(after["blocks"][key], before["blocks"][key])
        for secret in (self.hidden.name, self.colleague.name, self.other_team.name):
            self.assertNotIn(secret, str(after))

    def test_filters_find_no_more(self):
        owners = {
            70: {"user_id": self.seller.id},
            80: {"user_id": self.colleague.id},
            90: {"team_id": self.other_team.id},
        }
        self.env["crm.sales.target"].create(
            [{"month": "2026-03-01", "amount": amount, **owner} for amount, owner in owners.items()]
        )
        for filters, of_manager, of_seller in (
            ({"user_id": self.colleague.id}, 80, False),
            # Who reads own documents compares them with the own target.
            ({"team_id": self.other_team.id}, 90, 70),
        ):
            target = self.block("total", self.manager, "month", **filters)["target"]
            self.assertEqual(target["amount"], of_manager)
            blocks = self.screen(self.seller, "month", **filters)["blocks"]
            self.assertEqual((blocks["total"]["open"]["value"], blocks["total"]["won"]["value"]), (0, 0))
            target = blocks["total"]["target"]
            self.assertExactly(target and target["amount"], of_seller)
            self.assertEqual(blocks["trail"]["days"], [])
            self.assertEqual(blocks["owners"]["sellers"]["rows"], [])

    def test_chances_of_a_list_are_read_with_the_deals(self):
        context = {"forecast_date_start": "2026-03-01", "forecast_date_end": "2026-03-31"}
        lead = self.deal.with_user(self.seller).with_context(**context)
        self.assertGreater(lead.chance_in_period, 0)
        self.assertFalse(self.deal.with_user(self.seller).chance_in_period)
        for odd in ("x", 7, None, "2026-13-01"):
            self.assertIsNone(lead.with_context(forecast_date_end=odd).chance_in_period)


@tagged("post_install", "-at_install")
class TestForecastScreenQueries(ForecastScreenCase):
    #: Statements of the first call.
    MOST = 32

    def count(self, user):
        self.screen(user)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["crm.forecast.screen"].with_user(user).get_screen()
        return self.env.cr.sql_log_count - before

    def test_a_list_reads_the_visits_once(self):
        """However many deals: Odoo computes a field for 1,000 of them at a time."""
        self.make_golden_history()
        deals = self.env["crm.lead"].concat(*(self.make_deal(expected_revenue=number) for number in range(12)))
        self.env.cr.flush()
        listed = deals.with_user(self.manager).with_context(
            forecast_date_start="2026-03-01", forecast_date_end="2026-03-31"
        )
        listed[:4].mapped("chance_in_period")
        self.env["crm.stage.visit"].invalidate_model()
        counts = []
        for batch in (listed[:4], listed[4:8], listed[8:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            chances = batch.with_prefetch(batch.ids).mapped("chance_in_period")
            counts.append(self.env.cr.sql_log_count - before)
            self.assertTrue(all(chances))
        # The first batch reads which visits count, and the visits.
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(counts[1], counts[0] - 2)

    def test_a_list_knows_what_has_changed_since(self):
        self.make_golden_history()
        others = self.Lead.concat(*(self.make_deal() for _deal in range(10)))
        self.pass_time(days=1)
        deal = self.make_deal()
        self.pass_time(days=3)
        self.env.cr.flush()
        listed = deal.with_user(self.manager).with_context(
            forecast_date_start="2026-03-01", forecast_date_end="2026-03-31"
        )
        before = listed.chance_in_period
        others.action_set_lost()
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertLess(listed.chance_in_period, before)

    def test_statements_do_not_grow_with_deals(self):
        self.make_golden_history()
        few = self.count(self.manager)
        for number in range(40):
            self.make_deal(
                expected_revenue=100 + number,
                user_id=(self.seller, self.colleague)[number % 2].id,
                stage_id=(self.contact, self.needs, self.bidding)[number % 3].id,
            )
        many = self.count(self.manager)
        self.assertLessEqual(many, few + 2)
        self.assertLessEqual(many, self.MOST)

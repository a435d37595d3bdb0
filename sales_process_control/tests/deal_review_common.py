from math import fsum

from ..models.deal_review.crm_deal_review import CHANGES
from ..models.recording.company_money import CompanyMoney
from .funnel_common import FunnelMixin


class DealReviewMixin(FunnelMixin):
    """Opens the tiles of the Deal Review, and compares each with its list and with the waterfall."""

    def tiles(self, user, *arguments, **more):
        """Return the answer of the server and its tiles by their keys, once everything is written."""
        answer = self.review(user).get_tiles(*arguments, **more)
        return answer, {tile["key"]: tile for tile in answer["tiles"]}

    def forecast_tiles(self, user, **filters):
        """Return the answer about the tiles that need the forecast, and its tiles by their keys."""
        answer = self.review(user).get_forecast_tiles(**filters)
        return answer, answer["tiles"]

    def review(self, user):
        """Return the Deal Review of a user, once everything is written."""
        self.env.cr.flush()
        self.env.invalidate_all()
        return self.env["crm.deal.review"].with_env(self.reader(user).env)

    def deals_of(self, user, tile):
        """Return the deals that a tile opens."""
        return (
            self.env["crm.lead"].with_env(self.reader(user).env).with_context(**tile["context"]).search(tile["domain"])
        )

    def in_one_currency(self, deals, name):
        """Return the sum of a column of a list in the currency of the reader."""
        rates = CompanyMoney(deals.env).rates(deals.company_currency.ids)
        return fsum((deal[name] or 0) * (rates[deal.company_currency.id] or 0) for deal in deals)

    def assert_tiles(self, user, since="-7d", **filters):
        """Each tile equals its list; with its rest it equals the waterfall of the same two days and filters."""
        answer, tiles = self.tiles(user, since, **filters)
        domain = [(name, "=", value) for name, value in filters.items()]
        funnel = self.funnel(user, before=answer["since_day"], domain=domain)
        bars = {bar["kind"]: bar["number"] for bar in funnel["waterfall"]}
        for key, kind in CHANGES.items():
            tile, deals = tiles[key], self.deals_of(user, tiles[key])
            bar = bars.get(kind, {"value": 0, "amount": 0, "records": 0})
            with self.subTest(tile=key, user=user.login, **filters):
                self.assertEqual(len(deals), tile["value"])
                self.assertAlmostEqual(self.in_one_currency(deals, "amount_changed"), tile["amount"], 2)
                self.assertAlmostEqual(tile["net"] + tile["rest"]["net"], bar["amount"], 2)
                is_move = key in ("forward", "back", "pushed")
                self.assertEqual(tile["lines"] + tile["rest"]["lines"], bar["records"] / (2 if is_move else 1))
                if not is_move:
                    self.assertEqual(tile["amount"], tile["net"])
        self.assert_open_and_won(user, tiles, bars)
        return tiles

    def assert_open_and_won(self, user, tiles, bars):
        tile, deals = tiles["open"], self.deals_of(user, tiles["open"])
        self.assertEqual(len(deals), tile["value"])
        self.assertAlmostEqual(self.in_one_currency(deals, "expected_revenue"), tile["amount"], 2)
        for measure in ("value", "amount"):
            opening, closing = bars["opening"][measure], bars["closing"][measure]
            self.assertAlmostEqual(tile["change"][measure], closing - opening, 2)
            self.assertAlmostEqual(tile[measure] + tile["rest"][measure], closing, 2)
        tile, deals = tiles["won"], self.deals_of(user, tiles["won"])
        self.assertEqual(len(deals), tile["value"])
        self.assertAlmostEqual(self.in_one_currency(deals, "amount_changed"), tile["amount"], 2)

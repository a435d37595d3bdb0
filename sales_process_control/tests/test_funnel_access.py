from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AccessCase
from .funnel_common import FunnelMixin


@tagged("post_install", "-at_install")
class TestFunnelAccess(FunnelMixin, AccessCase):
    """No number of the funnel counts deals that the user may not read, or deals of other companies."""

    def setUp(self):
        super().setUp()
        # The deals were created when the class was set up.
        line = self.Movement.search([], limit=1)
        self.first_day = line.day
        self.set_time(line.date)

    def move(self):
        """One deal is won, one advances, one gets another salesperson, one of the other company is lost."""
        self.pass_time(days=8)
        self.deals["own"].action_set_won()
        self.deals["colleague's"].stage_id = self.bidding
        self.deals["nobody's"].user_id = self.colleague
        self.deals["abroad"].action_set_lost()
        self.pass_time(days=8)

    def test_readers(self):
        self.move()
        day, before = self.env.cr.now().date(), self.first_day
        for user, names in self.readers():
            with self.subTest(user=user.login):
                found = self.funnel(user, day=str(day), before=str(before))
                self.assertEqual(found["totals"]["before"]["value"], len(names))
                self.assert_adds_up(found)
                self.assert_opens(user, found)
                self.assertEqual(self.flow_cells(found), self.plain_flow(user, before, day, []))
                weeks = self.reader(user).get_funnel_weeks()["points"]
                self.assertEqual(sum(stage[0] for stage in weeks[-1]["stages"]), found["totals"]["day"]["value"])

    def test_a_deal_that_changed_hands_left_the_view(self):
        """The flow does not say who has the deal, or how it ended."""
        self.move()
        self.deals["nobody's"].action_set_lost()
        self.pass_time(days=1)
        found = self.funnel(self.seller, before=str(self.first_day))
        cells = {(row["key"], cell["key"]) for row in found["flow"]["rows"] for cell in row["cells"]}
        self.assertEqual(cells, {(f"stage:{self.contact.id}", "won"), (f"stage:{self.contact.id}", "left")})
        self.assertEqual([bar["kind"] for bar in found["waterfall"][1:-1]], ["transferred", "won"])

    def test_companies_that_are_switched_on(self):
        self.manager.company_ids = [Command.link(self.second.id)]
        for companies, count in ((self.company, 4), (self.second, 2), (self.company + self.second, 5)):
            reader = self.Movement.with_user(self.manager).with_context(allowed_company_ids=companies.ids)
            found = reader.get_funnel(str(self.first_day), str(self.first_day - timedelta(days=1)))
            with self.subTest(companies=companies.mapped("name")):
                self.assertEqual(found["totals"]["day"]["value"], count)
                self.assertEqual(len(found["currencies"]), 1)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_else(self):
        cell = f'["{self.first_day}", "{self.first_day + timedelta(days=1)}", "entered", "won", []]'
        for user in (self.internal, self.portal):
            reader = self.Movement.with_user(user)
            for act in (
                reader.get_funnel,
                reader.get_funnel_weeks,
                lambda reader=reader: reader.funnel_at(self.first_day),
                lambda reader=reader: reader.search([("flow_cell", "=", cell)]),
                lambda user=user: self.env["crm.pipeline.balance"].with_user(user).search([]),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    act()

    def test_balances_follow_the_lines(self):
        """Users who may read lines may read their balances, and nobody else."""
        self.move()
        self.env.flush_all()
        balances = self.env["crm.pipeline.balance"]
        with patch.object(type(balances), "_wall_day", lambda _self: self.env.cr.now().date() + timedelta(days=30)):
            balances.close()
        for user, _names in self.readers():
            sums = []
            for model in ("crm.pipeline.movement", "crm.pipeline.balance"):
                reader = self.env[model].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
                places = ["stage_id", "user_id", "company_id"]
                rows = reader._read_group([], places, ["deal_count:sum", "amount:sum"])
                sums.append({tuple(place): total for *place, count, amount in rows if any(total := (count, amount))})
            with self.subTest(user=user.login):
                self.assertEqual(*sums)


@tagged("post_install", "-at_install")
class TestFunnelShareAccess(FunnelMixin, AccessCase):
    """The shares that weight amounts rest on deals of others only if there are ten of these."""

    def settle(self, user, won, lost, company=None):
        company = self.company if company is None else company
        common = {"team_id": False, "user_id": user.id, "company_id": company.id}
        deals = self.make_many(won + lost, **common)
        self.pass_time(days=1)
        deals[:won].action_set_won()
        deals[won:].action_set_lost()
        self.pass_time(days=1)
        return deals

    def share(self, user):
        [stage] = self.funnel(user)["stages"]
        return stage["share"]

    def test_shares(self):
        self.set_time(self.Movement.search([], limit=1).date)
        self.settle(self.seller, 3, 1)
        known = {"won": 3, "settled": 4, "is_overall": True}
        self.assertEqual(self.share(self.manager), {"value": 0.75, **known})
        self.assertEqual(self.share(self.seller), {"value": 0.75, **known})
        self.assertIs(
            self.share(self.colleague)["value"], False, "four deals of one seller would tell what became of them"
        )
        self.settle(self.colleague, 3, 6)
        self.assertExactly(self.share(self.manager), {"value": 6 / 13, "won": 6, "settled": 13, "is_overall": False})
        self.assertEqual(self.share(self.seller)["value"], 0.75, "nine of others are too few")
        self.settle(self.colleague, 0, 1)
        self.assertExactly(
            self.share(self.seller), {"value": 0.43, "won": False, "settled": False, "is_overall": False}
        )
        # False instead of 0 would say that the counts are not for this reader.
        share = self.share(self.abroad)
        self.assertExactly(share, {"value": False, "won": 0, "settled": 0, "is_overall": True})
        self.assertIs(type(share["settled"]), int, "another company's are none of this one")

    def test_deals_that_the_reader_has_taken_over_are_no_others(self):
        """A closed deal of a colleague becomes the seller's, or nobody's: the seller knows what became of it."""
        self.set_time(self.Movement.search([], limit=1).date)
        self.settle(self.seller, 1, 1)
        self.settle(self.colleague, 6, 4)
        shown = {"value": 0.58, "won": False, "settled": False, "is_overall": False}
        self.assertEqual(self.share(self.seller), shown)
        deal = self.Lead.search([("user_id", "=", self.colleague.id), ("won_status", "=", "won")], limit=1)
        for user in (self.seller, self.env["res.users"]):
            with self.subTest(user=user.login):
                deal.user_id = user
                self.env.cr.flush()
                own = {"value": 2 / 3, "won": 2, "settled": 3, "is_overall": True}
                self.assertEqual(self.share(self.seller), own, "of nine the seller does not know what became")
                deal.user_id = self.colleague
                self.env.cr.flush()
                self.assertEqual(self.share(self.seller), shown)

    def test_a_choice_of_companies_tells_nothing(self):
        """A company with few decided deals of others is in no share, alone or together with another one."""
        self.set_time(self.Movement.search([], limit=1).date)
        self.settle(self.colleague, 6, 4)
        self.settle(self.abroad, 1, 0, self.second)
        self.seller.company_ids = [Command.link(self.second.id)]
        for companies in (self.company, self.company + self.second):
            movements = self.Movement.with_user(self.seller).with_context(allowed_company_ids=companies.ids)
            [stage] = movements.get_funnel()["stages"]
            with self.subTest(companies=companies.mapped("name")):
                self.assertEqual(stage["share"]["value"], 0.6)
        self.settle(self.abroad, 9, 0, self.second)
        [stage] = movements.get_funnel()["stages"]
        self.assertEqual(stage["share"]["value"], 0.8, "16 of 20")

    def test_shares_of_another_company(self):
        """Deals of another company weight nothing, although a salesperson's shares rest on deals of others, too."""
        seller = self.make_user(
            "process_abroad_seller",
            groups="sales_team.group_sale_salesman",
            company_id=self.second.id,
            company_ids=[Command.set(self.second.ids)],
        )
        self.set_time(self.Movement.search([], limit=1).date)
        self.make_deal(team_id=False, user_id=seller.id, company_id=self.second.id)
        self.settle(self.colleague, 6, 6)
        self.assertEqual(self.share(self.seller)["value"], 0.5)
        share = self.share(seller)
        self.assertExactly(share, {"value": False, "won": 0, "settled": 0, "is_overall": True})
        self.assertIs(type(share["settled"]), int)

    def test_shares_of_deals_that_went_to_another_company(self):
        """Their visits are not shown any more, and weight no stage. Their lines of that time are, and count overall."""
        self.set_time(self.Movement.search([], limit=1).date)
        deals = self.settle(self.colleague, 6, 6, company=self.env["res.company"])
        shown = {"value": 0.5, "won": False, "settled": False}
        self.assertExactly(self.share(self.seller), {**shown, "is_overall": False})
        deals.write({"company_id": self.second.id, "user_id": self.abroad.id})
        self.pass_time(days=1)
        self.assertExactly(self.share(self.seller), {**shown, "is_overall": True})

    def test_shares_in_superuser_mode(self):
        """A program that may read all deals gets counts, whoever its user is."""
        self.set_time(self.Movement.search([], limit=1).date)
        self.settle(self.colleague, 6, 6)
        self.assertIs(self.share(self.seller)["settled"], False)
        [stage] = self.Movement.with_user(self.seller).sudo().get_funnel()["stages"]
        self.assertExactly(stage["share"], {"value": 0.5, "won": 6, "settled": 12, "is_overall": False})

    def test_shares_in_superuser_mode_weight_the_deals_of_all_companies(self):
        """Such a funnel counts deals of all companies, whatever its user selected, and so do its weights."""
        self.set_time(self.Movement.search([], limit=1).date)
        self.settle(self.colleague, 6, 6)
        self.settle(self.abroad, 8, 0, self.second)
        movements = self.Movement.with_user(self.seller).with_context(allowed_company_ids=self.company.ids).sudo()
        [stage] = movements.get_funnel()["stages"]
        self.assertEqual(stage["day"]["value"], len(self.deals), "open deals of both companies")
        self.assertExactly(stage["share"], {"value": 14 / 20, "won": 14, "settled": 20, "is_overall": False})

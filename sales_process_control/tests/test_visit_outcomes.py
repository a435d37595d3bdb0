from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AccessCase, PipelineCase
from .test_dwell import EXAMPLE_SHARES, ExampleMixin, percentages


@tagged("post_install", "-at_install")
class TestStageStatistics(ExampleMixin, PipelineCase):
    """Dwell time in the statistics of stages."""

    def statistics_of(self, stage, domain=()):
        self.env.cr.flush()
        return next(row for row in self.Visit.stage_statistics(domain) if row["stage_id"] == stage.id)

    def test_golden_example(self):
        self.make_example()
        row = self.statistics_of(self.bidding)
        self.assertEqual((row["visits"], row["open_visits"], row["median_days"]), (8, 3, 12))
        self.assertIsNone(row["p90_days"])
        self.assertEqual({share["day"]: percentages(share) for share in row["incidence"]}, EXAMPLE_SHARES)

    def test_all_visits_count_and_first_ones_make_the_cohort(self):
        deal = self.make_deal(stage_id=self.needs.id)
        for stage in (self.bidding, self.needs, self.bidding):
            self.pass_time(days=2)
            deal.stage_id = stage
        row = self.statistics_of(self.needs)
        self.assertEqual((row["cohort"], row["visits"], row["open_visits"], row["median_days"]), (1, 2, 0, 2))
        row = self.statistics_of(self.bidding)
        self.assertEqual((row["cohort"], row["visits"], row["open_visits"], row["median_days"]), (1, 2, 1, 2))
        self.assertEqual(percentages(row["incidence"][-1]), (0.0, 0.0, 100.0, 0.0))

    def test_stages_with_later_visits_only(self):
        """Deals that came back in the period, and none that came for the first time: visits, and a cohort of 0."""
        deal = self.make_deal(stage_id=self.needs.id)
        self.pass_time(days=2)
        deal.stage_id = self.bidding
        self.pass_time(days=2)
        period = [("entered_at", ">=", self.env.cr.now())]
        deal.stage_id = self.needs
        self.pass_time(days=2)
        deal.stage_id = self.talks
        self.env.cr.flush()
        found = [(row["stage_name"], row["cohort"], row["visits"]) for row in self.Visit.stage_statistics(period)]
        self.assertEqual(found, [("Needs Analysis", 0, 1), ("Negotiation", 1, 1)])
        self.needs.unlink()
        found = [(row["stage_id"], row["cohort"], row["visits"]) for row in self.Visit.stage_statistics(period)]
        self.assertEqual(found, [(self.talks.id, 1, 1), (False, 0, 1)])

    def test_skips_are_no_visits(self):
        deal = self.make_deal()
        self.pass_time(days=2)
        deal.stage_id = self.bidding
        row = self.statistics_of(self.needs)
        self.assertEqual((row["cohort"], row["skipped"], row["visits"], row["open_visits"]), (1, 1, 0, 0))
        self.assertEqual((row["median_days"], row["p90_days"], row["incidence"]), (None, None, []))

    def test_nothing_there(self):
        self.assertEqual(self.Visit.stage_statistics([("entered_at", "<", "2020-01-01")]), [])


@tagged("post_install", "-at_install")
class TestStatisticsFromOutside(HttpCase):
    """The statistics of stages as other programs get them."""

    def setUp(self):
        super().setUp()
        user = new_test_user(self.env, "process_program", groups="sales_team.group_sale_manager")
        self.stage = self.env["crm.stage"].create({"name": "Seen from Outside"})
        self.env["crm.lead"].create({"name": "Deal", "type": "opportunity", "stage_id": self.stage.id})
        self.env.cr.flush()
        self.user, self.domain = user, [("stage_id", "=", self.stage.id)]

    def test_not_known_yet_over_json(self):
        self.authenticate(self.user.login, self.user.login)
        call = {"model": "crm.stage.visit", "method": "stage_statistics", "args": [self.domain], "kwargs": {}}
        [row] = self.make_jsonrpc_request("/web/dataset/call_kw", call)
        self.assertEqual((row["visits"], row["open_visits"], row["incidence"]), (1, 1, []))
        self.assertEqual((row["median_days"], row["p90_days"]), (None, None))

    @mute_logger("odoo.addons.rpc.controllers.xmlrpc")
    def test_not_known_yet_over_xml(self):
        """Odoo's answers in XML have no None."""
        arguments = [get_db_name(), self.user.id, self.user.login, "crm.stage.visit", "stage_statistics"]
        [row] = self.xmlrpc_object.execute_kw(*arguments, [self.domain])
        self.assertEqual((row["visits"], row["open_visits"], row["incidence"]), (1, 1, []))
        self.assertIs(row["median_days"], False)
        self.assertIs(row["p90_days"], False)

    @mute_logger("odoo.addons.rpc.controllers.xmlrpc")
    def test_forecasts_over_xml(self):
        """Without known chances, and in a backtest whose horizon is not over, some numbers are not known."""
        company = self.env["res.company"].create({"name": "Without a Past"})
        self.user.write({"company_id": company.id, "company_ids": [Command.set(company.ids)]})
        self.env.cr.flush()
        account = [get_db_name(), self.user.id, self.user.login, "crm.forecast"]
        today = fields.Date.today()
        # In the time zone of the company the next day may have begun.
        found = self.xmlrpc_object.execute_kw(*account, "forecast", [str(today + timedelta(days=2))])
        self.assertEqual((found["is_known"], found["total_count"], found["expected_amount"]), (False, False, False))
        [tested] = self.xmlrpc_object.execute_kw(*account, "backtest", [[str(today - timedelta(days=1))], 30])
        self.assertEqual((tested["deals"], tested["won"], tested["brier"]), (0, False, False))


@tagged("post_install", "-at_install")
class TestDealState(PipelineCase):
    """What became of the deal of a visit."""

    def states_of(self, deal):
        self.env.cr.flush()
        visits = self.Visit.search([("lead_ref", "=", int(deal))])
        states = set(visits.mapped("deal_state"))
        for state in ("open", "won", "lost", "removed"):
            found = self.Visit.search([("lead_ref", "=", int(deal)), ("deal_state", "=", state)])
            self.assertEqual(found, visits if states == {state} else visits.browse())
            others = self.Visit.search([("lead_ref", "=", int(deal)), ("deal_state", "!=", state)])
            self.assertEqual(others, visits - found)
        groups = self.Visit._read_group([("lead_ref", "=", int(deal))], ["deal_state"], ["__count"])
        self.assertEqual(groups, [(state, len(visits)) for state in states])
        return states

    def test_open(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.stage_id = self.talks
        self.assertEqual(self.states_of(deal), {"open"})

    def test_every_end_and_the_way_back(self):
        deal = self.make_deal()
        for end, state in (
            (deal.action_set_won, "won"),
            (deal.action_set_lost, "lost"),
            (lambda: deal.write({"active": False, "probability": 30}), "removed"),
        ):
            with self.subTest(state=state):
                self.pass_time(days=1)
                end()
                self.assertEqual(self.states_of(deal), {state})
                self.pass_time(days=1)
                deal.write({"active": True, "probability": 20, "stage_id": self.needs.id})
                self.assertEqual(self.states_of(deal), {"open"})

    def test_deleted(self):
        deal, lost = self.make_deal(), self.make_deal()
        self.pass_time(days=1)
        lost.action_set_lost()
        ids = deal.id, lost.id
        self.pass_time(days=1)
        (deal + lost).unlink()
        self.assertEqual([self.states_of(lead_id) for lead_id in ids], [{"removed"}, {"lost"}])

    def test_a_win_that_was_undone(self):
        deal = self.make_deal().with_user(self.seller)
        self.pass_time(days=1)
        deal.stage_id = self.signed
        self.pass_time(minutes=1)
        deal.stage_id = self.contact
        self.assertEqual(self.states_of(deal), {"open"})

    def test_several_states(self):
        deals = self.Lead.concat(*(self.make_deal() for _number in range(3)))
        self.pass_time(days=1)
        deals[0].action_set_won()
        deals[1].action_set_lost()
        self.env.cr.flush()
        for states, expected in (
            (["open", "won"], deals[0] + deals[2]),
            (["won", "lost"], deals[:2]),
            (["removed"], deals.browse()),
            (["open", "won", "lost", "removed"], deals),
        ):
            with self.subTest(states=states):
                self.assertEqual(self.Visit.search([("deal_state", "in", states)], order="id").lead_id, expected)


@tagged("post_install", "-at_install")
class TestSearchByDays(ExampleMixin, PipelineCase):
    """Visits that lasted so long."""

    def days_of(self, *condition):
        visits = self.Visit.search([("stage_id", "=", self.bidding.id), condition])
        return sorted(visits.mapped("days"))

    def test_bounds(self):
        self.make_example()
        for condition, expected in (
            (("days", ">=", 20), [20, 35, 50]),
            (("days", ">", 20), [35, 50]),
            (("days", "<=", 6), [4, 6]),
            (("days", "<", 6), [4]),
            (("days", "=", 12), [12]),
            (("days", "!=", 12), [4, 6, 9, 15, 20, 35, 50]),
            (("days", "in", [4, 50]), [4, 50]),
        ):
            with self.subTest(condition=condition):
                self.assertEqual(self.days_of(*condition), expected)

    def test_open_visits_grow_up_to_now(self):
        self.make_example()
        self.pass_time(days=0.26)
        self.assertEqual(self.days_of("days", "=", 35.3), [35.3])
        self.assertEqual(self.days_of("days", ">", 35.25), [35.3, 50.3])
        self.assertEqual(self.days_of("days", ">", 35.27), [50.3])

    def test_skips_and_corrections_have_no_days(self):
        deal = self.make_deal().with_user(self.seller)
        self.pass_time(days=1)
        deal.stage_id = self.bidding
        self.pass_time(minutes=2)
        deal.stage_id = self.contact
        self.env.cr.flush()
        outcomes = self.Visit.search([("days", "=", 0)]).mapped("outcome")
        self.assertEqual(sorted(outcomes), ["correction", "correction"])


@tagged("post_install", "-at_install")
class TestFromThisAgeOn(PipelineCase):
    """What became of the deals that stayed as long."""

    def make_deals(self):
        """Make 25 deals that stay in Bidding for more than 30 days, and three that do not. Now is day 50."""
        deals = self.Lead.concat(*(self.make_deal(stage_id=self.bidding.id) for _number in range(28)))
        self.pass_time(days=20)
        deals[25:].write({"stage_id": self.talks.id})
        self.pass_time(days=12)
        deals[0].stage_id = self.talks
        self.pass_time(days=8)
        deals[:2].action_set_won()
        deals[2:19].action_set_lost()
        self.pass_time(days=10)
        return deals

    def outcomes(self, ages, domain=()):
        self.env.cr.flush()
        return self.Visit._outcomes_from_age(domain, ages)

    def test_golden_example(self):
        """Of 25 deals that stayed in Bidding longer than 30 days, 2 were signed, 17 were lost, 6 are open."""
        self.make_deals()
        found = self.outcomes([30], [("stage_id", "=", self.bidding.id)])
        self.assertEqual(found, {(self.bidding.id, 30): {"deals": 25, "open": 6, "won": 2, "lost": 17, "removed": 0}})

    def test_several_ages_and_stages(self):
        deals = self.make_deals()
        deals[-1].unlink()
        found = self.outcomes([45, 30, 10, 32, 30, 90])
        deals_by_key = {key: counts["deals"] for key, counts in found.items()}
        bidding, talks = self.bidding.id, self.talks.id
        self.assertEqual(
            deals_by_key,
            {(bidding, 10): 28, (bidding, 30): 25, (bidding, 32): 25, (bidding, 45): 6, (talks, 10): 3, (talks, 30): 3},
        )
        self.assertEqual(found[talks, 30], {"deals": 3, "open": 2, "won": 0, "lost": 0, "removed": 1})

    def test_counts_open_their_visits(self):
        deals = self.make_deals()
        deals[3].unlink()
        deals[20].unlink()
        for (stage_id, age), counts in self.outcomes([5, 10, 30, 32, 40]).items():
            for state, number in counts.items():
                with self.subTest(stage=stage_id, age=age, state=state):
                    domain = self.Visit._age_domain(stage_id, age, False if state == "deals" else state)
                    self.assertEqual(self.Visit.search_count(domain), number)

    def test_first_visits_only(self):
        deal = self.make_deal(stage_id=self.bidding.id)
        self.pass_time(days=10)
        deal.stage_id = self.needs
        self.pass_time(days=10)
        deal.stage_id = self.bidding
        self.pass_time(days=40)
        self.assertEqual(self.outcomes([30], [("stage_id", "=", self.bidding.id)]), {})

    def test_skips_and_nothing(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.stage_id = self.talks
        self.assertNotIn((self.needs.id, 0), self.outcomes([0]))
        self.assertEqual(self.outcomes([]), {})
        self.assertEqual(self.outcomes([30], [("stage_id", "=", False)]), {})

    def test_one_query(self):
        self.make_deals()
        self.outcomes([30])
        with self.assertQueryCount(1):
            self.Visit._outcomes_from_age([], [10, 30, 60])


@tagged("post_install", "-at_install")
class TestVisitOutcomesAccess(AccessCase):
    """Statistics count the visits that the reader may see."""

    def test_readers(self):
        # The deals are as old as the database's clock says.
        self.set_time(max(self.Visit.search([]).mapped("entered_at")) + timedelta(days=40))
        for user, number in (
            (self.seller, 2),
            (self.all_documents, 4),
            (self.manager, 4),
            (self.abroad, 2),
        ):
            visits = self.Visit.with_user(user)
            with self.subTest(user=user.login):
                [row] = visits.stage_statistics([])
                self.assertEqual((row["visits"], row["open_visits"]), (number, number))
                [counts] = visits._outcomes_from_age([], [30]).values()
                self.assertEqual((counts["deals"], counts["open"]), (number, number))
                self.assertEqual(visits.search_count([("deal_state", "=", "open"), ("days", ">=", 30)]), number)

    def test_no_sales_rights(self):
        for user in (self.internal, self.portal):
            visits = self.Visit.with_user(user)
            for read in (
                lambda: visits._read_lengths([]),  # noqa: B023
                lambda: visits._outcomes_from_age([], [30]),  # noqa: B023
                lambda: visits.search([("days", ">", 1)]),  # noqa: B023
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    read()

    def test_what_became_of_a_deal_of_a_colleague_now(self):
        """A salesperson who had the deal sees that it was lost, although the last visit is not to be seen."""
        deal = self.deals["own"]
        self.pass_time(days=1)
        deal.stage_id = self.needs
        deal.user_id = self.colleague
        self.pass_time(days=1)
        deal.action_set_lost()
        self.env.cr.flush()
        visits = self.Visit.with_user(self.seller).search([("lead_ref", "=", deal.id)])
        self.assertEqual(visits.mapped("stage_id"), self.contact)
        self.assertEqual(visits.deal_state, "lost")


@tagged("post_install", "-at_install")
class TestDwellGraph(ExampleMixin, PipelineCase):
    """What the graph of dwell times shows beside its bars."""

    def read_lengths(self, domain=()):
        self.env.cr.flush()
        rows = self.env["crm.stage.dwell.report"].with_user(self.manager).read_stage_dwell(domain)
        return {row["stage_id"]: tuple(row[key] for key in ("visits", "median_days", "limit_days")) for row in rows}

    def text(self, domain=()):
        rows = self.env["crm.stage.dwell.report"].with_user(self.manager).read_stage_dwell(domain)
        return next(row["text"] for row in rows if row["stage_id"] == self.bidding.id)

    def test_few_visits_are_counts(self):
        self.make_example()
        self.assertExactly(self.read_lengths()[self.bidding.id], (8, False, 30))
        self.assertEqual(self.text(), "8 visits, 3 still here, limit 30 days (default)")
        self.assertEqual(self.text([("days", "<", 5)]), "1 visit, 0 still here, limit 30 days (default)")

    def test_median_and_limit(self):
        self.bidding.rotting_threshold_days = 14
        self.make_example()
        self.make_example()
        self.assertEqual(self.read_lengths()[self.bidding.id], (16, 12, 14))
        self.assertEqual(self.text(), "16 visits, median 12 days, limit 14 days")
        self.bidding.is_unlimited = True
        self.assertEqual(self.text([("outcome", "!=", "lost")]), "14 visits, median 20 days")

    def test_median_not_known_yet(self):
        for _number in range(10):
            self.make_deal(stage_id=self.bidding.id)
        self.pass_time(days=3)
        self.assertExactly(self.read_lengths(), {self.bidding.id: (10, False, 30)})
        self.assertEqual(self.text(), "10 visits, median not known yet, limit 30 days (default)")

    def test_deleted_stages(self):
        self.make_example()
        self.env.cr.flush()
        self.Lead.with_context(active_test=False).search([]).write({"stage_id": self.contact.id})
        self.env.cr.flush()
        self.bidding.unlink()
        self.assertExactly(self.read_lengths()[False], (8, False, False))

    def test_filters_and_rights(self):
        self.make_example()
        self.make_deal(stage_id=self.bidding.id, user_id=self.colleague.id)
        self.env.cr.flush()
        self.assertEqual(self.read_lengths()[self.bidding.id][0], 9)
        self.assertEqual(self.read_lengths([("user_id", "=", self.colleague.id)])[self.bidding.id][0], 1)
        [row] = self.env["crm.stage.dwell.report"].with_user(self.colleague).read_stage_dwell([])
        self.assertEqual((row["stage_id"], row["visits"]), (self.bidding.id, 1))

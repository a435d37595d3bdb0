from datetime import timedelta

from odoo.tests import tagged

from .forecast_common import ForecastCase, day_of

NUMBERS = ("stage_weighted_count", "stage_weighted_amount", "odoo_count", "odoo_amount", "odoo_not_known")


@tagged("post_install", "-at_install")
class TestForecastBaselines(ForecastCase):
    """What amounts weighted by stage, and Odoo, say of the open deals of a stored forecast."""

    def store(self):
        """Store the forecasts of today on the next day, and return the company's own of the next month."""
        day = day_of(self.env.cr.now())
        self.pass_time(days=1)
        self.Forecast._cron_store()
        return self.stored(day)

    def stored(self, day, **values):
        values = {"scope": "company", "period": "month", "day": day, **values}
        rows = self.Forecast.search([(name, "=", value) for name, value in values.items()], order="date_start")
        return rows[-1:]

    def numbers(self, row):
        return tuple(row[name] for name in NUMBERS)

    def test_golden_example(self):
        """Ten of 20 deals of the stage were won: a deal of 1,000 is worth 500. Odoo says 30%, the seller 90%."""
        deal = self.make_golden_history()
        deal.write({"automated_probability": 30, "probability": 90})
        row = self.store()
        self.assertEqual(self.numbers(row), (0.5, 500, 0.3, 300, 0))
        self.assertFalse(row.is_rebuilt)

    def test_a_stage_with_few_decided_deals(self):
        """Ten of 20 deals were won, one of one in a new stage: the share over all stages counts there, 11 of 21."""
        deal = self.make_golden_history()
        contract = self.env["crm.stage"].create({"name": "Contract", "sequence": 45})
        won = self.make_deal(stage_id=contract.id)
        self.pass_time(hours=1)
        won.action_set_won()
        deal.stage_id = contract
        self.assertAlmostEqual(self.store().stage_weighted_count, 11 / 21)

    def test_owners(self):
        self.make_golden_history().automated_probability = 30
        other = self.make_deal(user_id=self.colleague.id, team_id=self.other_team.id, expected_revenue=200)
        other.automated_probability = 10
        day = day_of(self.env.cr.now())
        self.store()
        for values, expected in (
            ({"scope": "company"}, (1, 600, 0.4, 320, 0)),
            ({"scope": "team", "team_id": self.team.id}, (0.5, 500, 0.3, 300, 0)),
            ({"scope": "seller", "user_id": self.colleague.id}, (0.5, 100, 0.1, 20, 0)),
        ):
            with self.subTest(values):
                for name, value in zip(NUMBERS, expected, strict=True):
                    self.assertAlmostEqual(self.stored(day, **values)[name], value, 6, name)

    def test_odoo_keeps_no_past_probabilities(self):
        """They are empty in rebuilt forecasts, for people and for other programs."""
        self.make_golden_history().automated_probability = 30
        row = self.store()
        self.assertEqual(row.odoo_amount, 300)
        rebuilt = self.stored(day_of(self.env.cr.now()) - timedelta(days=2))
        self.assertTrue(rebuilt.is_rebuilt)
        self.env.invalidate_all()
        self.assertEqual((rebuilt.odoo_count, rebuilt.odoo_amount, rebuilt.odoo_not_known), (None, None, 1))
        self.assertEqual((rebuilt.stage_weighted_count, rebuilt.stage_weighted_amount), (0.5, 500))
        [read] = rebuilt.read(["odoo_amount", "odoo_count"])
        self.assertIs(read["odoo_amount"], False)
        groups = self.Forecast._read_group([("id", "=", rebuilt.id)], [], ["odoo_amount:sum"])
        self.assertEqual(groups, [(False,)])

    def test_deals_that_were_closed_before_the_job_ran(self):
        """Odoo says 100% or 0% of them by then."""
        deal = self.make_golden_history()
        deal.automated_probability = 30
        lost, won, archived = (self.make_deal() for _deal in range(3))
        day = day_of(self.env.cr.now())
        self.pass_time(days=1)
        won.action_set_won()
        lost.action_set_lost()
        archived.active = False
        self.env.cr.flush()
        self.Forecast._cron_store()
        row = self.stored(day)
        self.assertEqual((row.open_count, row.odoo_count, row.odoo_not_known), (4, 0.3, 3))
        self.assertEqual(row.stage_weighted_amount, 650)

    def test_forecasts_stay_as_they_were(self):
        deal = self.make_golden_history()
        deal.automated_probability = 30
        row = self.store()
        before = self.numbers(row)
        deal.write({"expected_revenue": 5, "automated_probability": 70})
        self.pass_time(days=1)
        deal.action_set_won()
        self.pass_time(days=1)
        self.Forecast._cron_store()
        self.env.invalidate_all()
        self.assertEqual(self.numbers(row), before)

    def test_nothing_decided_in_twelve_months(self):
        """Chances rest on 24 months, shares of stages on twelve: then they are not known."""
        self.make_golden_history()
        self.pass_time(days=500)
        row = self.store()
        self.assertTrue(row)
        self.assertIsNone(row.stage_weighted_amount)

from contextlib import contextmanager
from datetime import timedelta

from odoo.tests import tagged

# Imported as a module: a test class imported by name would run here again.
from . import test_workbench_tours


class ForecastTourCase(test_workbench_tours.WorkbenchTourCase):
    """A seller with three open deals, 12 deals that were won and 12 that were lost, and a target."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.forecast"].search([]).sudo().unlink()
        cls.env["crm.sales.target"].search([]).unlink()
        cls.env["crm.stage"].create({"name": "Tour Signed", "sequence": 100, "is_won": True})
        names = [f"Old deal {number}" for number in range(24)]
        decided = cls.make_deals(names, cls.bidding, days=75, expected_revenue=1000)
        for number, deal in enumerate(decided):
            # Half of them are won, some of them today, so that this quarter has won ones.
            with cls.days_ago(0 if number < 6 else 70 - number):
                close = deal.action_set_won if number % 2 else deal.action_set_lost
                close()
                cls.env.cr.flush()
        today = cls.env.cr.now().date()
        cls.env["crm.sales.target"].create({"month": today, "amount": 60_000})
        cls.env["crm.sales.target"].create({"month": today, "amount": 20_000, "user_id": cls.seller.id})
        cls.env["crm.stage.chance"]._rebuild()
        cls.env["crm.forecast"]._rebuild()
        cls.env.cr.flush()

    @classmethod
    @contextmanager
    def days_ago(cls, days):
        """Let the clock of the transaction stand so many days earlier."""
        cr = cls.env.cr
        now = cr.now()
        cr._now = now - timedelta(days=days)
        try:
            yield
        finally:
            cr._now = now


@tagged("post_install", "-at_install")
class TestForecastTours(ForecastTourCase):
    """From the menu to records and back, with the mouse and with the keyboard."""

    def test_manager(self):
        self.start_tour("/odoo", "sales_process_control_forecast", login="workbench_manager")

    def test_seller_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.start_tour("/odoo/sales-forecast", "sales_process_control_forecast_phone", login="workbench_seller")

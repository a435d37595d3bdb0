from odoo.tests import tagged

# Imported as a module: a test class imported by name would run here again.
from . import test_forecast_tours


class DealReviewTourCase(test_forecast_tours.ForecastTourCase):
    """Of three open deals, one is new since last week, and the amount of another one has changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.days_ago(2):
            cls.slow.expected_revenue = 800
            cls.env.cr.flush()


@tagged("post_install", "-at_install")
class TestDealReviewTours(DealReviewTourCase):
    """A Monday meeting, with the mouse and with the keyboard."""

    def test_monday_meeting(self):
        self.start_tour("/odoo", "sales_process_control_deal_review", login="workbench_manager")

    def test_seller_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.start_tour("/odoo/deal-review", "sales_process_control_deal_review_phone", login="workbench_seller")

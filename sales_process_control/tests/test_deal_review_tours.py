from odoo.tests import tagged

# Imported as a module: a test class imported by name would run here again.
from . import test_forecast_tours
from .accessibility_common import AccessibilityCase, OnDesktops, OnPhones


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

    def test_monday_meeting_in_the_dark(self):
        self.paint_it_dark()
        self.start_tour("/odoo", "sales_process_control_deal_review", login="workbench_manager")


@tagged("post_install", "-at_install")
class TestDealReviewToursOnPhones(DealReviewTourCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_seller(self):
        self.start_tour("/odoo/deal-review", "sales_process_control_deal_review_phone", login="workbench_seller")


class DealReviewAccessibilityCase(AccessibilityCase, DealReviewTourCase):
    path = "/odoo/deal-review"
    root = ".o_deal_review"
    part = ".o_deal_review_banner"
    exclude = (".o_control_panel", ".o_list_table thead", ".o_list_record_selector", ".o_list_table tfoot")


@tagged("post_install", "-at_install")
class TestDealReviewAccessibility(OnDesktops, DealReviewAccessibilityCase):
    pass


@tagged("post_install", "-at_install")
class TestDealReviewAccessibilityOnPhones(OnPhones, DealReviewAccessibilityCase):
    pass

from odoo.tests import tagged

# Imported as a module: a test class imported by name would run here again.
from . import test_workbench_tours


@tagged("post_install", "-at_install")
class TestReviewTours(test_workbench_tours.WorkbenchTourCase):
    """From the menu to records and back, with one deal in the first stage and two in the second."""

    def test_manager(self):
        self.start_tour("/odoo", "sales_process_control_review", login="workbench_manager")

    def test_seller_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.start_tour("/odoo/process-review", "sales_process_control_review_phone", login="workbench_seller")

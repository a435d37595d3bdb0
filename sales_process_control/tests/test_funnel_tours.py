from odoo.tests import tagged

# Imported as a module: a test class imported by name would run here again.
from . import test_workbench_tours


@tagged("post_install", "-at_install")
class TestFunnelTours(test_workbench_tours.WorkbenchTourCase):
    """From the menu to records and back, with two deals created within thirty days and one before."""

    def test_manager(self):
        self.start_tour("/odoo", "sales_process_control_funnel", login="workbench_manager")

    def test_seller_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.start_tour("/odoo/sales-funnel", "sales_process_control_funnel_phone", login="workbench_seller")

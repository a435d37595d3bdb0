from odoo.tests import tagged

# As a module: what is imported by its name would be run here once more.
from . import test_workbench_tours


@tagged("post_install", "-at_install")
class TestFunnelTours(test_workbench_tours.WorkbenchTourCase):
    """Two deals that came in within thirty days, one that was there before: from menu to records and back."""

    def test_manager(self):
        self.start_tour("/odoo", "sales_process_control_funnel", login="workbench_manager")

    def test_manager_in_the_dark(self):
        self.paint_it_dark()
        self.start_tour("/odoo", "sales_process_control_funnel", login="workbench_manager")


@tagged("post_install", "-at_install")
class TestFunnelToursOnPhones(test_workbench_tours.WorkbenchTourCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_seller(self):
        self.start_tour("/odoo/sales-funnel", "sales_process_control_funnel_phone", login="workbench_seller")

    def test_seller_in_the_dark(self):
        self.paint_it_dark()
        self.start_tour("/odoo/sales-funnel", "sales_process_control_funnel_phone", login="workbench_seller")

from odoo.tests import tagged

from .accessibility_common import AccessibilityCase, OnDesktops, OnPhones


@tagged("post_install", "-at_install")
class TestFunnelAccessibility(OnDesktops, AccessibilityCase):
    path = "/odoo/sales-funnel"
    root = ".o_sales_funnel"


@tagged("post_install", "-at_install")
class TestFunnelAccessibilityOnPhones(OnPhones, AccessibilityCase):
    path = "/odoo/sales-funnel"
    root = ".o_sales_funnel"

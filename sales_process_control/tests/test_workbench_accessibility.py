from odoo.tests import tagged

from .accessibility_common import AccessibilityCase, OnDesktops, OnPhones


@tagged("post_install", "-at_install")
class TestWorkbenchAccessibility(OnDesktops, AccessibilityCase):
    path = "/odoo/workbench"
    root = ".o_workbench"


@tagged("post_install", "-at_install")
class TestWorkbenchAccessibilityOnPhones(OnPhones, AccessibilityCase):
    path = "/odoo/workbench"
    root = ".o_workbench"

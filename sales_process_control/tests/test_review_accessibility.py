from odoo.tests import tagged

from .accessibility_common import AccessibilityCase, OnDesktops, OnPhones


@tagged("post_install", "-at_install")
class TestReviewAccessibility(OnDesktops, AccessibilityCase):
    path = "/odoo/process-review"
    root = ".o_process_review"


@tagged("post_install", "-at_install")
class TestReviewAccessibilityOnPhones(OnPhones, AccessibilityCase):
    path = "/odoo/process-review"
    root = ".o_process_review"

from datetime import date

from odoo.addons.sales_process_control.models.review.review_scope import ReviewScope
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestReview(TransactionCase):
    """The call of the Process Review: periods, filters and rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "review_seller", "sales_team.group_sale_salesman")
        cls.manager = new_test_user(cls.env, "review_manager", "sales_team.group_sale_manager")
        cls.portal = new_test_user(cls.env, "review_portal", "base.group_portal")

    def get_review(self, user, **arguments):
        return self.env["crm.process.review"].with_user(user).get_review(**{"blocks": [], **arguments})

    def test_periods(self):
        """The month and the quarter end today; each period is compared with the same days before."""
        expected = {
            "month": ("2026-05-01", "2026-04-01", "2026-04-15"),
            "quarter": ("2026-04-01", "2026-01-01", "2026-02-15"),
            "3_months": ("2026-02-16", "2025-11-16", "2026-02-15"),
            "6_months": ("2025-11-16", "2025-05-16", "2025-11-15"),
            "12_months": ("2025-05-16", "2024-05-16", "2025-05-15"),
        }
        for period, days in expected.items():
            with self.subTest(period=period):
                scope = ReviewScope.of(period, date(2026, 5, 15))
                self.assertEqual(scope.end, date(2026, 5, 15))
                self.assertEqual(
                    (scope.start, scope.before_start, scope.before_end), tuple(map(date.fromisoformat, days))
                )

    def test_answer(self):
        """The answer names the days that were used."""
        review = self.get_review(self.manager, period="quarter")
        today = date.fromisoformat(review["today"])
        scope = ReviewScope.of("quarter", today)
        for name in ("start", "end", "before_start", "before_end"):
            self.assertEqual(review[name], getattr(scope, name).isoformat())
        self.assertEqual(review["before_name"], "the quarter before")

    def test_end_of_month(self):
        """The 31 May is compared with the whole of April."""
        scope = ReviewScope.of("month", date(2026, 5, 31))
        self.assertEqual((scope.before_start, scope.before_end), (date(2026, 4, 1), date(2026, 4, 30)))

    def test_periods_do_not_overlap(self):
        for period in ("3_months", "6_months", "12_months"):
            for day in (date(2026, 5, 31), date(2028, 2, 29), date(2026, 3, 30)):
                scope = ReviewScope.of(period, day)
                self.assertLess(scope.before_end, scope.start)
                self.assertLess(scope.before_start, scope.before_end)

    def test_filters(self):
        review = self.get_review(self.manager, team_id=7)
        self.assertTrue(review["is_filtered"])
        self.assertFalse(self.get_review(self.manager, company_id=self.env.company.id)["is_filtered"])

    def test_bad_arguments(self):
        for arguments in (
            {"period": "year"},
            {"period": ["month"]},
            {"team_id": "7"},
            {"user_id": [7]},
            {"company_id": 1.5},
            {"team_id": True},
            {"blocks": ["unknown"]},
            {"blocks": [{}]},
            {"blocks": "stages"},
        ):
            with self.subTest(arguments=arguments), self.assertRaises(UserError):
                self.get_review(self.manager, **arguments)

    def test_company(self):
        """A reader reviews companies that he has selected."""
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(AccessError):
            self.get_review(self.manager, company_id=other.id)

    def test_salespeople_to_choose_from(self):
        """Every reader can search the salespeople; portal users and OdooBot are none."""
        for user in (self.seller, self.manager):
            found = self.env["res.users"].with_user(user).search(self.get_review(user)["seller_domain"])
            self.assertGreaterEqual(found, self.seller | self.manager)
            self.assertFalse(found & (self.portal | self.env.ref("base.user_root")))

    def test_rights(self):
        self.assertFalse(self.get_review(self.seller)["may_compare_all"])
        self.assertTrue(self.get_review(self.manager)["may_compare_all"])
        with self.assertRaises(AccessError):
            self.get_review(self.portal)

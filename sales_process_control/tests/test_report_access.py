from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import AccessCase
from .report_common import report_models, sum_of


@tagged("post_install", "-at_install")
class TestReportAccess(AccessCase):
    """Rows that a user may not read are not counted, grouped, exported or written in any report on the ledgers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Reports on hot flags have no row for deals without a flag, and tests of their own.
        cls.reports = report_models(cls.env, "crm.stage.report.mixin")
        cls.env.cr._now = cls.start
        cls.env["crm.stage.step"].create(
            [{"stage_id": stage.id, "name": "Call", "is_required": True} for stage in cls.contact + cls.needs]
        )
        # A deal that has ended has a row in each report on the ledgers.
        deals = cls.Lead.browse([deal.id for deal in cls.deals.values()])
        deals.action_set_lost()
        cls.env.cr.flush()

    def test_read_count_group_and_export(self):
        domain = [("lead_ref", "in", [deal.id for deal in self.deals.values()])]
        for model in self.reports:
            measure = sum_of(self.env[model])
            for user, names in self.readers():
                with self.subTest(model=model, user=user.login):
                    report = self.env[model].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
                    refs = {self.deals[name].id for name in names}
                    rows = report.search(domain)
                    self.assertEqual(set(rows.mapped("lead_ref")), refs)
                    self.assertEqual(report.search_count(domain), len(refs))
                    groups = report.formatted_read_group(domain, ["lead_ref"], ["__count", f"{measure}:sum"])
                    self.assertEqual({group["lead_ref"] for group in groups}, refs)
                    if user.has_group("base.group_allow_export"):
                        exported = rows.export_data(["lead_ref", measure])["datas"]
                        self.assertEqual({int(row[0]) for row in exported}, refs)

    def test_own_rows_are_those_of_lost_deals_too(self):
        for model in self.reports:
            with self.subTest(model=model):
                rows = self.env[model].with_user(self.seller).search([("is_mine", "=", True)])
                self.assertEqual(set(rows.mapped("lead_ref")), {self.deals["own"].id})

    #: Models with rows of an open deal under the name of its former seller. Sales actions are shown with their deal.
    #: The win rate is of deals that have ended.
    read_after_hand_over = (
        "crm.stage.conversion.report",
        "crm.stage.dwell.report",
        "crm.stage.visit",
        "crm.pipeline.movement",
    )

    def hand_over(self):
        """Restore a lost deal of the seller, who works on it, and give it to the colleague.

        :return: the deal
        """
        deal = self.deals["own"]
        self.pass_time(days=1)
        deal.action_restore()
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        deal.user_id = self.colleague
        self.env.cr.flush()
        self.env.invalidate_all()
        return deal

    def test_the_name_of_a_deal_is_read_by_its_readers_only(self):
        """Also within one transaction, in which another user has read it before."""
        deal = self.hand_over()
        for model in (*self.reports, "crm.stage.visit", "crm.pipeline.movement"):
            with self.subTest(model=model):
                rows = self.env[model].with_user(self.seller).search([("lead_ref", "=", deal.id)])
                self.assertEqual(bool(rows), model in self.read_after_hand_over)
                for row in rows:
                    self.assertIn("own", row.with_user(self.manager).display_name)
                    self.assertNotIn("own", row.display_name)
                    self.assertIn(str(deal.id), row.display_name)

    def test_statistics_count_what_the_reader_may_see(self):
        for user, names in self.readers():
            visits = self.Visit.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
            for domain in ([], [("stage_id", "=", self.contact.id)]):
                with self.subTest(user=user.login, domain=domain):
                    statistics = visits.stage_statistics(domain)
                    self.assertEqual([line["cohort"] for line in statistics], [len(names)])

    def test_days_in_all_do_not_tell_of_the_stays_of_others(self):
        deal = self.make_deal(user_id=self.colleague.id)
        self.pass_time(days=3)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        deal.write({"stage_id": self.contact.id, "user_id": self.seller.id})
        self.pass_time(days=2)
        deal.user_id = False
        self.env.cr.flush()
        self.env.invalidate_all()
        for user, days in ((self.seller, [2]), (self.manager, [5, 5])):
            visits = self.env["crm.stage.dwell.report"].with_user(user)
            domain = [("lead_ref", "=", deal.id), ("stage_id", "=", self.contact.id)]
            self.assertEqual(visits.search(domain).mapped("days_in_all"), days)
            self.assertEqual(visits._read_group(domain, [], ["days_in_all:avg"]), [(days[0],)])

    def test_history_of_a_deal_follows_its_present_seller(self):
        deal = self.make_deal(user_id=self.colleague.id)
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        deal.user_id = self.seller
        deal.action_set_lost()
        self.env.cr.flush()
        for model in self.reports:
            rows = self.env[model].with_user(self.seller).search([("lead_ref", "=", deal.id)])
            self.assertEqual(rows.stage_id, self.needs if model == "crm.win.report" else self.contact + self.needs)

    def test_steps_of_a_deal_that_is_in_another_company_now(self):
        """Progress is visible with its opportunity. Other rows stay where they were made."""
        deal = self.deals["nobody's"]
        domain = [("lead_ref", "=", deal.id)]
        steps = self.env["crm.stage.step.report"]
        for user in (self.seller, self.manager):
            self.assertEqual(steps.with_user(user).search_count(domain), 1)
        self.pass_time(days=1)
        deal.company_id = self.second
        self.env.cr.flush()
        for user in (self.seller, self.manager, self.abroad):
            with self.subTest(user=user.login):
                self.assertEqual(steps.with_user(user).search_count(domain), 0)
        self.assertEqual(self.env["crm.win.report"].with_user(self.manager).search_count(domain), 1)

    def test_two_companies_at_once(self):
        self.manager.company_ids = [Command.set((self.company + self.second).ids)]
        for model in self.reports:
            report = self.env[model].with_user(self.manager)
            for companies, count in ((self.company, 4), (self.second, 2), (self.company + self.second, 5)):
                rows = report.with_context(allowed_company_ids=companies.ids).search_count([])
                self.assertEqual(rows, count)

    def test_no_sales_rights_no_rows(self):
        for model in self.reports:
            for user in (self.internal, self.portal, self.env.ref("base.public_user")):
                report = self.env[model].with_user(user)
                for use in (
                    lambda: report.search([]),  # noqa: B023
                    lambda: report.search_count([]),  # noqa: B023
                    lambda: report.formatted_read_group([], ["stage_id"], ["__count"]),  # noqa: B023
                    lambda: report.browse(self.env[model].search([], limit=1).id).read(["lead_ref"]),  # noqa: B023
                    lambda: self.Visit.with_user(user).stage_statistics([]),  # noqa: B023
                    lambda: self.Visit.with_user(user).stage_statistics([("is_first", "=", True)]),  # noqa: B023
                ):
                    with self.subTest(model=model, user=user.login), self.assertRaises(AccessError):
                        use()

    def test_nobody_writes_administrators_included(self):
        for model in self.reports:
            row = self.env[model].search([], limit=1)
            for user in (self.seller, self.manager, self.administrator):
                report = self.env[model].with_user(user).browse(row.id)
                with self.subTest(model=model, user=user.login):
                    for use in (
                        lambda: report.write({"lead_ref": 1}),  # noqa: B023
                        report.unlink,
                        lambda: report.create({"lead_ref": 1}),  # noqa: B023
                    ):
                        with self.assertRaises(AccessError):
                            use()

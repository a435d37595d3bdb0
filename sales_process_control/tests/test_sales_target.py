from datetime import date

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AccessCase


@tagged("post_install", "-at_install")
class TestSalesTarget(AccessCase):
    """Targets by month (docs/definitions.md, Sales targets)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Target = cls.env["crm.sales.target"]
        # Those of the demonstration data.
        cls.Target.search([]).unlink()
        cls.of_company, cls.of_team, cls.of_seller, cls.of_colleague, cls.of_other_team = cls.Target.create(
            [
                {"month": "2026-03-01", "amount": 900},
                {"month": "2026-03-01", "team_id": cls.team.id, "amount": 500},
                {"month": "2026-03-01", "user_id": cls.seller.id, "amount": 300},
                {"month": "2026-03-01", "user_id": cls.colleague.id, "amount": 400},
                {"month": "2026-03-01", "team_id": cls.other_team.id, "amount": 450},
            ]
        )
        cls.abroad_target = cls.Target.create({"month": "2026-03-01", "company_id": cls.second.id, "amount": 100})

    def targets_of(self, user):
        return self.Target.with_user(user).with_context(allowed_company_ids=user.company_ids.ids).search([])

    def test_a_day_becomes_the_first_of_its_month(self):
        target = self.Target.with_user(self.manager).create({"month": "2026-05-17", "amount": 10})
        self.assertEqual(target.month, date(2026, 5, 1))
        target.month = date(2026, 6, 30)
        self.assertEqual(target.month, date(2026, 6, 1))
        self.assertEqual(target.display_name, f"June 2026: {self.company.name}")
        self.assertEqual(self.of_team.display_name, "March 2026: Team North")
        self.env["res.lang"]._activate_lang("zh_CN")
        name = target.with_context(lang="zh_CN").display_name
        self.assertEqual(name, f"2026年6月\N{FULLWIDTH COLON}{self.company.name}")
        self.pass_time(days=40)
        self.assertEqual(self.Target.new({}).month, date(2026, 4, 1))

    def test_one_for_each_owner_and_month(self):
        for values in ({}, {"team_id": self.team.id}, {"user_id": self.seller.id}, {"company_id": self.second.id}):
            with (
                self.subTest(values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.Target.create({"month": "2026-03-31", **values})
        self.Target.create({"month": "2026-04-01", "team_id": self.team.id})
        self.Target.create({"month": "2026-03-01", "team_id": self.team.id, "company_id": self.second.id})

    def test_a_team_or_a_salesperson(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.Target.create({"month": "2026-07-01", "team_id": self.team.id, "user_id": self.seller.id})

    def test_amounts(self):
        targets = self.Target.with_user(self.manager)
        for amount in (-1, -0.01, float("nan"), float("inf"), 10**14, 10**400, "many", [1]):
            with self.subTest(amount):
                with self.assertRaises(ValidationError):
                    targets.create({"month": "2026-08-01", "amount": amount})
                with self.assertRaises(ValidationError):
                    self.of_team.with_user(self.manager).write({"amount": amount})
        self.assertEqual(targets.create({"month": "2026-08-01", "amount": 10**12}).amount, 10**12)
        self.assertEqual(targets.create({"month": "2026-09-01"}).amount, 0)

    def test_odd_months(self):
        for month in ("soon", "2026", 5, [1], {"x": 1}, True, "9999-99-99"):
            with self.subTest(month), self.assertRaises(ValidationError):
                self.of_team.with_user(self.manager).write({"month": month})

    def test_teams_and_salespeople_of_another_company(self):
        abroad = self.env["crm.team"].create({"name": "Team Abroad", "company_id": self.second.id})
        for values in ({"team_id": abroad.id}, {"user_id": self.abroad.id}):
            with self.subTest(values), self.assertRaises(UserError):
                self.Target.create({"month": "2026-07-01", **values})

    def test_who_reads(self):
        own = self.of_seller + self.of_team
        every = self.of_company + own + self.of_colleague + self.of_other_team
        for user, targets in (
            (self.seller, own),
            (self.colleague, self.of_colleague + self.of_other_team),
            (self.all_documents, every),
            (self.manager, every),
            (self.abroad, self.abroad_target),
        ):
            with self.subTest(user.login):
                self.assertEqual(self.targets_of(user), targets.sorted())
        self.other_team.user_id = self.seller
        self.assertEqual(self.targets_of(self.seller), (own + self.of_other_team).sorted())
        for user in (self.internal, self.portal, self.env.ref("base.public_user")):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.targets_of(user)

    def test_who_writes(self):
        for user in (self.seller, self.all_documents, self.internal, self.portal):
            for use in (
                lambda: self.of_seller.with_user(user).write({"amount": 1}),  # noqa: B023
                lambda: self.of_seller.with_user(user).unlink(),  # noqa: B023
                lambda: self.Target.with_user(user).create({"month": "2026-07-01"}),  # noqa: B023
            ):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    use()
        self.of_seller.with_user(self.manager).write({"amount": 310})
        self.assertEqual(self.of_seller.amount, 310)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.abroad_target.with_user(self.manager).write({"amount": 1})
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.of_company.with_user(self.manager).write({"company_id": self.second.id, "month": "2026-12-01"})

    def test_groups_by_month(self):
        self.Target.create({"month": "2026-04-30", "user_id": self.seller.id, "amount": 70})
        rows = self.Target.with_user(self.seller).formatted_read_group([], ["month:month"], ["amount:sum"])
        self.assertEqual([row["amount:sum"] for row in rows], [800, 70])

    def test_a_file_is_imported(self):
        self.manager.group_ids |= self.env.ref("base.group_allow_export")
        content = (
            "Month,Sales Team,Salesperson,Amount\n"
            "2026-10-01,,,1000\n"
            "2026-10-15,Team North,,600.50\n"
            f"2026-10-01,,{self.seller.name},250\n"
        )
        wizard = (
            self.env["base_import.import"]
            .with_user(self.manager)
            .create({"res_model": "crm.sales.target", "file": content.encode(), "file_type": "text/csv"})
        )
        options = {"quoting": '"', "separator": ",", "has_headers": True, "date_format": "%Y-%m-%d"}
        columns = content.splitlines()[0].split(",")
        result = wizard.execute_import(["month", "team_id", "user_id", "amount"], columns, options)
        self.assertFalse(result["messages"])
        targets = self.Target.browse(result["ids"])
        self.assertEqual(targets.mapped("amount"), [1000, 600.5, 250])
        self.assertEqual(set(targets.mapped("month")), {date(2026, 10, 1)})
        self.assertEqual((targets.team_id, targets.user_id), (self.team, self.seller))

    def test_targets_go_with_their_owner(self):
        team = self.env["crm.team"].create({"name": "For a while"})
        target = self.Target.create({"month": "2026-07-01", "team_id": team.id, "amount": 5})
        user = self.seller.copy({"login": "for_a_while", "company_ids": [Command.set(self.company.ids)]})
        target += self.Target.create({"month": "2026-07-01", "user_id": user.id, "amount": 5})
        team.unlink()
        user.unlink()
        self.assertFalse(target.exists())

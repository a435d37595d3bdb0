from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import HttpCase, tagged

# The module is imported, not its test case, which would run here again.
from . import test_tours
from .common import new_user


class WorkbenchTourCase(HttpCase):
    """The day of a salesperson: one overdue promise, one stalled deal, one slow deal, and one that closes soon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_user(cls.env, "workbench_seller", groups="sales_team.group_sale_salesman")
        cls.manager = new_user(cls.env, "workbench_manager", groups="sales_team.group_sale_manager")
        cls.env["crm.hot.flag"].search([]).unlink()
        test_tours.TestTours.set_up_one_deal.__func__(cls, cls.seller)
        cls.env["ir.config_parameter"].set_param("sales_process_control.workbench_offered", False)
        # Today in the time zone of the salesperson: that of the superuser differs by an hour.
        cls.seller.tz = cls.manager.tz = "UTC"
        cls.day = fields.Date.context_today(cls.seller.with_user(cls.seller))
        cls.contact, cls.bidding = cls.env["crm.stage"].search([], order="sequence")
        cls.bidding.rotting_threshold_days = 10
        cls.customer = cls.env["res.partner"].create({"name": "Tour Works", "is_company": True})
        cls.team = cls.env["crm.team"].search([("name", "=", "Tour")])
        cls.team.member_ids = [Command.set((cls.seller | cls.manager).ids)]
        cls.env["crm.lead"].search([]).unlink()
        cls.env.cr.flush()
        cls.hot = cls.make_deal("Office of the tour", cls.contact, days=2, expected_revenue=5000)
        cls.stalled = cls.make_deal("Racks of the tour", cls.bidding, days=40, expected_revenue=3000)
        cls.slow = cls.make_deal("Chairs of the tour", cls.bidding, days=15, expected_revenue=1000)
        cls.env["crm.hot.flag"].create(
            {"note": "Signs this week", "lead_id": cls.hot.id, "due_date": cls.day - timedelta(days=1), "amount": 5000}
        )
        cls.slow.with_user(cls.seller).activity_schedule(
            "mail.mail_activity_data_call", date_deadline=cls.day, summary="Call the tour", user_id=cls.seller.id
        )
        cls.env.cr.flush()

    def paint_it_dark(self):
        """Odoo Community has dark styles, but no switch for them."""
        self.startPatcher(patch.object(self.env.registry["ir.http"], "color_scheme", lambda _self: "dark"))

    def make_second_process(self):
        """Make a team that uses a stage of its own, and has no deals."""
        team = self.env["crm.team"].create({"name": "Tour Elsewhere", "company_id": False})
        self.env["crm.stage"].create({"name": "Tour Elsewhere", "sequence": 3, "team_ids": [Command.set(team.ids)]})

    @classmethod
    def make_deal(cls, name, stage, days, **values):
        """Return a deal that entered its stage so many days ago."""
        return cls.make_deals([name], stage, days, **values)

    @classmethod
    def make_deals(cls, names, stage, days, **values):
        """Return deals that entered a stage so many days ago."""
        cr = cls.env.cr
        now = cr.now()
        cr._now = now - timedelta(days=days, minutes=1)
        common = {
            "type": "opportunity",
            "stage_id": stage.id,
            "user_id": cls.seller.id,
            "team_id": cls.team.id,
            "partner_id": cls.customer.id,
            "date_deadline": cls.day + timedelta(days=10),
        }
        deals = cls.env["crm.lead"].create([{"name": name, **common, **values} for name in names])
        cr.flush()
        cr._now = now
        return deals


@tagged("post_install", "-at_install")
class TestWorkbenchTours(WorkbenchTourCase):
    def test_the_day_of_a_seller(self):
        self.start_tour("/odoo", "sales_process_control_workbench", login="workbench_seller")
        self.assertEqual(self.stalled.won_status, "lost")

    def test_the_day_of_a_manager_in_the_dark(self):
        self.make_second_process()
        self.paint_it_dark()
        self.start_tour("/odoo", "sales_process_control_workbench_manager", login="workbench_manager")
        self.assertTrue(self.env["res.users"]._is_workbench_first())

    def test_guided_tours(self):
        """What the help of the workbench offers, as users take it."""
        self.env.company.is_sales_setup_put_away = False
        stage = self.hot.stage_id
        self.start_tour("/odoo/workbench", "sales_process_control_seller", login="workbench_seller")
        flags = self.env["crm.hot.flag"].search([("note", "=", "Signs around the tenth")])
        self.assertEqual(len(flags), 1)
        self.assertTrue(self.env["crm.lead.progress"].search([("feedback", "ilike", "Wants to see the offer")]))
        self.assertEqual(self.hot.stage_id, stage, "no deal is moved for the tour")
        self.start_tour("/odoo/workbench", "sales_process_control_manager", login="workbench_manager")

    def test_first_steps_of_an_empty_company(self):
        second = self.env["res.company"].create({"name": "Tour Second"})
        starter = new_user(
            self.env,
            "workbench_starter",
            groups="sales_team.group_sale_manager",
            company_id=second.id,
            company_ids=[Command.set(second.ids)],
        )
        self.bidding.rotting_threshold_days = 0
        self.env["crm.stage"].create({"name": "Tour Won", "sequence": 90, "is_won": True})
        members = [Command.set(starter.ids)]
        team = self.env["crm.team"].create({"name": "Tour Second", "company_id": second.id, "member_ids": members})
        self.start_tour("/odoo/workbench", "sales_process_control_first_steps", login="workbench_starter")
        self.assertTrue(second.is_sales_setup_put_away)
        deal = self.env["crm.lead"].search([("company_id", "=", second.id)])
        self.assertEqual((deal.name, deal.team_id, deal.is_hot), ("First mill", team, True))
        # Of all teams, since the tour hides the other stages.
        self.assertEqual((deal.stage_id.name, len(deal.stage_id.team_ids)), ("First Contact", 0))
        # Deals and stages of other companies are as before.
        self.assertEqual(self.stalled.stage_id, self.bidding)
        self.assertIn(self.team, self.bidding.team_ids)

    def test_the_day_of_a_seller_on_a_phone_in_the_dark(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.paint_it_dark()
        self.start_tour("/odoo/workbench", "sales_process_control_workbench_phone", login="workbench_seller")
        self.assertEqual(self.stalled.won_status, "lost")

    def test_the_day_of_a_manager_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.make_second_process()
        self.start_tour("/odoo/workbench", "sales_process_control_workbench_manager_phone", login="workbench_manager")
        self.assertTrue(self.env["res.users"]._is_workbench_first())

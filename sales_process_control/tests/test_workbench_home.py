from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestWorkbenchHome(TransactionCase):
    """The page with which CRM opens, for all users and for one user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.users"]._set_workbench_first(False)
        cls.env["ir.config_parameter"].set_param("sales_process_control.workbench_offered", False)
        cls.seller = new_test_user(cls.env, "home_seller", groups="sales_team.group_sale_salesman")
        cls.manager = new_test_user(cls.env, "home_manager", groups="sales_team.group_sale_manager")
        cls.stranger = new_test_user(cls.env, "home_stranger", groups="base.group_user")
        cls.portal = new_test_user(cls.env, "home_portal", groups="base.group_portal")
        cls.root_menu = cls.env.ref("crm.crm_menu_root")
        cls.workbench = cls.env.ref("sales_process_control.crm_workbench_action")

    def users_as(self, user):
        return self.env["res.users"].with_user(user)

    def first_page(self, user):
        """Return the id of the action with which CRM opens in the browser of a user."""
        menus = self.env["ir.ui.menu"].with_user(user).load_web_menus(False)
        return menus[self.root_menu.id]["actionID"]

    def test_crm_opens_on_the_pipeline_by_default(self):
        pipeline = self.env.ref("crm.action_your_pipeline").id
        self.assertEqual(self.first_page(self.seller), pipeline)
        settings = self.env["res.config.settings"].create({})
        self.assertFalse(settings.opens_on_workbench)
        settings.opens_on_workbench = True
        settings.execute()
        self.assertEqual(self.first_page(self.seller), self.workbench.id)
        self.assertTrue(self.env["res.config.settings"].create({}).opens_on_workbench)
        self.env["res.config.settings"].create({"opens_on_workbench": False}).execute()
        self.assertEqual(self.first_page(self.seller), pipeline)

    def test_settings_without_the_menus(self):
        """Other settings can be saved when one of the menus was deleted."""
        for menu in ("sales_process_control.crm_workbench_menu", "crm.menu_crm_opportunities"):
            self.env.ref(menu).unlink()
            settings = self.env["res.config.settings"].create({})
            self.assertFalse(settings.opens_on_workbench)
            settings.opens_on_workbench = True
            settings.execute()
            self.assertFalse(self.env["res.config.settings"].create({}).opens_on_workbench)

    def test_a_manager_is_asked_once(self):
        self.assertFalse(self.users_as(self.seller).get_workbench_home()["is_offered"])
        self.assertTrue(self.users_as(self.manager).get_workbench_home()["is_offered"])
        self.users_as(self.manager).answer_workbench_offer(False)
        self.assertFalse(self.users_as(self.manager).get_workbench_home()["is_offered"])
        self.assertFalse(self.users_as(self.manager).get_workbench_home()["is_first"])

    def test_a_manager_takes_the_offer(self):
        self.users_as(self.manager).answer_workbench_offer(True)
        self.assertEqual(self.first_page(self.seller), self.workbench.id)
        found = self.users_as(self.manager).get_workbench_home()
        self.assertEqual((found["is_first"], found["is_offered"]), (True, False))

    def test_nobody_else_decides_for_all(self):
        for user in (self.seller, self.stranger, self.portal):
            with self.assertRaises(AccessError):
                self.users_as(user).answer_workbench_offer(True)

    def test_a_person_chooses_for_himself(self):
        self.users_as(self.seller).set_workbench_home(True)
        self.assertEqual(self.seller.action_id.id, self.workbench.id)
        self.assertTrue(self.users_as(self.seller).get_workbench_home()["is_home"])
        self.assertFalse(self.users_as(self.manager).get_workbench_home()["is_home"])
        self.users_as(self.seller).set_workbench_home(False)
        self.assertFalse(self.seller.action_id)

    def test_another_first_page_is_left_alone(self):
        other = self.env.ref("crm.crm_lead_action_pipeline")
        self.seller.action_id = other.id
        self.users_as(self.seller).set_workbench_home(False)
        self.assertEqual(self.seller.action_id.id, other.id)

    def test_users_who_do_not_sell_have_no_workbench(self):
        for user in (self.stranger, self.portal):
            with self.assertRaises(AccessError):
                self.users_as(user).get_workbench_home()
            with self.assertRaises(AccessError):
                self.users_as(user).set_workbench_home(True)

    def test_users_who_lost_sales_rights_do_not_see_the_menu(self):
        menu = self.env.ref("sales_process_control.crm_workbench_menu")
        self.assertIn(menu.id, self.env["ir.ui.menu"].with_user(self.seller)._visible_menu_ids())
        self.seller.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        self.assertNotIn(menu.id, self.env["ir.ui.menu"].with_user(self.seller)._visible_menu_ids())

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from ..models.history_import import crm_history_importer
from .common import delete_deals


@tagged("post_install", "-at_install")
class TestTours(HttpCase):
    """What a seller does in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_one_deal(cls.env.ref("base.user_admin"))

    @classmethod
    def set_up_one_deal(cls, salesperson):
        """A deal that came into the first of two stages four days ago; the tours meet no other.

        They begin on the pipeline, as after an installation without demonstration data.
        """
        cls.env["res.users"]._set_workbench_first(False)
        delete_deals(cls.env)
        cr = cls.env.cr
        cls.env["crm.stage"].search([]).unlink()
        contact, _bidding = cls.env["crm.stage"].create(
            [{"name": "Tour Contact", "sequence": 1}, {"name": "Tour Bidding", "sequence": 2}]
        )
        cr.flush()
        now = cr.now()
        cr._now = now - timedelta(days=4, minutes=1)
        team = cls.env["crm.team"].create({"name": "Tour", "company_id": False})
        cls.env["crm.lead"].create(
            {
                "name": "Deal of the tour",
                "type": "opportunity",
                "stage_id": contact.id,
                "user_id": salesperson.id,
                "team_id": team.id,
                "expected_revenue": 1000,
            }
        )
        cr.flush()
        cr._now = now

    def test_card_history_and_pivots(self):
        self.start_tour("/odoo", "sales_process_control_ledgers", login="admin")

    def test_reports(self):
        self.start_tour("/odoo", "sales_process_control_stage_reports", login="admin")

    def test_history_is_imported_with_a_preview(self):
        self.start_tour("/odoo", "sales_process_control_history_import", login="admin")
        deals = self.env["crm.lead"].search([("name", "in", ("Tour mill", "Tour hotel"))])
        self.assertEqual(len(deals), 2)
        self.assertEqual(set(deals.stage_visit_ids.mapped("origin")), {"import"})

    def test_a_history_that_cannot_be_imported_says_why(self):
        self.start_tour("/odoo", "sales_process_control_history_import_fails", login="admin")
        self.assertFalse(self.env["crm.lead"].search([("name", "=", "Tour mill")]))

    def fail_once(self):
        """Import one deal a request, and fail once at the second one."""
        importer = self.env.registry["crm.history.importer"]
        go_on, calls, reason = importer.go_on, [], "Out of luck"

        def go_on_or_fail(self, *args):
            calls.append(args)
            if len(calls) == 2:
                raise UserError(reason)
            return go_on(self, *args)

        self.startPatcher(patch.object(importer, "go_on", go_on_or_fail))
        self.startPatcher(patch.object(crm_history_importer, "CHUNK", 1))

    def test_an_import_that_was_interrupted_goes_on(self):
        self.fail_once()
        with self.assertLogs("odoo.http", "WARNING"):
            self.start_tour("/odoo", "sales_process_control_history_import_goes_on", login="admin")
        self.assertEqual(self.env["crm.lead"].search_count([("name", "in", ("Tour mill", "Tour hotel"))]), 2)

    def test_an_import_that_was_stopped_is_completed_by_the_same_file(self):
        self.fail_once()
        with self.assertLogs("odoo.http", "WARNING"):
            self.start_tour("/odoo", "sales_process_control_history_import_stopped", login="admin")
        self.assertEqual(self.env["crm.lead"].search_count([("name", "in", ("Tour mill", "Tour hotel"))]), 2)

    def test_an_import_is_taken_back(self):
        story = b"deal,stage,at\nTour mill,Tour first,2025-01-10\n"
        self.env["crm.history.importer"].import_history(story, "tour.csv")
        self.env.cr.flush()
        self.start_tour("/odoo", "sales_process_control_history_taken_back", login="admin")
        self.assertFalse(self.env["crm.lead"].search([("name", "=", "Tour mill")]))


@tagged("post_install", "-at_install")
class TestHotTours(HttpCase):
    """How deals and customers get hot and cold. There are two deals in one stage, of which the older one gets hot."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        TestTours.set_up_one_deal.__func__(cls, cls.env.ref("base.user_admin"))
        cls.env["crm.hot.flag"].search([]).unlink()
        cls.env["crm.lead"].search([]).copy({"name": "Recent arrival", "expected_revenue": 500})
        cls.env.cr.flush()

    def flags(self):
        """[(note, outcome)] of all flags, in the order of raising."""
        flags = self.env["crm.hot.flag"].search([], order="id")
        return [(flag.note, flag.outcome) for flag in flags]

    def test_flag_is_raised_looked_at_edited_and_withdrawn_on_the_card(self):
        self.start_tour("/odoo", "sales_process_control_hot_flag", login="admin")
        self.assertEqual(self.flags(), [("Signing on Friday", "withdrawn")])

    def test_keyboard_is_enough(self):
        self.start_tour("/odoo", "sales_process_control_hot_flag_keyboard", login="admin")
        self.assertEqual(self.flags(), [("Signing around 10 March", "broken")])

    def test_deals_that_are_selected_get_a_flag_each(self):
        self.start_tour("/odoo", "sales_process_control_hot_flag_list", login="admin")
        self.assertEqual(self.flags(), [("Signs with the others", "open")] * 2)

    def test_flame_follows_a_win_that_is_taken_back(self):
        # Odoo's rainbow after a win would lie over the card.
        self.env["ir.config_parameter"].set_param("base_setup.show_effect", False)
        # On the first day of a year, its text is an error in time zones where the year begins earlier than in UTC.
        self.env.ref("base.user_admin").tz = "UTC"
        self.env["crm.stage"].create({"name": "Tour Signed", "sequence": 9, "is_won": True})
        deal = self.env["crm.lead"].search([("name", "=", "Deal of the tour")])
        self.env["crm.hot.flag"].create({"note": "Signs soon", "lead_id": deal.id})
        self.env.cr.flush()
        self.start_tour("/odoo", "sales_process_control_hot_flag_won", login="admin")
        self.assertEqual(self.flags(), [("Signs soon", "open")])

    def test_customer_is_hot_without_a_deal(self):
        self.env["res.partner"].create({"name": "Customer of the tour", "is_company": True})
        self.start_tour("/odoo", "sales_process_control_hot_flag_customer", login="admin")
        self.assertEqual(self.flags(), [("May add an order", "open"), ("Pays the second instalment", "open")])

    def test_flag_is_raised_looked_at_edited_and_withdrawn_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.start_tour("/odoo", "sales_process_control_hot_flag_phone", login="admin")
        self.assertEqual(self.flags(), [("Signing on Friday", "withdrawn")])


@tagged("post_install", "-at_install")
class TestProcessTours(HttpCase):
    """The process of a deal on its page, whose stage expects something, and the six stages from the settings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        TestTours.set_up_one_deal.__func__(cls, cls.env.ref("base.user_admin"))
        deal = cls.env["crm.lead"].search([])
        cls.env["crm.stage.step"].create({"stage_id": deal.stage_id.id, "name": "Introduce us", "is_required": True})

    def test_page_follows_what_is_planned_and_done(self):
        self.start_tour("/odoo", "sales_process_control_process_page", login="admin")

    def test_process_is_loaded_after_a_preview(self):
        self.start_tour("/odoo", "sales_process_control_process_loader", login="admin")
        team = self.env["crm.team"].search([("name", "=", "Tour")])
        self.assertEqual(self.env["crm.stage"].search_count([("team_ids", "in", team.ids)]), 6)

    def test_page_follows_what_is_planned_and_done_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.start_tour("/odoo", "sales_process_control_process_page_phone", login="admin")

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AccessCase
from .workbench_common import WorkbenchMixin

STORY = b"deal,stage,at\nMill,Setup stage,2026-01-10\nHotel,Setup stage,2026-01-11\n"


class SetupCase(WorkbenchMixin, AccessCase):
    """The second company is empty but for one deal, its sales manager, and the stages that all teams share."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.company | cls.second).is_sales_setup_put_away = False
        cls.env["crm.sales.target"].search([]).unlink()
        cls.panel = cls.env["crm.workbench.setup"].with_user(cls.abroad)

    def answer(self, user=None):
        return self.workbench_of(user or self.abroad, blocks=["setup"])

    def steps(self, user=None):
        """Return the steps of the company of a user by their keys."""
        return {step["key"]: step for step in self.answer(user)["blocks"]["setup"]["steps"]}

    def states(self, user=None):
        return {key: step["state"] for key, step in self.steps(user).items()}


@tagged("post_install", "-at_install")
class TestSetup(SetupCase):
    """The set-up panel: its steps, and who has it."""

    def test_the_preferences_are_those_of_the_user(self):
        """Odoo's action names no user, and would open the form of a new one."""
        action = self.env.ref("sales_process_control.crm_my_preferences_action").with_user(self.abroad).run()
        self.assertEqual((action["res_model"], action["res_id"]), ("res.users", self.abroad.id))

    def test_states_follow_what_is_there(self):
        states = {"stages": "open", "history": "open", "teams": "open", "weekly": "open", "alerts": "open"}
        self.assertEqual(self.states(), states)
        team = self.env["crm.team"].create({"name": "Abroad", "company_id": self.second.id, "user_id": self.abroad.id})
        importer = self.env["crm.history.importer"].with_user(self.abroad)
        importer = importer.with_context(allowed_company_ids=self.second.ids)
        month = {"month": "2026-03-01", "amount": 100, "company_id": self.second.id}
        for key, do in (
            ("stages", lambda: self.contact.write({"rotting_threshold_days": 9})),
            ("history", lambda: importer.import_history(STORY, "story.csv")),
            ("teams", lambda: (team.write({"member_ids": [Command.link(self.abroad.id)]}), self.target(month))),
            ("weekly", lambda: self.second.write({"weekly_report_for_leaders": True})),
            ("alerts", lambda: self.second.write({"alerts_stalled": True})),
        ):
            with self.subTest(step=key):
                do()
                states[key] = "done"
                self.assertEqual(self.states(), states)
        answer = self.answer()
        self.assert_numbers_open_their_records(answer, self.abroad)
        block, steps = answer["blocks"]["setup"], self.steps()
        self.assertEqual((block["company"]["name"], block["done_count"]), ("Second Company", 5))
        self.assertEqual(steps["history"]["deals"]["value"], 2)
        self.assertEqual((steps["teams"]["targets"]["value"], steps["weekly"]["readers"]["value"]), (1, 1))
        self.assertNotIn("done", [state for key, state in self.states(self.manager).items() if key == "history"])
        # What is gone is open again.
        self.env["crm.sales.target"].search([]).unlink()
        self.assertEqual(self.states(), {**states, "teams": "open"})

    def target(self, values):
        return self.env["crm.sales.target"].create(values)

    def test_stages_are_kept_or_get_actions(self):
        self.panel.keep_stages()
        self.assertEqual((self.states()["stages"], self.steps()["stages"]["is_kept"]), ("done", True))
        self.panel.keep_stages(False)
        self.assertEqual(self.states()["stages"], "open")
        self.env["crm.stage.step"].create({"name": "Call", "stage_id": self.needs.id})
        self.assertEqual(self.states()["stages"], "done")

    def test_a_team_without_stages_is_named(self):
        """Whatever was decided: deals of such a team have no stage."""
        self.panel.keep_stages()
        for stage in self.contact | self.needs | self.bidding | self.talks:
            stage.team_ids = self.team
        step = self.steps()["stages"]
        self.assertEqual(step["state"], "open")
        self.assertIn("Team South", step["teams_without"])
        self.assertNotIn("Team North", step["teams_without"])

    def test_suggested_limits(self):
        """Only stages without a limit of their own get one."""
        self.bidding.rotting_threshold_days = 7
        self.talks.is_unlimited = True
        limits = {stage.id: (12, 40) for stage in (self.needs, self.bidding, self.talks)}
        limits[self.contact.id] = (0, 3)
        # A stage without teams is one of all companies, of which there are two.
        with patch.object(type(self.bidding), "_suggest_limits", lambda stages: limits):
            self.assertEqual(self.steps()["stages"]["suggestions"], [])
        self.needs.team_ids = self.env["crm.team"].create({"name": "Abroad", "company_id": self.second.id})
        with patch.object(type(self.bidding), "_suggest_limits", lambda stages: limits):
            suggestions = self.steps()["stages"]["suggestions"]
            expected = {"stage_id": self.needs.id, "name": "Needs Analysis", "days": 12, "visits": 40}
            self.assertEqual(suggestions, [expected])
            self.assertEqual(self.panel.take_suggested_limits([[self.needs.id, 11], "12", None]), 0)
            self.assertEqual(self.panel.take_suggested_limits([[self.needs.id, 12], [self.bidding.id, 12]]), 1)
            self.assertEqual(self.panel.take_suggested_limits([[self.needs.id, 12]]), 0)
        days = (self.contact | self.needs | self.bidding | self.talks).mapped("rotting_threshold_days")
        self.assertEqual(days, [0, 12, 7, 0])

    def test_a_stage_that_another_company_uses_gets_no_limit(self):
        """A team without a company is one of all companies."""
        limits = {self.needs.id: (12, 40)}
        abroad = self.env["crm.team"].create({"name": "Abroad", "company_id": self.second.id})
        at_home = self.env["crm.team"].create({"name": "At Home", "company_id": self.company.id})
        for teams, is_offered in ((abroad, True), (abroad | at_home, False), (abroad | self.team, False)):
            with self.subTest(teams=teams.mapped("name")):
                self.needs.team_ids = teams
                self.env.invalidate_all()
                with patch.object(type(self.needs), "_suggest_limits", lambda stages: limits):
                    self.assertEqual(bool(self.steps()["stages"]["suggestions"]), is_offered)

    def test_steps_are_skipped(self):
        for key in ("history", "weekly"):
            self.panel.skip_step(key)
        self.assertEqual([key for key, state in self.states().items() if state == "skipped"], ["history", "weekly"])
        self.panel.skip_step("history", False)
        self.second.weekly_report_for_leaders = True
        self.env["crm.team"].create({"name": "Abroad", "company_id": self.second.id, "user_id": self.abroad.id})
        self.assertEqual({self.states()[key] for key in ("history", "weekly")}, {"open", "done"})
        for key in ("stages", "profit", "", None, 7, ["history"]):
            with self.subTest(key=key), self.assertRaisesRegex(UserError, "no such step"):
                self.panel.skip_step(key)

    def test_put_away_by_company(self):
        for scope in ("mine", "team", "all"):
            self.assertEqual(self.workbench_of(self.abroad, scope)["later"][0], "setup")
        self.panel.put_away()
        self.assertNotIn("setup", self.workbench_of(self.abroad)["later"])
        self.assertIn("setup", self.workbench_of(self.manager)["later"])
        self.assertNotIn("setup", self.block_of(self.abroad, "state")["seen"])
        self.assertTrue(self.env["res.users"].with_user(self.abroad).get_workbench_home()["can_set_up"])

    def test_called_up_by_one_manager(self):
        """Nobody else has the panel back."""
        other = self.abroad.copy({"login": "other_abroad"})
        self.panel.put_away()
        self.panel.call_up()
        self.assertIn("setup", self.workbench_of(self.abroad)["later"])
        self.assertNotIn("setup", self.workbench_of(other)["later"])
        can_set_up = [
            self.env["res.users"].with_user(user).get_workbench_home()["can_set_up"] for user in (self.abroad, other)
        ]
        self.assertEqual(can_set_up, [False, True])
        self.panel.put_away()
        self.assertNotIn("setup", self.workbench_of(self.abroad)["later"])

    def test_a_call_while_the_panel_is_shown(self):
        """Who asks for what is shown loses it with all others when a colleague puts it away."""
        colleague = self.abroad.copy({"login": "other_abroad"})
        self.panel.call_up()
        self.panel.with_user(colleague).put_away()
        for user in self.abroad, colleague:
            self.assertNotIn("setup", self.workbench_of(user)["later"])

    def test_called_up_by_company(self):
        """A call, and its end, are those of one company: the one for which the panel was called up last."""
        self.abroad.company_ids = self.company | self.second
        first, second = (self.panel.with_context(allowed_company_ids=x.ids) for x in (self.company, self.second))
        for panel in first, second:
            panel.put_away()
        first.call_up()
        self.assertEqual((first._is_wanted(), second._is_wanted()), (True, False))
        second.call_up()
        self.assertEqual((first._is_wanted(), second._is_wanted()), (False, True))
        first.put_away()
        self.assertEqual((first._is_wanted(), second._is_wanted()), (False, True))

    def test_the_first_call_costs_nothing_more(self):
        def statements():
            self.workbench_of(self.abroad)
            before = self.env.cr.sql_log_count
            self.workbench_of(self.abroad)
            return self.env.cr.sql_log_count - before

        shown = statements()
        self.panel.put_away()
        self.assertLessEqual(shown, statements())


@tagged("post_install", "-at_install")
class TestSetupAccess(SetupCase):
    """The panel is for sales managers, of the company in use."""

    def test_salespeople_have_no_panel(self):
        for user in (self.seller, self.all_documents):
            answer = self.workbench_of(user)
            self.assertNotIn("setup", [*answer["blocks"], *answer["later"]])
            with self.subTest(user=user.login), self.assertRaisesRegex(UserError, "no such block"):
                self.workbench_of(user, blocks=["setup"])

    def test_who_decides(self):
        for user in (self.seller, self.all_documents, self.internal, self.portal, self.env.ref("base.public_user")):
            panel = self.env["crm.workbench.setup"].with_user(user)
            for call in (
                panel.put_away,
                panel.call_up,
                panel.keep_stages,
                lambda panel=panel: panel.take_suggested_limits([]),
                lambda panel=panel: panel.skip_step("history"),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    call()

    def test_another_company_cannot_be_decided_about(self):
        panel = self.panel.with_context(allowed_company_ids=self.company.ids)
        with self.assertRaises(AccessError):
            panel.put_away()
        self.panel.put_away()
        self.assertFalse(self.company.is_sales_setup_put_away)

    def test_guided_tours(self):
        """Odoo's onboarding is on for the tour only; where it was on before, it stays on."""
        tours = self.env["web_tour.tour"]
        names = ("sales_process_control_seller", "sales_process_control_manager")
        self.assertEqual(set(tours.search([("name", "in", names)]).mapped("custom")), {True})
        home = lambda user: self.env["res.users"].with_user(user).get_workbench_home()  # noqa: E731
        self.assertEqual(home(self.seller)["tours"], [names[0]])
        self.assertEqual(home(self.manager)["tours"], [*names])
        seller = self.env["res.users"].with_user(self.seller)
        with self.assertRaises(AccessError):
            seller.start_sales_tour(names[1])
        with self.assertRaises(UserError):
            seller.start_sales_tour("crm_tour")
        for stop in (
            lambda: tours.with_user(self.seller).consume(names[0]),
            lambda: seller.switch_tour_enabled(False),
        ):
            self.assertIn("Well done", seller.start_sales_tour(names[0]))
            self.assertTrue(self.seller.tour_enabled)
            self.assertFalse(tours.with_user(self.seller).get_current_tour())
            self.assertFalse(stop())
            self.assertFalse(self.seller.tour_enabled)
        self.manager.tour_enabled = True
        self.env["res.users"].with_user(self.manager).start_sales_tour(names[1])
        tours.with_user(self.manager).consume(names[1])
        self.assertTrue(self.manager.tour_enabled)

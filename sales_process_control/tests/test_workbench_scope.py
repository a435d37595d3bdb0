import json
from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.workbench import crm_lead
from .common import AccessCase, PipelineCase
from .workbench_common import WorkbenchMixin


@tagged("post_install", "-at_install")
class TestWorkbenchScope(WorkbenchMixin, PipelineCase):
    """Teams to which the scopes of a manager are narrowed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.team | cls.other_team).user_id = cls.manager
        cls.env["crm.hot.flag"].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.north = self.make_full_deal("North", self.seller, self.team, 100)
        self.south = self.make_full_deal("South", self.colleague, self.other_team, 50)
        self.no_team = self.make_full_deal("Loose", self.manager, self.env["crm.team"], 7)
        self.env.cr.flush()

    def make_full_deal(self, name, user, team, amount):
        """Return a deal with a customer, a flag, an activity and a meeting of today, whose names contain a word."""
        day = self.start.date()
        customer = self.env["res.partner"].create({"name": f"{name} customer", "is_key_customer": True})
        deal = self.make_deal(
            name=f"{name} deal",
            partner_id=customer.id,
            user_id=user.id,
            team_id=team.id,
            expected_revenue=amount,
            date_deadline=day - timedelta(days=1),
        )
        self.env["crm.hot.flag"].create({"note": f"{name} flag", "lead_id": deal.id, "due_date": day})
        deal.activity_schedule("mail.mail_activity_data_call", date_deadline=day, summary=f"{name} call")
        self.env["calendar.event"].create(
            {
                "name": f"{name} meeting",
                "opportunity_id": deal.id,
                "user_id": user.id,
                "start": self.start,
                "stop": self.start + timedelta(hours=1),
            }
        )
        return deal

    def answer(self, scope, *teams, user=None):
        ids = [team.id for team in teams] or None
        return self.workbench_of(user or self.manager, scope, self.block_keys(scope), team_ids=ids)

    def words_of(self, answer):
        """Return which of the deals an answer shows, by the words that only their records contain."""
        text = json.dumps({**answer, "teams": []})
        return {word for word in ("North", "South", "Loose") if f"{word} " in text}

    def test_each_choice_has_its_deals_and_no_others(self):
        for scope, teams, words in (
            ("all", (), {"North", "South", "Loose"}),
            ("all", (self.team,), {"North"}),
            ("all", (self.team, self.other_team), {"North", "South"}),
            ("team", (), {"North", "South"}),
            ("team", (self.other_team,), {"South"}),
        ):
            with self.subTest(scope=scope, teams=[team.name for team in teams]):
                answer = self.answer(scope, *teams)
                self.assertEqual(self.words_of(answer), words)
                self.assert_numbers_open_their_records(answer, self.manager)
                totals = answer["blocks"]["totals"]
                amounts = {"North": 100, "South": 50, "Loose": 7}
                self.assertEqual(totals["open"]["amount"], sum(amounts[word] for word in words))
                self.assertEqual(answer["team_ids"], sorted(team.id for team in teams))

    def test_teams_to_choose_from(self):
        names = lambda scope: [team["name"] for team in self.answer(scope)["teams"]]  # noqa: E731
        self.assertEqual(names("mine"), [])
        self.assertCountEqual(names("team"), ["Team North", "Team South"])
        self.assertLessEqual({"Team North", "Team South"}, set(names("all")))
        self.other_team.user_id = False
        self.assertEqual(names("team"), ["Team North"])
        self.other_team.active = False
        self.assertNotIn("Team South", names("all"))

    def test_a_chosen_team_is_compared_with_the_company(self):
        conversion = self.answer("all", self.team)["blocks"]["conversion"]
        self.assertEqual((conversion["of"], conversion["beside"]), ("chosen", "company"))
        conversion = self.answer("all")["blocks"]["conversion"]
        self.assertEqual((conversion["of"], conversion["beside"]), ("all", False))

    def test_members_of_a_chosen_team(self):
        """Sellers without deals are those of the chosen team; the reader's own star is in no team of others."""
        self.north.unlink()
        self.env["res.partner"].create({"name": "Own customer", "is_key_customer": True, "user_id": self.manager.id})
        blocks = self.answer("team", self.team)["blocks"]
        self.assertEqual([row["name"] for row in blocks["sellers"]["sellers"]], [self.seller.name])
        self.assertNotIn("Own customer", json.dumps(blocks["customers"]))
        self.assertIn("Own customer", json.dumps(self.answer("team")["blocks"]["customers"]))
        self.team.member_ids = [Command.link(self.manager.id)]
        self.assertIn("Own customer", json.dumps(self.answer("team", self.team)["blocks"]["customers"]))

    def test_more_teams_than_are_listed(self):
        """Own teams are never cut off, and a team that is not listed can be chosen."""
        with patch.object(crm_lead, "MOST_TEAMS", 1):
            self.assertEqual(self.words_of(self.answer("team")), {"North", "South"})
            [listed] = self.answer("all")["teams"]
            for team, word in ((self.team, "North"), (self.other_team, "South")):
                with self.subTest(team=team.name, listed=listed["name"]):
                    answer = self.answer("all", team)
                    self.assertEqual(self.words_of(answer), {word})
                    self.assertIn(team.id, [one["id"] for one in answer["teams"]])
            with self.assertRaisesRegex(AccessError, "cannot choose"):
                self.workbench_of(self.manager, "all", team_ids=[self.team.id, 2**63])

    def test_forged_teams(self):
        for scope in ("mine", "team", "all"):
            for odd in ("x", 7, True, {"id": 1}, ["x"], [1.5], [None], [True], [[1]], [[]]):
                with self.subTest(scope=scope, odd=odd), self.assertRaisesRegex(UserError, "by their IDs"):
                    self.workbench_of(self.manager, scope, team_ids=odd)
        self.other_team.user_id = False
        archived = self.env["crm.team"].create({"name": "Gone", "active": False})
        for scope, team_id in (
            ("mine", self.team.id),
            ("team", self.other_team.id),
            ("all", archived.id),
            ("all", 2**63),
            ("all", 0),
            ("all", -1),
        ):
            with self.subTest(scope=scope, team=team_id), self.assertRaisesRegex(AccessError, "cannot choose"):
                self.workbench_of(self.manager, scope, ["hot"], team_ids=[self.team.id, team_id])
        with self.assertRaisesRegex(AccessError, "your own deals only"):
            self.workbench_of(self.seller, "all", team_ids=[self.team.id])
        self.assertEqual(self.workbench_of(self.manager, "all", [], team_ids=[])["team_ids"], [])


@tagged("post_install", "-at_install")
class TestWorkbenchScopeAccess(WorkbenchMixin, AccessCase):
    """Teams of other companies cannot be chosen."""

    def test_teams_of_another_company(self):
        theirs = self.env["crm.team"].create({"name": "Theirs", "company_id": self.second.id})
        self.assertIn("Theirs", json.dumps(self.workbench_of(self.abroad, "all", [])["teams"]))
        self.assertNotIn("Theirs", json.dumps(self.workbench_of(self.manager, "all", [])["teams"]))
        with self.assertRaises(AccessError):
            self.workbench_of(self.manager, "all", [], team_ids=theirs.ids)
        self.manager.company_ids |= self.second
        companies = [self.company.id, self.second.id]
        answer = self.workbench_of(self.manager, "all", [], team_ids=theirs.ids, allowed_company_ids=companies)
        self.assertEqual(answer["team_ids"], theirs.ids)
        with self.assertRaises(AccessError):
            self.workbench_of(self.manager, "all", [], team_ids=theirs.ids, allowed_company_ids=self.company.ids)

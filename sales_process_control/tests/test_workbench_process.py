import json

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.workbench.workbench_scope import ALL, ProcessReader, Scope
from .common import AccessCase, PipelineCase
from .workbench_common import WorkbenchMixin


@tagged("post_install", "-at_install")
class TestWorkbenchProcess(WorkbenchMixin, PipelineCase):
    """Funnel and conversion show one process at a time: the stages that teams use together.

    ========== ======================================
    team       stages, beside Signing
    ========== ======================================
    North      First Contact, Needs Analysis, Bidding
    South      First Contact, Negotiation
    East       First Contact, Needs Analysis, Bidding
    no team    First Contact
    ========== ======================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.team"].search([("id", "not in", (cls.team | cls.other_team).ids)]).active = False
        cls.east = cls.env["crm.team"].create({"name": "Team East", "company_id": False})
        (cls.team | cls.other_team | cls.east).user_id = cls.manager
        (cls.needs | cls.bidding).team_ids = [Command.set((cls.team | cls.east).ids)]
        cls.talks.team_ids = [Command.set(cls.other_team.ids)]

    def sell(self, team, stage, count=1, **values):
        for _deal in range(count):
            self.make_deal(team_id=team.id, stage_id=stage.id, **values)
        self.env.cr.flush()

    def funnel(self, scope="all", user=None, **choice):
        block = self.block_of(user or self.manager, "funnel", scope, **choice)
        self.assertNotIn("error", block)
        self.assert_numbers_open_their_records(block, user or self.manager)
        return block

    def processes(self, *args, **choice):
        """Return [(name, open deals)] of the processes to choose from."""
        return [(process["name"], process["deals"]) for process in self.funnel(*args, **choice)["processes"]]

    def rows(self, block):
        return {stage["name"]: stage["today"]["value"] for stage in block["stages"]}

    def ids(self, *stages):
        return sorted(stage.id for stage in (*stages, self.signed))

    def test_one_at_a_time_the_one_with_most_open_deals_first(self):
        self.sell(self.team, self.contact, 2)
        self.sell(self.team, self.bidding)
        self.sell(self.east, self.needs)
        self.sell(self.other_team, self.contact)
        self.sell(self.other_team, self.talks, 2)
        block = self.funnel()
        self.assertEqual(self.processes(), [("Team North, Team East", 4), ("Team South", 3)])
        self.assertEqual(self.rows(block), {"First Contact": 2, "Needs Analysis": 1, "Bidding": 1})
        self.assertEqual(block["process"], self.ids(self.contact, self.needs, self.bidding))
        south = self.funnel(process=self.ids(self.contact, self.talks))
        self.assertEqual(self.rows(south), {"First Contact": 1, "Negotiation": 2})
        self.sell(self.other_team, self.talks, 2)
        self.assertEqual(self.rows(self.funnel()), {"First Contact": 1, "Negotiation": 4})

    def test_each_open_deal_is_in_one_process(self):
        self.sell(self.team, self.contact)
        self.sell(self.other_team, self.talks)
        self.sell(self.other_team, self.bidding, expected_revenue=5)
        self.sell(self.env["crm.team"], self.contact)
        self.sell(self.env["crm.team"], self.talks)
        found = {}
        for process in self.funnel()["processes"]:
            block = self.funnel(process=process["stage_ids"])
            found[process["name"]] = self.rows(block), block["elsewhere"]["value"], block["elsewhere"]["amount"]
            self.assertEqual(sum(self.rows(block).values()) + block["elsewhere"]["value"], process["deals"])
        self.assertEqual(
            found,
            {
                "Team North, Team East": ({"First Contact": 1}, 0, 0),
                "Team South": ({"Negotiation": 1}, 1, 5),
                "No team": ({"First Contact": 1}, 1, 100),
            },
        )

    def test_stages_that_a_chosen_team_does_not_use(self):
        self.sell(self.other_team, self.talks)
        self.sell(self.team, self.bidding)
        for scope in ("team", "all"):
            block = self.funnel(scope, team_ids=self.other_team.ids)
            self.assertEqual(self.rows(block), {"Negotiation": 1})
            self.assertEqual(len(block["processes"]), 1)

    def test_the_past_of_a_process(self):
        """Stages of 30 days ago are those of the same teams."""
        self.sell(self.team, self.contact)
        self.sell(self.other_team, self.contact, 2)
        self.pass_time(days=40)
        self.Lead.search([("team_id", "=", self.team.id)]).stage_id = self.needs
        self.env.cr.flush()
        north = self.funnel(process=self.ids(self.contact, self.needs, self.bidding))
        was = {stage["name"]: stage["before"]["value"] for stage in north["stages"]}
        self.assertEqual(was, {"First Contact": 1, "Needs Analysis": 0})

    def test_conversion_of_a_process(self):
        self.sell(self.team, self.contact, 3)
        self.sell(self.other_team, self.contact, 2)
        self.pass_time(days=1)
        self.Lead.search([("team_id", "=", self.team.id)], limit=1).stage_id = self.bidding
        self.Lead.search([("team_id", "=", self.other_team.id)]).stage_id = self.talks
        self.env.cr.flush()

        def stayed(**choice):
            block = self.block_of(self.manager, "conversion", "all", **choice)
            self.assert_numbers_open_their_records(block, self.manager)
            return {stage["name"]: (stage["converted"]["value"], stage["stayed"]["value"]) for stage in block["stages"]}

        self.assertEqual(stayed(), {"First Contact": (1, 3), "Bidding": (0, 1)})
        self.assertEqual(
            stayed(process=self.ids(self.contact, self.talks)), {"First Contact": (2, 2), "Negotiation": (0, 2)}
        )

    def test_own_deals_in_two_processes(self):
        self.sell(self.team, self.bidding, 2)
        self.sell(self.other_team, self.talks)
        block = self.funnel("mine", self.seller)
        self.assertEqual(self.rows(block), {"Bidding": 2})
        self.assertEqual(self.processes("mine", self.seller), [("Team North", 2), ("Team South", 1)])
        south = self.funnel("mine", self.seller, process=block["processes"][1]["stage_ids"])
        self.assertEqual(self.rows(south), {"Negotiation": 1})

    def test_without_any_deal(self):
        self.assertEqual(self.funnel_names("mine", self.seller), ["Team North"])
        self.assertEqual(self.funnel_names("team"), ["Team East, Team North", "Team South"])

    def funnel_names(self, scope, user=None):
        block = self.block_of(user or self.manager, "funnel", scope)
        self.assertEqual(block["stages"], [])
        return [process["name"] for process in block["processes"]]

    def test_one_process_for_all_is_not_filtered(self):
        """Where all teams use the same stages, domains name no teams, and there is nothing to choose."""
        (self.needs | self.bidding | self.talks).team_ids = False
        self.sell(self.team, self.bidding)
        self.sell(self.other_team, self.talks)
        block = self.funnel()
        self.assertEqual(len(block["processes"]), 1)
        self.assertEqual(self.rows(block), {"Bidding": 1, "Negotiation": 1})
        self.assertNotIn("team_id", json.dumps([stage["today"]["domain"] for stage in block["stages"]]))

    def test_an_archived_team_keeps_its_deals(self):
        self.sell(self.other_team, self.talks)
        self.other_team.active = False
        self.assertIn(("Team South", 1), self.processes())

    def test_a_choice_survives_new_and_deleted_stages(self):
        """It is the process that is most like the chosen one by the stages that not all processes have."""
        north, south = self.ids(self.contact, self.needs, self.bidding), self.ids(self.contact, self.talks)
        self.sell(self.team, self.bidding)
        self.sell(self.other_team, self.talks)
        self.env["crm.stage"].create({"name": "For All", "sequence": 3})
        later = self.env["crm.stage"].create({"name": "Later", "sequence": 4, "team_ids": [Command.set(self.team.ids)]})
        later.team_ids = self.team | self.east
        for chosen, name in ((north, "Bidding"), (south, "Negotiation")):
            with self.subTest(name=name):
                block = self.funnel(process=chosen)
                self.assertEqual(self.rows(block), {name: 1})
                self.assertNotEqual(block["process"], chosen)
                self.assertEqual(self.funnel(process=block["process"])["process"], block["process"])
        self.talks.team_ids = self.east  # the stages of South are those of all teams by now
        with self.assertRaisesRegex(UserError, "No team has this process"):
            self.workbench_of(self.manager, "all", ["funnel"], process=south)
        self.Lead.search([("stage_id", "=", self.talks.id)]).stage_id = self.contact
        self.talks.unlink()  # they are what is left of it
        process = self.funnel(process=south)["process"]
        self.assertIn(self.contact.id, process)
        self.assertFalse({self.needs.id, self.bidding.id, later.id}.intersection(process))

    def test_forged_processes(self):
        self.sell(self.team, self.bidding)
        for odd in ("x", 7, True, {"id": 1}, ["x"], [1.5], [None], [[1]]):
            with self.subTest(odd=odd), self.assertRaisesRegex(UserError, "IDs of its stages"):
                self.workbench_of(self.manager, "all", process=odd)
        for forged in ([], [0], [2**63], self.contact.ids, self.ids(self.contact, self.needs, self.talks)):
            with self.subTest(forged=forged), self.assertRaisesRegex(UserError, "No team has this process"):
                self.workbench_of(self.manager, "all", ["funnel"], process=forged)
        # The process of a team that is not chosen, and of one that the reader does not sell for.
        south = self.ids(self.contact, self.talks)
        for user, choice in ((self.manager, {"scope": "all", "team_ids": self.team.ids}), (self.seller, {})):
            with self.assertRaisesRegex(UserError, "No team has this process"):
                self.workbench_of(user, **choice, blocks=["funnel"], process=south)

    def test_one_statement(self):
        self.sell(self.team, self.bidding)
        env = self.env(user=self.manager)
        scope = Scope(ALL, self.manager.id)
        ProcessReader(env, scope).find()
        with self.assertQueryCount(1):
            found = ProcessReader(env, scope).find()
        self.assertEqual([process.deals for process in found], [1, 0])


@tagged("post_install", "-at_install")
class TestWorkbenchProcessAccess(WorkbenchMixin, AccessCase):
    """Processes count readable deals only, and teams that the reader may not read have no name."""

    def test_readers(self):
        secret = self.env["crm.team"].create({"name": "Secret", "company_id": self.second.id})
        self.talks.team_ids = secret
        self.env["crm.team"].create({"name": "Known", "company_id": False})
        for user, names in self.readers():
            scope = self.workbench_of(user, blocks=[])["scopes"][-1]
            own = {name for name in names if scope == "all" or self.deals[name].user_id == user}
            block = self.block_of(user, "funnel", scope)
            with self.subTest(user=user.login):
                self.assertEqual(sum(process["deals"] for process in block["processes"]), len(own))
                self.assertEqual("Secret" in json.dumps(block), user == self.abroad)

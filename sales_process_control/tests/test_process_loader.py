from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import mute_logger

from ..models.playbook.six_stage_process import SIX_STAGES, new_sequences
from .common import AccessCase

NAMES = ["First Contact", "Project Evaluation", "Needs Analysis", "Bidding", "Negotiation", "Signed"]


@tagged("post_install", "-at_install")
class TestPlaces(TransactionCase):
    """Where new stages stand among those that stay as they are."""

    def test_places(self):
        new = None
        for known, last, places in (
            # Nothing is there, or open stages that are none of the six.
            ([new] * 6, None, [1, 2, 3, 4, 5, 6]),
            ([new] * 6, 3, [4, 5, 6, 7, 8, 9]),
            # Behind the team's open stages and before the stage in which it wins.
            ([new] * 5 + [70], 3, [4, 5, 6, 7, 8, 70]),
            # Around one of the six, whatever its place.
            ([new, new, new, 5, new, new], 5, [2, 3, 4, 5, 6, 7]),
            ([new, new, new, 1, new, new], 3, [-2, -1, 0, 1, 4, 5]),
            ([10, 20, new, new, new, 60], 20, [10, 20, 21, 22, 23, 60]),
            # No room: they share a place, in the order in which they are made.
            ([5, new, new, 6, new, new], 6, [5, 5, 5, 6, 7, 8]),
            ([1, 1, 1, new, 1, 1], 1, [1, 1, 1, 1, 1, 1]),
            ([1, 2, 3, 4, 5, 6], 6, [1, 2, 3, 4, 5, 6]),
        ):
            with self.subTest(known=known, last=last):
                self.assertEqual(new_sequences(known, last), places)


class LoaderCase(AccessCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Stage = cls.env["crm.stage"]
        # The stages of the other tests have the names of the process.
        for number, stage in enumerate(cls.Stage.search([])):
            stage.name = f"Of old {number}"
        cls.env.cr.flush()

    def loader(self, team=None, user=None):
        values = {"team_id": (team or self.team).id}
        return self.env["crm.process.loader"].with_user(user or self.manager).create(values)

    def load(self, team=None):
        action = self.loader(team).action_load()
        self.env.cr.flush()
        return action["params"]["message"]

    def stages_of(self, team=None):
        """The stages that belong to a team alone, in order."""
        return self.Stage.search([("team_ids", "in", (team or self.team).ids)], order="sequence, id")


@tagged("post_install", "-at_install")
class TestProcessLoader(LoaderCase):
    """The six-stage process, for one team, without touching what is there."""

    def test_all_six_in_order_behind_what_the_team_has(self):
        before = self.Stage.search([])
        seen = before.read(["name", "sequence", "is_won", "team_ids", "step_ids", "rotting_threshold_days"])
        self.assertEqual(self.load(), "6 stages were created for Team North.")
        stages = self.stages_of()
        self.assertEqual(stages.mapped("name"), NAMES)
        self.assertEqual(stages.mapped("is_won"), [False] * 5 + [True])
        self.assertEqual(stages.mapped("rotting_threshold_days"), [14, 21, 30, 30, 21, 0])
        self.assertEqual(stages.mapped("leaving_rule"), ["nothing"] * 3 + ["warning"] + ["nothing"] * 2)
        self.assertTrue(all(stage.team_ids == self.team for stage in stages))
        self.assertGreater(stages[0].sequence, max(before.filtered(lambda stage: not stage.is_won).mapped("sequence")))
        self.assertEqual(
            seen, before.read(["name", "sequence", "is_won", "team_ids", "step_ids", "rotting_threshold_days"])
        )

    def test_steps_with_their_types(self):
        self.load()
        contact, *_others = self.stages_of()
        call, who = contact.step_ids
        self.assertEqual((call.name, call.is_required), ("Call to introduce us", True))
        self.assertEqual(call.activity_type_id, self.env.ref("mail.mail_activity_data_call"))
        self.assertTrue(call.guidance)
        self.assertEqual((who.name, who.is_required), ("Find out who decides", False))
        self.assertFalse((call | who).team_id)

    def test_a_type_that_was_deleted_is_none(self):
        self.env.ref("mail.mail_activity_data_email").active = False
        self.env["ir.model.data"].search([("name", "=", "mail_activity_data_call")]).unlink()
        self.load()
        steps = {step.name: step.activity_type_id for step in self.stages_of().step_ids}
        self.assertFalse(steps["Call to introduce us"])
        self.assertFalse(steps["Send the offer"])
        self.assertTrue(steps["First meeting"])

    def test_a_deal_goes_through_it_and_is_won(self):
        self.load()
        stages = self.stages_of()
        deal = self.make_deal(stage_id=stages[0].id)
        for stage in stages[1:5]:
            self.pass_time(days=1)
            deal.with_user(self.seller).stage_id = stage
        self.pass_time(days=1)
        deal.with_user(self.seller).action_set_won()
        self.assertEqual(deal.stage_id, stages[5])
        outcomes = [outcome for _stage, outcome, _days in self.visits_of(deal)]
        self.assertEqual(outcomes, ["advanced"] * 4 + ["won"])

    def test_twice_changes_nothing_and_says_so(self):
        self.load()
        stages = self.stages_of()
        self.assertEqual(self.load(), "Nothing was created: Team North already has all six stages.")
        self.assertEqual(self.stages_of(), stages)
        self.assertEqual(len(stages.step_ids), sum(len(plan.steps) for plan in SIX_STAGES))

    def test_another_team_gets_its_own(self):
        self.load()
        self.assertEqual(self.load(self.other_team), "6 stages were created for Team South.")
        self.assertFalse(self.stages_of() & self.stages_of(self.other_team))

    def test_a_stage_that_exists_stays_as_it_is(self):
        self.bidding.write({"name": " bidDING ", "sequence": 33, "team_ids": False})
        before = self.bidding.read()
        self.assertEqual(self.load(), "5 stages were created for Team North.")
        # What Odoo computes of the suggested limit is no matter of this.
        self.assertEqual(self.bidding.read(), before)
        self.assertFalse(self.bidding.step_ids)
        order = (self.stages_of() | self.bidding).sorted(lambda stage: (stage.sequence, stage.id))
        self.assertEqual([name.strip().lower() for name in order.mapped("name")], [name.lower() for name in NAMES])

    def test_a_stage_of_another_team_is_not_the_teams(self):
        self.bidding.write({"name": "Bidding", "team_ids": self.other_team.ids})
        self.assertEqual(self.load(), "6 stages were created for Team North.")
        self.assertEqual(self.load(self.other_team), "5 stages were created for Team South.")

    def test_names_in_all_languages(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.load()
        names = {code: self.stages_of().with_context(lang=code).mapped("name") for code in ("en_US", "de_DE")}
        self.assertEqual(names["en_US"], NAMES)
        for plan, name in zip(SIX_STAGES, names["de_DE"], strict=True):
            self.assertEqual(name, self.env["crm.stage"].with_context(lang="de_DE").env._(plan.name))

    def test_a_name_in_another_language_is_known(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.bidding.with_context(lang="de_DE").name = "Needs Analysis"
        self.assertEqual(self.load(), "5 stages were created for Team North.")
        # Of a language that is not installed nobody sees the name.
        self.env["res.lang"]._lang_get("de_DE").active = False
        self.assertEqual(self.load(), "1 stage was created for Team North.")

    def test_preview_is_there_as_soon_as_a_team_is_chosen(self):
        self.bidding.name = "Bidding"
        form = Form(self.env["crm.process.loader"].with_user(self.manager))
        self.assertFalse(form.preview)
        form.team_id = self.team
        self.assertEqual(form.new_count, 5)
        text = " ".join(form.preview.striptags().split())
        self.assertIn("First Contact new 14 days to rot. Call to introduce us · Call · required", text)
        self.assertIn("Bidding exists, not changed Negotiation new", text)
        self.assertEqual(self.stages_of(), self.Stage)
        form.save().action_load()
        again = Form(self.env["crm.process.loader"].with_user(self.manager))
        again.team_id = self.team
        self.assertIn("already has all six stages", again.preview)

    def test_a_name_is_shown_as_text(self):
        self.env.ref("mail.mail_activity_data_call").name = "<b>Ring</b>"
        self.assertIn("&lt;b&gt;Ring&lt;/b&gt;", self.loader().preview)

    def test_statements_do_not_grow_with_the_database(self):
        def count():
            loader = self.loader(self.env["crm.team"].create({"name": "Counted", "company_id": False}))
            self.env.cr.flush()
            before = self.env.cr.sql_log_count
            loader.action_load()
            self.env.cr.flush()
            return self.env.cr.sql_log_count - before

        # The first count of each pair fills the caches that new stages have cleared.
        count()
        few = count()
        self.Stage.create([{"name": f"Yet another {number}", "sequence": 5} for number in range(100)])
        count()
        self.assertEqual(count(), few)


@tagged("post_install", "-at_install")
class TestHiddenStages(LoaderCase):
    """The other stages of the team are hidden, without touching deals and teams of others."""

    def setUp(self):
        super().setUp()
        # Of other modules and the demonstration.
        self.Lead.search([("team_id", "=", False)]).team_id = self.other_team
        self.env.cr.flush()

    def hiding(self, **targets):
        """Return a loader that hides, with the stages to which deals are moved by the name of their stage."""
        loader = self.loader()
        loader.hides_others = True
        for line in loader.line_ids:
            line.target = targets.get(line.stage_id.name.replace(" ", "_"))
        return loader

    def new_stage(self):
        """Return the stage in which a new deal of the team begins."""
        return self.Lead.create({"name": "New", "type": "opportunity", "team_id": self.team.id}).stage_id

    def only_team(self):
        """Archive all other teams."""
        self.env["crm.team"].search([("id", "!=", self.team.id)]).active = False

    def test_other_teams_keep_their_stages_and_deals(self):
        mine, theirs = self.make_deal(), self.make_deal(team_id=self.other_team.id)
        loader = self.hiding()
        self.assertEqual(loader.line_ids.mapped("deal_count"), [1, 0, 0, 0])
        text = " ".join(loader.preview.striptags().split())
        self.assertIn("First Contact new All teams are offered this stage", text)
        self.assertEqual(text.count("All teams are offered"), 1)
        self.assertIn("teams that are created later", loader.line_ids[0].outcome)
        message = loader.action_load()["params"]["message"]
        self.assertEqual(
            message,
            "6 stages were created for Team North. Other stages hidden: 4. All teams are offered First Contact, so "
            "that opportunities without a team begin there.",
        )
        self.assertEqual((mine.stage_id, theirs.stage_id), (self.contact, self.contact))
        self.assertNotIn(self.team, self.contact.team_ids)
        self.assertIn(self.other_team, self.contact.team_ids)
        self.assertEqual(mine._stage_find(domain=[("fold", "=", False)]).name, "First Contact")
        self.assertEqual(theirs._stage_find(domain=[("fold", "=", False)]), self.contact)
        self.assertEqual(self.new_stage().name, "First Contact")

    def test_deals_without_a_team(self):
        """They keep a stage to begin in, and one to be won in: Odoo offers them stages without teams only."""
        deal = self.make_deal(team_id=False, stage_id=self.needs.id)
        loader = self.hiding()
        self.assertNotIn(self.contact, loader.line_ids.stage_id)
        loader.action_load()
        self.assertEqual(deal._stage_find(domain=[("fold", "=", False)]), self.contact)
        deal.action_set_won()
        self.assertEqual((deal.won_status, deal.stage_id.is_won), ("won", True))

    def test_deals_go_where_the_user_says(self):
        mine, theirs = self.make_deal(), self.make_deal(team_id=self.other_team.id)
        closed = self.make_deal()
        closed.action_set_lost()
        self.pass_time(days=3)
        message = self.hiding(Of_old_0="2").action_load()["params"]["message"]
        self.assertIn("Opportunities moved: 1.", message)
        self.assertEqual(mine.stage_id.name, "Needs Analysis")
        self.assertEqual((theirs.stage_id, closed.stage_id), (self.contact, self.contact))
        self.assertEqual([outcome for _stage, outcome, _days in self.visits_of(mine)][:1], ["advanced"])

    def test_a_stage_of_this_team_alone_stays(self):
        self.bidding.team_ids = self.team
        self.needs.team_ids = self.team | self.other_team
        loader = self.hiding()
        self.assertNotIn(self.bidding, loader.line_ids.stage_id)
        loader.action_load()
        self.assertEqual((self.bidding.team_ids, self.needs.team_ids), (self.team, self.other_team))

    def test_a_stage_shared_with_a_team_of_another_company(self):
        """It is hidden as any other shared stage, and stays one of that team, whose name is not told."""
        abroad = self.env["crm.team"].create({"name": "Abroad", "company_id": self.second.id})
        self.bidding.team_ids = self.team | abroad
        self.env.invalidate_all()
        loader = self.hiding()
        line = loader.line_ids.filtered(lambda line: line.stage_id == self.bidding)
        self.assertEqual(line.outcome, "Kept for other teams.")
        # The click is a request of its own, which reads the teams with the rights of the user.
        self.env.cr.flush()
        self.env.invalidate_all()
        loader.action_load()
        self.env.invalidate_all()
        self.assertEqual(self.bidding.team_ids, abroad)

    def test_the_only_team(self):
        """A stage that no deal was ever in is deleted; another one is folded."""
        self.only_team()
        left = self.make_deal(stage_id=self.needs.id)
        self.pass_time(days=2)
        left.stage_id = self.bidding
        self.env.cr.flush()
        loader = self.hiding()
        outcomes = [line.outcome.split(" ")[0].strip(":") for line in loader.line_ids]
        self.assertEqual(outcomes, ["Folded"] * 3 + ["Deleted"])
        loader.action_load()
        self.env.cr.flush()
        folded = self.contact | self.needs | self.bidding
        shared = self.Stage.search([("team_ids", "=", False), ("is_won", "=", False)])
        self.assertEqual(shared.filtered("fold"), folded)
        self.assertEqual((shared - folded).name, "First Contact")
        self.assertEqual(left.stage_id, self.bidding)
        self.assertEqual(self.new_stage().name, "First Contact")

    def test_a_stage_in_which_an_opportunity_was_created_as_lost(self):
        """It has no visit there: lines of the ledger tell of the stage."""
        self.only_team()
        deal = self.make_deal(stage_id=self.needs.id, active=False, probability=0)
        self.assertEqual((deal.won_status, self.visits_of(deal)), ("lost", []))
        self.pass_time(days=1)
        deal.stage_id = self.contact
        self.env.cr.flush()
        loader = self.hiding()
        line = loader.line_ids.filtered(lambda line: line.stage_id == self.needs)
        self.assertIn("Folded", line.outcome)
        loader.action_load()
        self.assertTrue(self.needs.exists().fold)

    def test_opportunities_without_a_team_do_not_begin_as_won(self):
        """Odoo begins them in the first stage without teams, be it a won one."""
        for has_others in (True, False):
            with self.subTest(has_others=has_others), self.env.cr.savepoint() as savepoint:
                if not has_others:
                    self.only_team()
                self.hiding().action_load()
                deal = self.Lead.create({"name": "Fence", "type": "opportunity", "team_id": False, "user_id": False})
                self.assertEqual((deal.stage_id.name, deal.won_status), ("First Contact", "pending"))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_new_opportunities_of_other_teams_begin_where_they_did(self):
        """First Contact is offered to all teams only behind the stages that they have."""
        self.load()
        first = self.stages_of()[0]
        first.sequence = self.contact.sequence - 1
        loader = self.hiding()
        self.assertNotIn(self.contact, loader.line_ids.stage_id)
        self.assertNotIn("All teams are offered", loader.preview)
        loader.action_load()
        theirs = self.Lead.create({"name": "Theirs", "type": "opportunity", "team_id": self.other_team.id})
        nobodys = self.Lead.create({"name": "Fence", "type": "opportunity", "team_id": False, "user_id": False})
        self.assertEqual((theirs.stage_id, nobodys.stage_id), (self.contact, self.contact))
        self.assertEqual((self.new_stage(), first.team_ids), (first, self.team))

    def test_a_first_stage_that_will_be_created_in_front(self):
        """The preview says what loading does: the first stage of all teams stays, and First Contact is not shared."""
        before_all = {"name": "Needs Analysis", "team_ids": self.team.ids, "sequence": self.contact.sequence - 5}
        self.Stage.create(before_all)
        loader = self.hiding()
        self.assertNotIn(self.contact, loader.line_ids.stage_id)
        self.assertNotIn("All teams are offered", loader.preview)
        self.assertNotIn("All teams are offered", loader.action_load()["params"]["message"])

    def test_a_stage_that_hid_nothing_shared_is_not_offered_to_others(self):
        shared = self.Stage.search([("team_ids", "=", False), ("is_won", "=", False)])
        shared.team_ids = self.other_team
        self.needs.team_ids = self.team | self.other_team
        loader = self.hiding()
        self.assertNotIn("All teams are offered", loader.preview)
        loader.action_load()
        self.assertEqual(self.stages_of().mapped("name"), NAMES)

    def test_only_possible_stages_are_hidden_whatever_the_browser_sends(self):
        self.bidding.team_ids = self.other_team
        loader = self.hiding()
        loader.line_ids = [Command.create({"stage_id": self.bidding.id})]
        loader.action_load()
        self.assertEqual(self.bidding.team_ids, self.other_team)

    def test_in_the_form(self):
        form = Form(self.env["crm.process.loader"].with_user(self.manager).with_context(default_hides_others=True))
        form.team_id = self.team
        self.assertEqual(len(form.line_ids), 4)
        form.hides_others = False
        self.assertFalse(form.line_ids)
        form.hides_others = True
        loader = form.save()
        self.assertEqual(len(loader.line_ids), 4)
        loader.action_load()
        # The first one is a stage of all teams.
        self.assertEqual(self.stages_of().mapped("name"), NAMES[1:])


@tagged("post_install", "-at_install")
class TestProcessLoaderAccess(LoaderCase):
    """For sales managers, on teams of their own companies."""

    def test_managers_only(self):
        for user in (self.seller, self.all_documents, self.internal, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.loader(user=user)

    def test_a_team_of_another_company_cannot_be_chosen(self):
        team = self.env["crm.team"].create({"name": "Team abroad", "company_id": self.second.id})
        loaders = self.env["crm.process.loader"].with_user(self.manager)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            loaders.create({"team_id": team.id})
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            loaders.with_context(default_team_id=team.id).create({})
        loader = self.loader()
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            loader.team_id = team
        self.loader(team, self.abroad).action_load()
        self.assertEqual(self.stages_of(team).mapped("name"), NAMES)

    def test_the_loading_of_others_is_not_ones_own(self):
        loader = self.loader()
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            loader.with_user(self.abroad).action_load()

    def test_no_team_is_said(self):
        loader = self.env["crm.process.loader"].with_user(self.manager).create({})
        with self.assertRaisesRegex(UserError, "Choose a sales team"):
            loader.action_load()

from datetime import timedelta

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.process.process_reader import MAX_CHARACTERS, MAX_ENTRIES, MAX_VISITS
from .common import AccessCase
from .progress_common import ProgressCase


class ProcessCase(ProgressCase):
    """Sales actions of two stages, and helpers that read the process of a deal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Step = cls.env["crm.stage.step"]
        cls.call_step, cls.decider_step, cls.other_team_step, cls.bid_step = cls.Step.create(
            [
                {"stage_id": cls.contact.id, "name": "Introduce us", "is_required": True, "guidance": "Ask why now."},
                {"stage_id": cls.contact.id, "name": "Find the decider", "sequence": 20},
                {"stage_id": cls.contact.id, "name": "Of the South", "team_id": cls.other_team.id},
                {"stage_id": cls.bidding.id, "name": "Send it"},
            ]
        )

    def note(self, deal, days_ago=0, **values):
        """Create a row of progress as the recorder writes it."""
        self.env.cr.flush()
        visit = self.Visit.search([("lead_ref", "=", deal.id), ("outcome", "=", "open")])
        date = self.env.cr.now() - timedelta(days=days_ago)
        values = {"lead_id": deal.id, "date": date, "user_id": self.seller.id, "source": "recorded", **values}
        step = values.get("step_id") and self.Step.browse(values["step_id"])
        return self.Progress.sudo().create(
            {"visit_id": visit.id, "stage_id": deal.stage_id.id, "step_name": step and step.name, **values}
        )

    def process_of(self, deal, user=None):
        self.env.cr.flush()
        return deal.with_user(user or self.seller).get_process()

    def records_of(self, deal, kind, number=False, user=None):
        """Return the records that a number of the page opens."""
        action = deal.with_user(user or self.seller).action_open_process(kind, number)
        return self.env[action["res_model"]].with_user(user or self.seller).search(action["domain"])


@tagged("post_install", "-at_install")
class TestProcessPage(ProcessCase):
    """The visits of a deal with their sales actions and entries, the present stage first."""

    def test_a_fresh_deal_has_its_stage_and_nothing_else(self):
        process = self.process_of(self.make_deal())
        self.assertEqual(process["status"], "open")
        self.assertEqual((process["stage"]["name"], process["stage"]["days"]), ("First Contact", 0))
        self.assertEqual([step["done"] for step in process["steps"]], [False, False])
        self.assertEqual((process["current"]["count"], process["stays"], process["more_stays"]), (0, [], 0))
        self.assertEqual((process["next_action"], process["outside"]["count"]), (False, 0))
        self.assertTrue(process["can_record"])

    def test_steps_of_the_stage_are_done_or_open(self):
        deal = self.make_deal()
        self.note(deal, 3, step_id=self.call_step.id, reaction="negative")
        self.note(deal, 1, step_id=self.call_step.id, reaction="positive")
        first, second = self.process_of(deal)["steps"]
        self.assertEqual(
            (first["name"], first["is_required"], first["guidance"], first["count"]),
            ("Introduce us", True, "Ask why now.", 2),
        )
        day = str(self.start - timedelta(days=1))
        self.assertEqual(first["done"], {"date": day, "user_name": self.seller.name, "reaction": "positive"})
        self.assertEqual((second["name"], second["done"], second["count"]), ("Find the decider", False, 0))
        self.assertEqual(len(self.records_of(deal, "step", self.call_step.id)), 2)

    def test_a_step_that_is_archived_or_another_teams_is_not_expected(self):
        self.call_step.active = False
        self.assertEqual([step["name"] for step in self.process_of(self.make_deal())["steps"]], ["Find the decider"])
        names = [step["name"] for step in self.process_of(self.make_deal(team_id=self.other_team.id))["steps"]]
        self.assertEqual(sorted(names), ["Find the decider", "Of the South"])

    def test_stays_newest_first_with_what_was_done_in_each(self):
        deal = self.make_deal()
        self.pass_time(days=2)
        self.note(deal, step_id=self.call_step.id, feedback="They <b>like</b> it\nand us", reaction="positive")
        self.pass_time(days=2)
        deal.with_user(self.seller).stage_id = self.bidding
        self.pass_time(days=3)
        deal.with_user(self.seller).stage_id = self.needs
        process = self.process_of(deal)
        names = [(stay["kind"], stay["name"]) for stay in process["stays"]]
        self.assertEqual(names, [("stay", "Bidding"), ("skip", "Needs Analysis"), ("stay", "First Contact")])
        bidding, _skip, contact = process["stays"]
        self.assertEqual(
            (bidding["outcome"], bidding["next_stage"], bidding["days"]), ("moved_back", "Needs Analysis", 3)
        )
        self.assertEqual((bidding["steps_open"], contact["steps_open"]), (["Send it"], ["Find the decider"]))
        self.assertEqual((contact["days"], contact["user_name"]), (4, self.seller.name))
        self.assertEqual(contact["steps_taken"], ["Introduce us"])
        [entry] = contact["entries"]
        self.assertEqual(
            (entry["what"], entry["words"], entry["reaction"], entry["is_cut"]),
            ("Introduce us", "They <b>like</b> it\nand us", "positive", False),
        )
        self.assertEqual((process["current"]["name"], process["stage"]["name"]), ("Needs Analysis",) * 2)
        self.assertEqual(self.records_of(deal, "stay", contact["id"]).days, 4)

    def test_the_stage_is_called_as_it_was_then(self):
        deal = self.make_deal()
        self.pass_time(days=2)
        deal.with_user(self.seller).stage_id = self.needs
        self.env.cr.flush()
        self.env["res.lang"]._activate_lang("de_DE")
        self.contact.with_context(lang="de_DE").name = "Erstkontakt"
        german = deal.with_user(self.seller).with_context(lang="de_DE").get_process()
        self.assertEqual(german["stays"][0]["name"], "Erstkontakt")
        self.contact.name = "Renamed"
        self.assertEqual(self.process_of(deal)["stays"][0]["name"], "First Contact")

    def test_a_slip_never_happened_but_what_was_done_meanwhile_did(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.with_user(self.seller).stage_id = self.needs
        self.pass_time(minutes=1)
        self.note(deal, feedback="Said in a hurry")
        self.pass_time(minutes=1)
        deal.with_user(self.seller).stage_id = self.contact
        process = self.process_of(deal)
        self.assertEqual(process["stays"], [])
        self.assertEqual([entry["words"] for entry in process["current"]["entries"]], ["Said in a hurry"])

    def test_newest_entries_and_the_way_to_all(self):
        deal = self.make_deal()
        for number in range(MAX_ENTRIES + 3):
            self.note(deal, MAX_ENTRIES + 3 - number, visit_id=False, feedback=f"Before {number}")
            self.note(deal, 0, feedback=f"Word {number}")
        process = self.process_of(deal)
        for stay, said in ((process["current"], "Word"), (process["outside"], "Before")):
            self.assertEqual(stay["count"], MAX_ENTRIES + 3)
            words = [f"{said} {number}" for number in range(MAX_ENTRIES + 2, 2, -1)]
            self.assertEqual([entry["words"] for entry in stay["entries"]], words)
            found = self.records_of(deal, "more", stay["id"])
            self.assertEqual(set(found.mapped("feedback")), {f"{said} {number}" for number in range(3)})

    def test_newest_stays_and_the_way_to_the_rest(self):
        deal = self.make_deal()
        for number in range(MAX_VISITS + 4):
            self.pass_time(days=1)
            deal.with_user(self.seller).stage_id = (self.needs, self.contact)[number % 2]
        process = self.process_of(deal)
        self.assertEqual((len(process["stays"]), process["more_stays"]), (MAX_VISITS - 1, 5))
        shown = {process["current"]["id"], *(stay["id"] for stay in process["stays"])}
        rest = self.records_of(deal, "stays")
        self.assertEqual(len(rest), 5)
        self.assertFalse(shown & set(rest.ids))

    def test_long_words_come_cut(self):
        deal = self.make_deal()
        self.note(deal, feedback="x" * 100_000)
        [entry] = self.process_of(deal)["current"]["entries"]
        self.assertEqual((len(entry["words"]), entry["is_cut"]), (MAX_CHARACTERS, True))

    def test_what_was_recorded_beside_the_words(self):
        deal, dollar = self.make_deal(), self.company.currency_id
        values = {"likelihood": 40, "date_deadline": "2026-04-01", "customer_budget": 900, "currency_id": dollar.id}
        self.note(deal, **values)
        [entry] = self.process_of(deal)["current"]["entries"]
        told = [entry[name] for name in ("likelihood", "date_deadline", "budget", "currency_id")]
        self.assertEqual(told, [40, "2026-04-01", 900, dollar.id])

    def test_next_action_is_the_one_that_is_due_first(self):
        deal = self.make_deal()
        late = self.start.date() - timedelta(days=2)
        self.plan([deal], summary="Later")
        self.plan([deal], user=self.seller, summary="Call them", date_deadline=late)
        action = self.process_of(deal)["next_action"]
        self.assertEqual((action["summary"], action["days_to_due"], action["count"]), ("Call them", -2, 2))
        self.assertEqual((action["is_own"], action["user_name"]), (True, self.seller.name))
        self.assertEqual(len(self.records_of(deal, "activities")), 2)
        self.assertFalse(self.process_of(deal, self.manager)["next_action"]["is_own"])

    def test_pass_stands_at_the_stay_that_it_let_go(self):
        deal = self.make_deal()
        self.pass_time(days=2)
        deal.with_user(self.seller).stage_id = self.needs
        values = {"stage_id": self.contact.id, "next_stage_id": self.needs.id, "user_id": self.manager.id}
        self.env["crm.stage.pass"].sudo().create(
            {"lead_id": deal.id, "date": self.env.cr.now(), "reason": "In a hurry", "step_names": "A\nB", **values}
        )
        self.pass_time(days=2)
        process = self.process_of(deal)
        [row] = process["stays"][0]["passes"]
        self.assertEqual((row["words"], row["steps"], row["next_stage"]), ("In a hurry", ["A", "B"], "Needs Analysis"))
        self.assertEqual(row["user_name"], self.manager.name)
        self.assertEqual((process["current"]["passes"], process["outside"]["passes"]), ([], []))

    def test_deals_that_ended(self):
        won, lost = self.make_deal(), self.make_deal()
        self.pass_time(days=2)
        won.with_user(self.seller).action_set_won()
        lost.with_user(self.seller).action_set_lost()
        self.pass_time(days=2)
        self.note(won, visit_id=False, feedback="Thank you")
        process = self.process_of(won)
        self.assertEqual((process["status"], process["stage"]["name"], process["current"]), ("won", "Signing", False))
        self.assertEqual([stay["outcome"] for stay in process["stays"] if stay["kind"] == "stay"], ["won"])
        self.assertEqual([entry["words"] for entry in process["outside"]["entries"]], ["Thank you"])
        process = self.process_of(lost)
        self.assertEqual((process["status"], process["stays"][0]["outcome"]), ("lost", "lost"))
        self.assertEqual(process["stage"]["limit"], 0)

    def test_a_deal_that_is_gone_and_a_number_that_is_none(self):
        deal = self.make_deal()
        for kind, number in (("all", False), ("more", "1 OR TRUE"), ("step", [1])):
            with self.assertRaises(UserError):
                deal.with_user(self.seller).action_open_process(kind, number)
        deal.unlink()
        with self.assertRaises(MissingError):
            deal.with_user(self.seller).get_process()

    def test_statements_do_not_grow(self):
        few, many = self.make_deal(), self.make_deal()
        for number in range(2 * MAX_VISITS):
            self.pass_time(days=1)
            many.with_user(self.seller).stage_id = (self.bidding, self.contact)[number % 2]
            self.note(many, step_id=(self.bid_step, self.call_step)[number % 2].id, user_id=self.colleague.id)
            self.note(many, activity_type_id=self.call.id, feedback="Word")
        self.plan([many, many, many])
        self.pass_time(days=1)
        few.with_user(self.seller).stage_id = self.bidding
        self.note(few, step_id=self.bid_step.id, activity_type_id=self.call.id, user_id=self.colleague.id)
        self.plan([few])
        # Other deals are compared with from the second day on.
        self.pass_time(days=1)

        def count(deal):
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            deal.with_user(self.seller).get_process()
            return self.env.cr.sql_log_count - before

        count(few)
        self.assertEqual(count(many), count(few))
        self.assertLessEqual(count(many), 26)


@tagged("post_install", "-at_install")
class TestProcessAccess(AccessCase):
    """No number of the page counts records that the user may not read."""

    def test_who_reads_the_deal_reads_its_process(self):
        for user, names in self.readers():
            for name, deal in self.deals.items():
                with self.subTest(user=user.login, deal=name):
                    lead = deal.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
                    if name in names:
                        self.assertEqual(lead.get_process()["stage"]["name"], "First Contact")
                        continue
                    for call in (lead.get_process, lambda lead=lead: lead.action_open_process("stays")):
                        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                            call()

    def test_no_sales_rights_no_process(self):
        for user in (self.internal, self.portal, self.env.ref("base.public_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.deals["own"].with_user(user).get_process()

    def test_stays_of_others_are_in_no_number(self):
        """Of a deal without a salesperson, visits are visible to their salesperson only, entries to all."""
        deal = self.make_deal(user_id=self.colleague.id, team_id=False)
        self.pass_time(days=1)
        customer = self.env["res.partner"].create({"name": "Buyer"})
        for _message in range(7):
            deal.message_post(body="Hello", author_id=customer.id, message_type="comment")
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        deal.user_id = False
        self.env.cr.flush()
        process = deal.with_user(self.seller).get_process()
        self.assertEqual((process["stays"], process["more_stays"]), ([], 0))
        mine = deal.with_user(self.colleague).get_process()["stays"]
        self.assertEqual([stay["name"] for stay in mine], ["First Contact"])
        self.assertEqual((process["outside"]["count"], mine[0]["count"]), (7, 7))
        for user, number in ((self.seller, 0), (self.colleague, 2)):
            domain = deal.with_user(user).action_open_process("more", mine[0]["id"])["domain"]
            self.assertEqual(self.env["crm.lead.progress"].with_user(user).search_count(domain), number)

    def test_steps_of_another_companys_team_are_not_told(self):
        team = self.env["crm.team"].create({"name": "Team abroad", "company_id": self.second.id})
        own = {"stage_id": self.contact.id, "name": "Everybody's"}
        self.env["crm.stage.step"].create([own, {**own, "name": "Theirs", "team_id": team.id}])
        for deal, user, names in (
            ("own", self.seller, {"Everybody's"}),
            ("abroad", self.abroad, {"Everybody's", "Theirs"}),
        ):
            self.deals["abroad"].team_id = team
            steps = self.deals[deal].with_user(user).get_process()["steps"]
            self.assertEqual({step["name"] for step in steps}, names)

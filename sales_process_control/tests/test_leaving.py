from odoo.tests import tagged

from ..ledger import Stage, goes_on
from .leaving_common import LeavingCase


@tagged("post_install", "-at_install")
class TestLeaving(LeavingCase):
    """What a stage says when somebody moves a deal on."""

    # ------------------------------------------------------------
    # WHAT IS A MOVE ON
    # ------------------------------------------------------------

    def test_what_goes_on(self):
        stages = {
            "first": Stage(1, "First", 10),
            "same": Stage(2, "Same", 10),
            "late": Stage(3, "Late", 20),
            "won": Stage(4, "Won", 5, is_won=True),
        }
        for old, new, expected in (
            ("first", "late", True),
            ("first", "same", True),
            ("same", "first", False),
            ("late", "first", False),
            ("late", "late", False),
            ("late", "won", True),
            ("first", "won", True),
            ("won", "won", False),
            ("won", "late", True),
        ):
            with self.subTest(old=old, new=new):
                self.assertIs(goes_on(stages[old], stages[new], {}), expected)
        # The order that counts is today's.
        self.assertFalse(goes_on(stages["first"], stages["late"], {3: Stage(3, "Late", 1)}))

    def test_every_way_on_is_stopped(self):
        ways = {
            "write": lambda deal: deal.write({"stage_id": self.talks.id}),
            "drag or form": lambda deal: deal.web_save({"stage_id": self.talks.id}, {}),
            "list": lambda deal: deal.web_save_multi([{"stage_id": self.talks.id}], {}),
            "assignment": lambda deal: setattr(deal, "stage_id", self.talks),
            "with other values": lambda deal: deal.write({"stage_id": self.talks.id, "name": "New", "active": True}),
            "with another seller": lambda deal: deal.write({"stage_id": self.talks.id, "user_id": self.manager.id}),
            "with no chance": lambda deal: deal.write({"stage_id": self.talks.id, "probability": 0}),
            "won": lambda deal: deal.action_set_won(),
            "won with a rainbow": lambda deal: deal.action_set_won_rainbowman(),
            "into the won stage": lambda deal: deal.write({"stage_id": self.signed.id}),
            "won by its status": lambda deal: deal.write({"won_status": "won"}),
            "won in a form": lambda deal: deal.web_save({"won_status": "won"}, {}),
            "won in a list": lambda deal: deal.web_save_multi([{"won_status": "won"}], {}),
            "won in an earlier stage": lambda deal: deal.write({"won_status": "won", "stage_id": self.needs.id}),
            "won by probability": lambda deal: deal.write({"stage_id": self.signed.id, "probability": 100}),
            "won while archived": lambda deal: deal.write({"stage_id": self.signed.id, "active": False}),
            "taken out of its stage": lambda deal: deal.write({"stage_id": False}),
            "with what is no number": lambda deal: deal.write({"stage_id": [self.talks.id]}),
            "archived in a later stage": lambda deal: deal.write({"active": False, "stage_id": self.talks.id}),
            "lost in a later stage": lambda deal: deal.write(
                {"active": False, "probability": 0, "stage_id": self.talks.id}
            ),
            "turned into a lead in a later stage": lambda deal: deal.write({"type": "lead", "stage_id": self.talks.id}),
            # A key of the context opens no door.
            "as an import": lambda deal: deal.with_context(import_file=True).write({"stage_id": self.talks.id}),
            "as a job": lambda deal: deal.with_context(cron_id=1).write({"stage_id": self.talks.id}),
            "without a trace": lambda deal: deal.with_context(tracking_disable=True, mail_notrack=True).write(
                {"stage_id": self.talks.id}
            ),
        }
        for way, move in ways.items():
            deal = self.deal_in_bidding()
            with self.subTest(way=way):
                self.assertStopped(lambda: move(deal), deal)  # noqa: B023
                self.assertEqual((deal.name, deal.active, deal.won_status), ("Deal", True, "pending"))
        for way, move in ways.items():
            deal = self.deal_in_bidding()
            self.take(deal, self.offer, self.present)
            with self.subTest(way=way, taken=True):
                self.assertFalse(self.warnings_of(lambda: move(deal)))  # noqa: B023
                self.assertTrue(deal.stage_id != self.bidding or deal.won_status == "won")

    def test_a_won_stage_that_stands_before(self):
        early = self.env["crm.stage"].create({"name": "Signed at once", "sequence": 1, "is_won": True})
        deal = self.deal_in_bidding()
        self.assertStopped(lambda: deal.write({"stage_id": early.id}), deal)

    def test_equal_sequences_go_by_number(self):
        earlier, later = self.env["crm.stage"].create([{"name": name, "sequence": 33} for name in ("Equal", "Equals")])
        self.Step.create({"name": "Ask", "stage_id": later.id, "is_required": True})
        self.Step.create({"name": "Ask", "stage_id": earlier.id, "is_required": True})
        (earlier | later).leaving_rule = "stop"
        deal = self.make_deal(stage_id=later.id).with_user(self.seller)
        deal.stage_id = earlier
        self.assertStopped(lambda: deal.write({"stage_id": later.id}), deal, names=("Ask",))

    def test_one_step_that_is_open_is_enough(self):
        deal = self.deal_in_bidding()
        self.take(deal, self.offer)
        stop = self.assertStopped(lambda: deal.write({"stage_id": self.talks.id}), deal, names=("Present the offer",))
        self.assertNotIn("Send the offer", stop.args[0])

    # ------------------------------------------------------------
    # WHAT IS NONE
    # ------------------------------------------------------------

    def test_what_is_never_stopped(self):
        ways = {
            "back": lambda deal: deal.write({"stage_id": self.needs.id}),
            "the same": lambda deal: deal.write({"stage_id": self.bidding.id}),
            "lost": lambda deal: deal.action_set_lost(),
            "lost by values": lambda deal: deal.write({"active": False, "probability": 0}),
            "lost and restored": lambda deal: (deal.action_set_lost(), deal.action_restore()),
            "archived and restored": lambda deal: (deal.action_archive(), deal.action_unarchive()),
            "archived": lambda deal: deal.action_archive(),
            "an amount": lambda deal: deal.write({"expected_revenue": 7, "probability": 30}),
            "by another program": lambda deal: deal.sudo().write({"stage_id": self.talks.id}),
            "turned into a lead": lambda deal: deal.write({"type": "lead"}),
        }
        for way, move in ways.items():
            deal = self.deal_in_bidding()
            with self.subTest(way=way):
                self.assertFalse(self.warnings_of(lambda: move(deal)))  # noqa: B023
                self.assertFalse(deal.with_user(self.env.user).stage_pass_ids)

    def test_creation(self):
        deal = self.Lead.with_user(self.seller).create(
            {"name": "New", "type": "opportunity", "stage_id": self.signed.id, "probability": 100}
        )
        self.assertEqual(deal.won_status, "won")

    def test_a_copy_goes_no_further_than_the_deal(self):
        deal = self.deal_in_bidding()
        for stage in (self.talks, self.signed):
            self.assertStopped(lambda: deal.copy({"stage_id": stage.id}), deal)  # noqa: B023
            self.assertStopped(lambda: deal.with_context(default_stage_id=stage.id).copy(), deal)  # noqa: B023
        self.assertStopped(lambda: deal.copy({"won_status": "won"}), deal)
        self.assertStopped(lambda: deal.with_context(default_won_status="won").copy(), deal)
        self.assertEqual(deal.copy().stage_id, self.contact)
        self.assertEqual(deal.copy({"stage_id": self.bidding.id}).stage_id, self.bidding)
        self.take(deal, self.offer, self.present)
        self.assertEqual(deal.copy({"stage_id": self.talks.id}).stage_id, self.talks)

    def test_a_lead_and_its_conversion(self):
        lead = self.deal_in_bidding(type="lead")
        lead.write({"stage_id": self.talks.id})
        lead.write({"stage_id": self.bidding.id})
        lead.convert_opportunity(False)
        self.assertEqual(lead.type, "opportunity")
        other = self.deal_in_bidding(type="lead")
        other.write({"type": "opportunity", "stage_id": self.talks.id})
        self.assertEqual(other.stage_id, self.talks)

    def test_another_team(self):
        """A team that does not have the stage takes the deal out of it."""
        self.bidding.team_ids = self.team
        deals = [self.deal_in_bidding() for _number in range(4)]
        boss = self.manager
        deals[0].with_user(boss).team_id = self.other_team
        self.assertNotEqual(deals[0].stage_id, self.bidding)
        # The form sends the stage along that Odoo has chosen.
        self.contact.team_ids = self.needs.team_ids = self.team
        deals[1].with_user(boss).write({"team_id": self.other_team.id, "stage_id": self.talks.id})
        self.assertEqual(deals[1].stage_id, self.talks)
        deals[2].with_user(boss).write({"user_id": self.colleague.id, "stage_id": self.talks.id})
        self.assertEqual((deals[2].team_id, deals[2].stage_id), (self.other_team, self.talks))
        # Another stage is the person's choice.
        late = self.env["crm.stage"].create({"name": "Contract", "sequence": 45})
        for values in ({"team_id": self.other_team.id}, {"user_id": self.colleague.id}):
            move = {**values, "stage_id": late.id}
            self.assertStopped(lambda: deals[3].with_user(boss).write(move), deals[3])  # noqa: B023
        # A win is a win.
        for values in ({"team_id": self.other_team.id}, {"user_id": self.colleague.id}):
            win = {**values, "stage_id": self.signed.id}
            self.assertStopped(lambda: deals[3].with_user(boss).write(win), deals[3])  # noqa: B023
        third = self.env["crm.team"].create({"name": "Team West", "company_id": False})
        self.bidding.team_ids |= third
        for values in ({"team_id": third.id}, {"team_id": False}, {"user_id": self.seller.id}):
            move = {**values, "stage_id": self.talks.id}
            self.assertStopped(lambda: deals[3].with_user(boss).write(move), deals[3])  # noqa: B023

    def test_merging(self):
        """A deal that is merged into a later one goes on."""
        for stage in (self.talks, self.signed):
            for detour in (None, "action_set_lost", "action_archive"):
                new = self.Lead.with_user(self.seller).create(
                    {"name": "New", "type": "opportunity", "stage_id": stage.id, "team_id": self.team.id}
                )
                deal = self.deal_in_bidding()
                if detour:
                    self.pass_time(days=1)
                    getattr(deal, detour)()
                    self.pass_time(days=1)
                with self.subTest(stage=stage.name, detour=detour):
                    self.assertStopped((deal | new).merge_opportunity, deal, new)
                    self.assertTrue(deal.exists() and new.exists())
        # One action taken of each of them is enough.
        self.take(deal, self.offer)
        self.assertStopped((deal | new).merge_opportunity, deal, names=("Present the offer",))
        self.take(new, self.present)
        self.assertEqual((deal | new).merge_opportunity(), new)

    def test_merging_without_a_move(self):
        deals = self.deal_in_bidding() | self.deal_in_bidding()
        earlier = self.make_deal(stage_id=self.needs.id, user_id=self.seller.id).with_user(self.seller)
        self.assertEqual((deals | earlier).merge_opportunity().stage_id, self.bidding)
        self.bidding.leaving_rule = "warning"
        deal, late = self.deal_in_bidding(), self.make_deal(stage_id=self.talks.id).with_user(self.seller)
        [warning] = self.warnings_of((deal | late).merge_opportunity)
        self.assertIn("Send the offer", warning)

    def test_assignment_of_leads_is_not_stopped_by_a_duplicate(self):
        """A manager who assigns leads does not choose which duplicates are merged, and how Odoo does it."""
        deal, late = self.deal_in_bidding(self.manager), self.make_deal(stage_id=self.talks.id)
        duplicates = deal | late.with_user(self.manager)
        merged = duplicates._merge_opportunity(user_id=False, team_id=False, auto_unlink=False, max_length=0)
        self.assertEqual(merged, late)

    def test_a_manager_says_why_before_a_merge(self):
        deal, late = self.deal_in_bidding(self.manager), self.make_deal(stage_id=self.talks.id)
        deals = deal | late.with_user(self.manager)
        stop = self.assertStopped(deals.merge_opportunity, deal)
        _action_id, _label, context = stop.context["other_way"]
        self.assertEqual((context["active_ids"], context["pass_stage_id"]), (deal.ids, self.talks.id))
        action = deal.with_context(**context).action_pass_stage()
        dialog = self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])
        dialog.reason = "The same customer"
        dialog.action_move()
        head = deals.merge_opportunity()
        self.assertEqual((head.stage_id, len(head.sudo().stage_pass_ids)), (self.talks, 1))

    def test_a_job_that_runs_as_a_person(self):
        deal = self.deal_in_bidding()
        job = self.env["ir.cron"].create(
            {
                "name": "Move on",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "code",
                "code": f"model.browse({deal.id}).write({{'stage_id': {self.talks.id}}})",
                "user_id": self.manager.id,
            }
        )
        self.startPatcher(self.quiet_commits())
        job.with_user(self.manager)._callback(job.cron_name, job.ir_actions_server_id.id)
        self.assertEqual(deal.stage_id, self.talks)
        deal.stage_id = self.bidding
        self.assertStopped(lambda: deal.write({"stage_id": self.talks.id}), deal)

    def test_the_mail_gateway(self):
        deal = self.deal_in_bidding(email_from="buyer@example.com")
        deal.sudo().message_post(body="Our offer", message_type="comment", subtype_xmlid="mail.mt_comment")
        deal.message_update({"body": "Yes", "subject": "Yes"})
        self.assertEqual(deal.stage_id, self.bidding)

    # ------------------------------------------------------------
    # WHICH STEPS COUNT
    # ------------------------------------------------------------

    def test_which_steps_count(self):
        deal = self.deal_in_bidding()
        elsewhere = self.Step.create({"name": "Negotiate", "stage_id": self.talks.id, "is_required": True})
        self.present.active = False
        self.offer.team_id = self.other_team
        self.assertFalse(self.warnings_of(lambda: deal.write({"stage_id": self.talks.id})))
        self.assertEqual(deal.stage_id, self.talks)
        # Its own team's, beside everybody's.
        deal.stage_id = self.bidding
        self.present.active = True
        self.offer.team_id = self.team
        self.assertStopped(lambda: deal.write({"stage_id": self.talks.id}), deal)
        self.take(deal, self.present, elsewhere)
        self.assertStopped(lambda: deal.write({"stage_id": self.talks.id}), deal, names=("Send the offer",))

    def test_a_step_that_was_taken_earlier_stays_taken(self):
        deal = self.deal_in_bidding()
        self.take(deal, self.offer, self.present)
        deal.stage_id = self.talks
        deal.stage_id = self.bidding
        deal.stage_id = self.talks
        self.assertEqual(deal.stage_id, self.talks)

    def test_a_step_taken_of_another_deal_does_not_count(self):
        self.take(self.deal_in_bidding(), self.offer, self.present)
        deal = self.deal_in_bidding()
        self.assertStopped(lambda: deal.write({"stage_id": self.talks.id}), deal)

    def test_no_rule_and_a_won_stage(self):
        self.bidding.leaving_rule = "nothing"
        deal = self.deal_in_bidding()
        self.assertFalse(self.warnings_of(lambda: deal.write({"stage_id": self.talks.id})))
        self.signed.leaving_rule = "stop"
        self.Step.create({"name": "Say thanks", "stage_id": self.signed.id, "is_required": True})
        later = self.env["crm.stage"].create({"name": "After all", "sequence": 60})
        deal.action_set_won()
        deal.write({"stage_id": later.id})
        self.assertEqual(deal.stage_id, later)

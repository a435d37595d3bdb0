from itertools import product

from odoo.tests import tagged

from .leaving_common import LeavingCase


@tagged("post_install", "-at_install")
class TestLeavingDetours(LeavingCase):
    """Nobody gets around a stop in two moves instead of one."""

    def test_closed_deals_are_no_way_around(self):
        """Who loses, archives or turns back a deal first is stopped all the same."""
        detours = {
            "lost": lambda deal: deal.action_set_lost(),
            "archived": lambda deal: deal.action_archive(),
            "a lead": lambda deal: deal.write({"type": "lead"}),
        }
        ways = (
            lambda deal: deal.write({"stage_id": self.talks.id}),
            lambda deal: deal.write({"stage_id": self.signed.id}),
            lambda deal: deal.write({"stage_id": False}),
            lambda deal: deal.action_set_won(),
        )
        for name, detour in detours.items():
            deal = self.deal_in_bidding()
            self.pass_time(days=1)
            detour(deal)
            self.pass_time(days=1)
            for move in ways:
                with self.subTest(detour=name):
                    self.assertStopped(lambda: move(deal), deal)  # noqa: B023
            self.assertNotEqual(deal.won_status, "won")
            self.take(deal, self.offer, self.present)
            deal.action_set_won()
            self.assertEqual(deal.stage_id, self.signed)

    def test_won_deals_are_free(self):
        won = self.deal_in_bidding()
        won.with_user(self.env.user).action_set_won()
        won.write({"stage_id": self.talks.id})
        self.assertEqual(won.stage_id, self.talks)

    def test_back_and_over_the_stage(self):
        """A deal that went back from the stage comes past it again: what is open there is asked."""
        for back in (self.needs, self.contact, None):
            deal = self.deal_in_bidding()
            self.pass_time(days=1)
            if back:
                deal.stage_id = back
            else:
                # As an import leaves it.
                deal.sudo().stage_id = False
            self.pass_time(days=1)
            for move in (
                lambda: deal.write({"stage_id": self.talks.id}),  # noqa: B023
                lambda: deal.web_save_multi([{"stage_id": self.talks.id}], {}),  # noqa: B023
                lambda: deal.write({"stage_id": self.signed.id}),  # noqa: B023
                deal.action_set_won,
            ):
                with self.subTest(back=back and back.name):
                    stop = self.assertStopped(move, deal)
                    self.assertIn("has been in Bidding", stop.args[0])
            # Into it, and up to it, is no way past.
            deal.stage_id = self.needs
            deal.stage_id = self.bidding
            self.take(deal, self.offer, self.present)
            deal.stage_id = self.needs
            deal.stage_id = self.talks
            self.assertEqual(deal.stage_id, self.talks)

    def test_a_won_stage_before_the_one_that_was_gone_back_from(self):
        early = self.env["crm.stage"].create({"name": "Signed at once", "sequence": 21, "is_won": True})
        deal = self.deal_in_bidding()
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        self.assertStopped(lambda: deal.write({"stage_id": early.id}), deal)

    def test_jumping_over_a_stage_is_not_leaving_it(self):
        deal = self.make_deal(stage_id=self.needs.id).with_user(self.seller)
        self.pass_time(days=1)
        deal.stage_id = self.talks
        self.pass_time(days=1)
        # It was skipped, which is no stay either.
        self.assertIn("Bidding: skipped", self.outcomes_of(deal.id))
        deal.stage_id = self.needs
        self.pass_time(days=1)
        deal.stage_id = self.talks
        other = self.make_deal(stage_id=self.needs.id).with_user(self.seller)
        self.pass_time(days=1)
        other.stage_id = self.bidding
        self.pass_time(minutes=1)
        other.stage_id = self.needs
        self.pass_time(days=1)
        self.assertIn("Bidding: correction", self.outcomes_of(other.id))
        other.action_set_won()
        self.assertEqual((deal.stage_id, other.stage_id), (self.talks, self.signed))

    def test_two_stages_at_once(self):
        self.Step.create({"name": "Ask", "stage_id": self.needs.id, "is_required": True})
        self.needs.leaving_rule = "stop"
        deal = self.deal_in_bidding()
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        names = ("Needs Analysis: Ask", "Bidding: Send the offer, Present the offer")
        self.assertStopped(lambda: deal.write({"stage_id": self.talks.id}), deal, names=names)
        # Up to the stage it leaves the one that it is in, only.
        stop = self.assertStopped(lambda: deal.write({"stage_id": self.bidding.id}), deal, names=("Ask",))
        self.assertNotIn("Send the offer", stop.args[0])

    def test_a_stage_of_another_team_is_not_come_past(self):
        deal = self.deal_in_bidding()
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        self.bidding.team_ids = self.other_team
        deal.stage_id = self.talks
        self.assertEqual(deal.stage_id, self.talks)

    def test_a_deal_is_handed_over_to_a_team_whose_actions_nobody_has_done(self):
        """A change of team alone is not held, see "What is not held" in the definitions."""
        (self.offer + self.present).team_id = self.other_team
        deal = self.deal_in_bidding(team_id=self.team.id)
        self.pass_time(days=1)
        deal.stage_id = self.talks
        self.pass_time(days=1)
        deal.team_id = self.other_team
        self.assertEqual((deal.stage_id, deal.team_id), (self.talks, self.other_team))
        # In one change with the stage, the team before it counts.
        stopped = self.deal_in_bidding(team_id=self.other_team.id)
        self.assertStopped(lambda: stopped.write({"team_id": self.team.id, "stage_id": self.talks.id}), stopped)

    def import_stages(self, user, deals, stage):
        """Import a stage into deals as Odoo's import of a file does."""
        external_ids = deals.with_user(self.env.user).export_data(["id"])["datas"]
        rows = [[external_id, str(stage.id)] for (external_id,) in external_ids]
        return self.Lead.with_user(user).load(["id", "stage_id/.id"], rows)

    def test_a_stop_is_an_error_of_an_import(self):
        """Nothing of the file is imported, and each row that is stopped has a message of its own."""
        free, stopped, another = (self.deal_in_bidding(name=name) for name in ("Free", "Stopped", "Another"))
        self.take(free, self.offer, self.present)
        deals = free | stopped | another
        for moved, rows in ((deals, {1, 2}), (stopped, {0})):
            for stage, user in product((self.talks, self.signed), (self.seller, self.manager)):
                with self.subTest(stage=stage.name, deals=len(moved), user=user.login):
                    result = self.import_stages(user, moved, stage)
                    self.assertFalse(result["ids"])
                    errors = [message for message in result["messages"] if message["type"] == "error"]
                    told = {message["record"]: message["message"] for message in errors if message["record"] in rows}
                    self.assertEqual(set(told), rows)
                    for text in told.values():
                        self.assertIn("cannot leave Bidding yet", text)
                        self.assertIn("Send the offer", text)
                        self.assertNotIn("RedirectWarning", text)
                    self.env.invalidate_all()
                    self.assertEqual(deals.stage_id, self.bidding)
        # Nor by the status.
        for user in (self.seller, self.manager):
            result = stopped.with_user(user).load([".id", "won_status"], [[str(stopped.id), "won"]])
            self.assertFalse(result["ids"])
            self.assertEqual(stopped.won_status, "pending")
        for deal in (stopped, another):
            self.take(deal, self.offer, self.present)
        self.assertEqual(len(self.import_stages(self.manager, deals, self.talks)["ids"]), 3)
        self.assertEqual(deals.stage_id, self.talks)

    def test_an_import_without_a_stop(self):
        self.bidding.leaving_rule = "warning"
        deal = self.deal_in_bidding()
        self.assertFalse(self.warnings_of(lambda: self.import_stages(self.seller, deal, self.talks)))
        self.assertEqual(deal.stage_id, self.talks)

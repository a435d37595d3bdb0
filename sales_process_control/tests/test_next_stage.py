from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..ledger import NO_STAGE, Stage, next_stage
from .leaving_common import LeavingCase


@tagged("post_install", "-at_install")
class TestNextStage(LeavingCase):
    """A deal goes on by one stage of its team, as if a person moved its card."""

    def test_which_stage_follows(self):
        stages = {
            stage.id: stage
            for stage in (
                Stage(1, "One", 1),
                Stage(2, "Two of a team", 2, team_ids=frozenset((7,))),
                Stage(3, "Three", 2),
                Stage(4, "Won", 3, is_won=True),
                Stage(5, "After it was won", 4),
            )
        }
        for stage, team_id, expected in (
            (stages[1], 7, 2),
            (stages[1], None, 3),
            (stages[1], 8, 3),
            (stages[2], 7, 3),
            (stages[3], 7, 5),
            (stages[4], 7, None),
            (stages[5], 7, None),
            (NO_STAGE, None, 1),
        ):
            with self.subTest(stage=stage.name, team=team_id):
                found = next_stage(stage, team_id, stages.values())
                self.assertEqual(found and found.id, expected)

    def move(self, deal, stage=None, user=None):
        deal = deal.with_user(user or self.seller)
        return deal.action_move_on((stage or deal.stage_id).id)

    def test_move_on(self):
        deal = self.make_deal(stage_id=self.contact.id)
        self.pass_time(days=1)
        self.assertEqual(self.move(deal), self.needs.name)
        self.assertEqual(deal.stage_id, self.needs)
        self.pass_time(days=1)
        self.assertEqual(self.kinds_of(deal), ["created", "advanced", "advanced"])

    def test_stages_of_other_teams_are_passed_over(self):
        self.needs.team_ids = [Command.set(self.other_team.ids)]
        deal = self.make_deal(stage_id=self.contact.id)
        self.env.cr.flush()
        self.assertEqual(self.move(deal), self.bidding.name)

    def test_the_last_stage_before_it_is_won(self):
        """A win asks a question first: no move makes it."""
        stages = self.env["crm.stage"].search([("is_won", "=", False)], order="sequence DESC, id DESC")
        deal = self.make_deal(stage_id=stages[0].id)
        self.env.cr.flush()
        with self.assertRaisesRegex(UserError, "the last stage before"):
            self.move(deal)
        [row] = self.env["crm.screen.deals"].with_user(self.seller)._describe_deals(deal.ids)
        self.assertEqual((row["has_next_stage"], row["stage_id"]), (False, stages[0].id))

    def test_what_has_changed_meanwhile(self):
        deal = self.make_deal(stage_id=self.contact.id)
        self.env.cr.flush()
        with self.assertRaisesRegex(UserError, "moved in the meantime"):
            self.move(deal, self.needs)
        for stage_id in (None, False, True, "1", [1], 2**70, 1.5):
            with self.assertRaises(UserError):
                deal.with_user(self.seller).action_move_on(stage_id)
        deal.action_set_lost()
        with self.assertRaisesRegex(UserError, "closed in the meantime"):
            self.move(deal)
        gone = self.make_deal()
        gone.unlink()
        with self.assertRaisesRegex(UserError, "deleted .*in the meantime"):
            gone.with_user(self.seller).action_move_on(1)

    def test_win(self):
        deal = self.make_deal(stage_id=self.contact.id)
        self.env.cr.flush()
        self.assertTrue(deal.with_user(self.seller).action_win(self.contact.id))
        self.assertEqual((deal.won_status, deal.stage_id.is_won), ("won", True))
        without = self.make_deal(stage_id=False)
        self.env.cr.flush()
        self.assertFalse(without.stage_id)
        without.with_user(self.seller).action_win(False)
        self.assertEqual(without.won_status, "won")

    def test_a_win_of_what_has_changed_meanwhile(self):
        """A deal that a colleague has lost stays lost."""
        deal = self.make_deal(stage_id=self.contact.id)
        self.env.cr.flush()
        seen = deal.with_user(self.seller)
        with self.assertRaisesRegex(UserError, "moved in the meantime"):
            seen.action_win(self.needs.id)
        for stage_id in (None, False, True, "1", [1], [], {}, 2**70, 1.5):
            with self.assertRaises(UserError):
                seen.action_win(stage_id)
        with self.assertRaises(UserError):
            seen.browse().action_win(self.contact.id)
        deal.with_user(self.manager).action_set_lost()
        self.env.cr.flush()
        with self.assertRaisesRegex(UserError, "closed in the meantime"):
            seen.action_win(self.contact.id)
        self.assertEqual((deal.active, deal.won_status), (False, "lost"))
        gone = self.make_deal(stage_id=self.contact.id)
        gone.unlink()
        with self.assertRaisesRegex(UserError, "deleted .*in the meantime"):
            gone.with_user(self.seller).action_win(self.contact.id)

    def test_a_stop(self):
        deal = self.deal_in_bidding()
        with self.assertRaisesRegex(RedirectWarning, "Send the offer"):
            self.move(deal)
        self.assertEqual(deal.stage_id, self.bidding)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_rights(self):
        deal = self.make_deal(stage_id=self.contact.id)
        self.env.cr.flush()
        with self.assertRaises(AccessError):
            self.move(deal, self.contact, self.colleague)
        with self.assertRaises(AccessError):
            deal.with_user(self.colleague).action_win(self.contact.id)
        self.assertEqual(self.move(deal, self.contact, self.manager), self.needs.name)

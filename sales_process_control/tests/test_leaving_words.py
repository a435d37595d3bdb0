from odoo import Command
from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import tagged

from .leaving_common import LeavingCase


@tagged("post_install", "-at_install")
class TestLeavingWords(LeavingCase):
    """What somebody is told who moves deals on while sales actions are open."""

    # ------------------------------------------------------------
    # WARNING
    # ------------------------------------------------------------

    def test_warning(self):
        self.bidding.leaving_rule = "warning"
        for way, move in (
            ("move", lambda deal: deal.write({"stage_id": self.talks.id})),
            ("win", lambda deal: deal.action_set_won()),
            ("list", lambda deal: deal.web_save_multi([{"stage_id": self.talks.id}], {})),
        ):
            deal = self.deal_in_bidding(name="Mill")
            with self.subTest(way=way):
                [told] = self.warnings_of(lambda: move(deal))  # noqa: B023
                for word in ("Mill", "Bidding", "Send the offer", "Present the offer"):
                    self.assertIn(word, told)
                self.assertNotEqual(deal.stage_id, self.bidding)
                self.assertFalse(deal.stage_pass_ids)

    def test_one_warning_for_a_batch(self):
        self.bidding.leaving_rule = "warning"
        deals = self.Lead.with_user(self.seller).concat(*(self.deal_in_bidding(name=f"Deal {n}") for n in range(13)))
        self.take(deals[0], self.offer, self.present)
        for move in (lambda: deals.write({"stage_id": self.talks.id}), deals.action_set_won):
            deals.with_user(self.env.user).write({"stage_id": self.bidding.id})
            [told] = self.warnings_of(move)
            self.assertIn("12 opportunities", told)
            self.assertIn("and 2 more", told)
            self.assertNotIn("Deal 0 ", told)

    def test_a_stop_tells_nothing_of_a_warning(self):
        self.needs.leaving_rule = "warning"
        self.Step.create({"name": "Ask", "stage_id": self.needs.id, "is_required": True})
        deals = self.deal_in_bidding() | self.make_deal(stage_id=self.needs.id).with_user(self.seller)

        def move():
            self.assertStopped(lambda: deals.write({"stage_id": self.talks.id}), *deals)

        self.assertFalse(self.warnings_of(move))

    # ------------------------------------------------------------
    # THE MESSAGE
    # ------------------------------------------------------------

    def test_all_or_none(self):
        deals = self.Lead.with_user(self.seller).concat(*(self.deal_in_bidding(name=f"Deal {n}") for n in range(3)))
        self.take(deals[0], self.offer, self.present)
        for move in (
            lambda: deals.write({"stage_id": self.talks.id}),
            lambda: deals.web_save_multi(
                [{"stage_id": self.talks.id}, {"stage_id": self.signed.id}, {"name": "X"}], {}
            ),
            deals.action_set_won,
        ):
            stop = self.assertStopped(move, *deals)
            self.assertIn("Deal 1", stop.args[0])
            self.assertNotIn("Deal 0", stop.args[0])

    def test_one_of_several_is_stopped(self):
        """It says that the others stay as well, and leads to what is open of the one."""
        deals = self.Lead.with_user(self.seller).concat(*(self.deal_in_bidding(name=f"Deal {n}") for n in range(3)))
        self.take(deals[0], self.offer, self.present)
        self.take(deals[1], self.offer, self.present)
        for move in (lambda: deals.write({"stage_id": self.talks.id}), deals.action_set_won):
            stop = self.assertStopped(move, *deals)
            self.assertIn("Deal 2 cannot leave Bidding yet", stop.args[0])
            self.assertIn("The other opportunities were not moved either.", stop.args[0])
            self.assertIsInstance(stop, RedirectWarning)
            self.assertEqual(stop.args[3]["active_ids"], deals[2].ids)
        stop = self.assertStopped(lambda: deals[2].write({"stage_id": self.talks.id}), *deals)
        self.assertNotIn("other opportunities", stop.args[0])

    def test_many_deals_are_readable(self):
        values = {"type": "opportunity", "stage_id": self.bidding.id, "user_id": self.seller.id}
        deals = self.Lead.create([{**values, "name": f"Deal {n}"} for n in range(30)]).with_user(self.seller)
        with self.assertRaises(UserError) as caught:
            deals.write({"stage_id": self.talks.id})
        text = caught.exception.args[0]
        self.assertIn("30 opportunities", text)
        self.assertIn("and 20 more", text)
        self.assertLess(len(text.splitlines()), 20)

    def test_a_way_out(self):
        deal = self.deal_in_bidding()
        stop = self.assertStopped(lambda: deal.write({"stage_id": self.talks.id}), deal)
        self.assertIsInstance(stop, RedirectWarning)
        _message, action_id, _button, context = stop.args
        action = self.env.ref("sales_process_control.crm_lead_leaving_action_record")
        self.assertEqual((action_id, context["active_ids"]), (action.id, deal.ids))
        other = self.deal_in_bidding()
        self.assertIsInstance(self.assertStopped(lambda: (deal | other).write({"stage_id": self.talks.id})), UserError)
        with self.assertRaises(RedirectWarning) as caught:
            (deal | other).with_user(self.manager).write({"stage_id": self.talks.id})
        _message, action_id, _button, context = caught.exception.args
        action = self.env.ref("sales_process_control.crm_lead_leaving_action_pass")
        self.assertEqual(action_id, action.id)
        self.assertEqual((context["active_ids"], context["pass_stage_id"]), ((deal | other).ids, self.talks.id))

    def test_a_warning_offers_to_record_and_to_undo(self):
        self.bidding.leaving_rule = "warning"
        deals = self.Lead.concat(*(self.deal_in_bidding(name=f"Deal {n}") for n in range(2))).with_user(self.seller)
        self.take(deals[0], self.offer)
        record = self.env.ref("sales_process_control.crm_lead_leaving_action_record").id
        for act, to_stage in (
            (lambda: deals[0].write({"stage_id": self.talks.id}), self.talks),
            (deals[0].action_set_won, self.signed),
        ):
            [message] = self.messages_of(act)
            action_id, _label, context = message["record"]
            self.assertEqual((action_id, context["active_ids"]), (record, deals[0].ids))
            self.assertEqual(context["default_step_id"], self.present.id)
            moves = [{"lead_ids": deals[0].ids, "from_stage_id": self.bidding.id, "to_stage_id": to_stage.id}]
            self.assertEqual(message["moves"], moves)
            deals[0].write({"stage_id": self.bidding.id})
            self.assertEqual(deals[0].won_status, "pending")
            self.env.cr.flush()
        [message] = self.messages_of(lambda: deals.write({"stage_id": self.talks.id}))
        self.assertFalse(message["record"])
        self.assertEqual([move["lead_ids"] for move in message["moves"]], [deals.ids])

    def test_a_copy_has_no_move_to_undo(self):
        self.bidding.leaving_rule = "warning"
        deal = self.deal_in_bidding()
        [message] = self.messages_of(lambda: deal.copy({"stage_id": self.talks.id}))
        self.assertEqual((message["record"], message["moves"]), (False, []))

    def test_two_ways_out_of_a_manager(self):
        """A manager's stop leads to recording first, and to moving on anyway second."""
        deals = self.Lead.concat(*(self.deal_in_bidding(name=f"Deal {n}") for n in range(2))).with_user(self.manager)
        self.take(deals[0], self.offer, self.present)
        record, move_on = (
            self.env.ref(f"sales_process_control.crm_lead_leaving_action_{name}").id for name in ("record", "pass")
        )
        for moved in (deals[1], deals):
            with self.assertRaises(RedirectWarning) as caught:
                moved.write({"stage_id": self.talks.id})
            _message, action_id, _button, context = caught.exception.args
            self.assertEqual((action_id, context["active_ids"]), (record, deals[1].ids))
            action_id, label, context = caught.exception.context["other_way"]
            self.assertEqual((action_id, label), (move_on, "Move Anyway"))
            self.assertEqual((context["active_ids"], context["pass_stage_id"]), (moved.ids, self.talks.id))
        stop = self.assertStopped(lambda: deals[1].with_user(self.seller).write({"stage_id": self.talks.id}), deals[1])
        self.assertFalse(stop.context["other_way"])

    def test_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.offer.with_context(lang="fr_FR").name = "Envoyer l'offre"
        deal = self.deal_in_bidding().with_context(lang="fr_FR")
        stop = self.assertStopped(lambda: deal.write({"stage_id": self.talks.id}), deal, names=("Envoyer l'offre",))
        self.assertIn("Present the offer", stop.args[0])

    def test_a_team_in_the_same_save(self):
        deal = self.deal_in_bidding(self.manager)
        tag = {"tag_ids": [Command.create({"name": "Made on the way"})]}
        self.assertStopped(lambda: deal.write({"stage_id": self.talks.id, **tag}), deal)
        self.assertFalse(self.env["crm.tag"].search([("name", "=", "Made on the way")]))

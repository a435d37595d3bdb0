from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AccessCase
from .leaving_common import LeavingCase


class LeavingAccessCase(AccessCase, LeavingCase):
    """Deals of several people that are held in the stage of bidding."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Lead.concat(*cls.deals.values()).write({"stage_id": cls.bidding.id})
        cls.env.cr.flush()

    def open_pass(self, deals, stage=None, user=None):
        """The dialog that the button of a stop opens."""
        user = user or self.manager
        action = deals.with_user(user).with_context(pass_stage_id=stage and stage.id).action_pass_stage()
        return self.env["crm.stage.pass.dialog"].with_user(user).browse(action["res_id"])

    def passes_of(self, deal):
        """[(from, to, by, reason, steps)]."""
        self.env.cr.flush()
        passes = deal.with_user(self.env.user).stage_pass_ids
        return [
            (row.stage_id, row.next_stage_id, row.user_id, row.reason, (row.step_names or "").splitlines())
            for row in passes
        ]


@tagged("post_install", "-at_install")
class TestLeavingAccess(LeavingAccessCase):
    """Who is stopped, who may let pass, and who sees what of it."""

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_everybody_is_stopped_and_nobody_learns_of_others(self):
        for user, names in self.readers():
            for name, deal in self.deals.items():
                with self.subTest(user=user.login, deal=name):
                    if name in names:
                        self.assertStopped(lambda: deal.with_user(user).write({"stage_id": self.talks.id}))  # noqa: B023
                        continue
                    with self.assertRaises(AccessError) as caught:
                        deal.with_user(user).write({"stage_id": self.talks.id})
                    self.assertNotIn("Send the offer", str(caught.exception))
        for user in (self.internal, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.deals["nobody's"].with_user(user).write({"stage_id": self.talks.id})
        self.assertStopped(lambda: self.deals["own"].with_user(self.administrator).write({"stage_id": self.talks.id}))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_who_may_pass(self):
        deal = self.deals["own"]
        for user in (self.seller, self.colleague, self.all_documents, self.abroad, self.internal, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.open_pass(deal, self.talks, user)
        # A dialog that somebody has made for himself opens no door either.
        for user in (self.seller, self.all_documents, self.internal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["crm.stage.pass.dialog"].with_user(user).create({"reason": "Mine"})
        forged = {
            "lead_ids": [Command.set(deal.ids)],
            "lead_count": 1,
            "next_stage_id": self.talks.id,
            "reason": "Mine",
            "opened_with": {str(deal.id): [self.bidding.id, True, "pending"]},
        }
        with self.assertRaises(AccessError):
            self.env["crm.stage.pass.dialog"].with_user(self.abroad).create(forged).action_move()
        # Nor does it where somebody was given the rights to it, without being a sales manager.
        with self.assertRaises(AccessError):
            self.open_pass(deal, self.talks).with_user(self.seller).sudo().action_move()
        self.assertEqual((deal.stage_id, self.passes_of(deal)), (self.bidding, []))

    def test_a_pass(self):
        deal = self.deals["own"]
        self.take(deal, self.present)
        dialog = self.open_pass(deal, self.talks)
        self.assertIn("Send the offer", dialog.open_steps)
        self.assertNotIn("Present", dialog.open_steps)
        for reason in (False, "", "  \n"):
            dialog.reason = reason
            with self.assertRaisesRegex(UserError, "Say why"):
                dialog.action_move()
        dialog.reason = " <b>They</b> sign today "
        self.assertEqual(dialog.action_move()["tag"], "soft_reload")
        self.assertEqual(deal.stage_id, self.talks)
        expected = (self.bidding, self.talks, self.manager, "<b>They</b> sign today", ["Send the offer"])
        self.assertEqual(self.passes_of(deal), [expected])
        note = deal.message_ids.filtered(lambda message: "Send the offer" in message.body)
        self.assertEqual(note.author_id, self.manager.partner_id)
        self.assertIn("&lt;b&gt;They&lt;/b&gt;", note.body)
        self.assertEqual(self.outcomes_of(deal.id)[-2:], ["Bidding: advanced", "Negotiation: open"])
        # It was for once.
        deal.stage_id = self.bidding
        self.assertStopped(
            lambda: deal.with_user(self.manager).write({"stage_id": self.talks.id}), deal, names=("Send the offer",)
        )

    def test_a_pass_of_several(self):
        deals = self.deals["own"] | self.deals["colleague's"] | self.deals["nobody's"]
        self.take(deals[2], self.offer, self.present)
        with self.assertRaises(RedirectWarning):
            deals.with_user(self.manager).action_set_won()
        dialog = self.open_pass(deals)
        dialog.reason = "End of the year"
        dialog.action_move()
        self.assertEqual(set(deals.mapped("won_status")), {"won"})
        for deal in deals[:2]:
            [(stage, reached, *_rest)] = self.passes_of(deal)
            self.assertEqual((stage, reached), (self.bidding, self.signed))
        self.assertFalse(self.passes_of(deals[2]))

    def test_what_happened_meanwhile(self):
        def changes():
            yield "moved or closed", lambda deal: deal.write({"stage_id": self.needs.id})
            yield "moved or closed", lambda deal: deal.action_set_lost()
            yield "moved or closed", lambda deal: deal.action_set_won()
            yield "deleted meanwhile", lambda deal: deal.unlink()
            yield "open any more", lambda deal: self.take(deal, self.offer, self.present)
            yield "open any more", lambda deal: (self.offer | self.present).unlink()

        for message, change in changes():
            deal = self.deal_in_bidding().with_user(self.env.user)
            dialog = self.open_pass(deal, self.talks)
            dialog.reason = "Soon"
            change(deal)
            self.env.cr.flush()
            self.env.invalidate_all()
            with self.subTest(message=message), self.assertRaisesRegex(UserError, message):
                dialog.action_move()
            self.assertFalse(deal.exists() and self.passes_of(deal))

    def test_what_was_deleted_before_the_dialog_opens(self):
        deal, stage = self.deal_in_bidding(), self.env["crm.stage"].create({"name": "Gone soon", "sequence": 70})
        stage_id = stage.id
        stage.unlink()
        with self.assertRaisesRegex(UserError, "deleted meanwhile"):
            deal.with_user(self.manager).with_context(pass_stage_id=stage_id).action_pass_stage()
        deal.with_user(self.env.user).unlink()
        with self.assertRaisesRegex(UserError, "deleted meanwhile"):
            self.open_pass(deal, self.talks)

    def test_the_buttons_of_a_stop(self):
        """Who may run which way out of a stop."""
        action = self.env.ref("sales_process_control.crm_lead_leaving_action_pass")
        deal = self.deals["own"]
        context = {"active_model": "crm.lead", "active_ids": deal.ids, "active_id": deal.id}
        opened = action.with_user(self.manager).with_context(**context, pass_stage_id=self.talks.id).run()
        self.assertEqual(opened["res_model"], "crm.stage.pass.dialog")
        with self.assertRaises(AccessError):
            action.with_user(self.seller).with_context(**context).run()
        action = self.env.ref("sales_process_control.crm_lead_leaving_action_record")
        opened = action.with_user(self.seller).with_context(**context).run()
        self.assertEqual(opened["res_model"], "crm.lead.progress.dialog")

    # ------------------------------------------------------------
    # ROWS
    # ------------------------------------------------------------

    def pass_all(self):
        """A pass of each deal: {name: row}."""
        return {
            name: self.Pass.create(
                {
                    "lead_id": deal.id,
                    "stage_id": self.bidding.id,
                    "date": self.env.cr.now(),
                    "reason": name,
                    "user_id": self.manager.id,
                }
            )
            for name, deal in self.deals.items()
        }

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_passes_are_seen_with_their_deals(self):
        rows = self.pass_all()
        for user, names in self.readers():
            seen = self.Pass.with_user(user)
            with self.subTest(user=user.login):
                self.assertEqual(set(seen.search([]).mapped("reason")), names)
                groups = seen._read_group([], ["lead_id"], ["__count"])
                self.assertEqual(sum(count for _lead, count in groups), len(names))
                for name in rows.keys() - names:
                    with self.assertRaises(AccessError):
                        seen.browse(rows[name].id).read(["reason"])
        for user in (self.internal, self.portal):
            with self.assertRaises(AccessError):
                self.Pass.with_user(user).search([])

    def test_passes_are_nobody_s_to_write(self):
        row = self.pass_all()["own"]
        values = {"lead_id": row.lead_id.id, "date": row.date, "reason": "Never said"}
        for user in (self.seller, self.manager, self.administrator):
            own = row.with_user(user)
            for act in (
                lambda: own.write({"reason": "Never said"}),  # noqa: B023
                own.unlink,
                lambda: own.create(values),  # noqa: B023
                lambda: row.lead_id.with_user(user).write({"stage_pass_ids": [(0, 0, values)]}),  # noqa: B023
                lambda: row.lead_id.with_user(user).write({"stage_pass_ids": [(2, row.id)]}),  # noqa: B023
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    act()

    def test_passes_follow_a_merge(self):
        rows = self.pass_all()
        deals = self.deals["own"] | self.deals["colleague's"]
        head = deals.with_user(self.manager).merge_opportunity()
        self.env.cr.flush()
        self.assertEqual(rows["own"].lead_id, head.with_user(self.env.user))
        self.assertEqual(rows["colleague's"].lead_id, head.with_user(self.env.user))

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_steps_of_another_company_s_team(self):
        team = self.env["crm.team"].create({"name": "Abroad", "company_id": self.second.id})
        step = self.Step.create({"name": "Abroad only", "stage_id": self.bidding.id, "team_id": team.id})
        self.assertIn(step, self.Step.with_user(self.abroad).search([]))
        step.with_user(self.abroad).name = "Only abroad"
        self.assertNotIn(step, self.Step.with_user(self.manager).search([]))
        self.assertNotIn(step, self.bidding.with_user(self.manager).step_ids)
        theirs, ours = step.with_user(self.manager), self.offer.with_user(self.manager)
        for way, act in {
            "read": lambda: theirs.read(["name"]),
            "write": lambda: theirs.write({"name": "Ours"}),
            "unlink": theirs.unlink,
            "give away": lambda: ours.write({"team_id": team.id}),
            "make": lambda: ours.create({"name": "Call", "stage_id": self.bidding.id, "team_id": team.id}),
        }.items():
            with self.subTest(way=way), self.assertRaises(AccessError):
                act()
        team.active = False
        self.env.invalidate_all()
        self.assertNotIn(step, self.Step.with_user(self.manager).search([]))

    def test_sellers_read_steps_only(self):
        for user in (self.seller, self.all_documents):
            step = self.offer.with_user(user)
            self.assertEqual(step.name, "Send the offer")
            for act in (
                lambda: step.write({"is_required": False}),  # noqa: B023
                step.unlink,
                lambda: step.create({"name": "Mine", "stage_id": self.bidding.id}),  # noqa: B023
                lambda: self.bidding.with_user(user).write({"leaving_rule": "nothing"}),  # noqa: B023
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    act()
        for user in (self.internal, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.offer.with_user(user).read(["name"])

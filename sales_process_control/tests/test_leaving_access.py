from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .leaving_common import LeavingAccessCase


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

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_resellers_are_stopped(self):
        """Odoo's portal for resellers writes in superuser mode, in the name of the portal user."""
        self._let_resellers_read_deals()
        resold, other = self.deals["own"], self.deals["colleague's"]
        resold.partner_id = self.portal.partner_id
        self.env.flush_all()
        moves = (
            lambda deal: deal.write({"stage_id": self.talks.id}),
            lambda deal: deal.write({"stage_id": self.signed.id}),
            lambda deal: deal.action_set_won(),
        )
        for move in moves:
            with self.assertRaises(AccessError) as caught:
                move(resold.with_user(self.portal).sudo())
            self.assertNotIn("Send the offer", str(caught.exception))
            self.assertEqual((resold.stage_id, resold.won_status), (self.bidding, "pending"))
        # What a customer sets off, by an automation rule for example, is not the customer's move.
        other.with_user(self.portal).sudo().stage_id = self.talks
        self.assertEqual(other.stage_id, self.talks)
        self.bidding.leaving_rule = "warning"
        told = self.warnings_of(lambda: moves[0](resold.with_user(self.portal).sudo()))
        self.assertEqual((resold.stage_id, told), (self.talks, []))

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

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_nobody_finds_the_dialog_of_another_person(self):
        """It contains names of deals and a reason, also for another sales manager."""
        dialog = self.open_pass(self.deals["own"], self.talks)
        other = new_test_user(self.env, "process_other_manager", groups="sales_team.group_sale_manager")
        dialogs = self.env["crm.stage.pass.dialog"]
        self.assertEqual(dialogs.with_user(self.manager).search([]), dialog)
        for user in (other, self.administrator):
            with self.subTest(user=user.login):
                self.assertFalse(dialogs.with_user(user).search([]))
                self.assertEqual(dialogs.with_user(user).search_count([]), 0)
                for use in (
                    lambda: dialog.with_user(user).read(["reason"]),  # noqa: B023
                    lambda: dialog.with_user(user).write({"reason": "Mine"}),  # noqa: B023
                    lambda: dialog.with_user(user).action_move(),  # noqa: B023
                ):
                    with self.assertRaises(AccessError):
                        use()

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

        self.assertTrue(head.was_passed)
        with self.assertStatements("crm_stage_pass", 0):
            fresh = self.make_deal() | self.make_deal()
            fresh.with_user(self.manager).merge_opportunity()

    def test_nobody_says_that_there_was_no_pass(self):
        deal = self.pass_all()["own"].lead_id
        deal.with_user(self.manager).write({"was_passed": False})
        self.assertTrue(deal.was_passed)

    # ------------------------------------------------------------
    # STAGES
    # ------------------------------------------------------------

    def test_who_has_no_rights_to_crm_reads_stages(self):
        for stage in (self.bidding, self.signed):
            [values] = stage.with_user(self.internal).read()
            self.assertEqual(values["name"], stage.name)
            self.assertFalse(values.keys() & {"step_ids", "suggested_limit_days", "suggested_limit_stays"})
        [values] = self.bidding.with_user(self.seller).read()
        self.assertEqual(set(values["step_ids"]), set(self.bidding.step_ids.ids))
        self.assertIn("suggested_limit_days", values)

    def test_a_team_of_another_company_is_not_named(self):
        theirs = self.env["crm.team"].create({"name": "Abroad", "company_id": self.second.id})
        stage = self.env["crm.stage"].create({"name": "Everywhere", "sequence": 60})
        self.Step.create({"name": "Call", "stage_id": stage.id, "team_id": theirs.id})
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            stage.with_user(self.manager).team_ids = self.team
        self.assertNotIn("Abroad", str(caught.exception))
        self.assertIn("A team of another company", str(caught.exception))
        stage.team_ids = theirs | self.team
        ours = self.Step.create({"name": "Ask", "stage_id": stage.id, "team_id": self.team.id})
        self.bidding.team_ids = self.team
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            ours.with_user(self.manager).write({"stage_id": self.bidding.id, "team_id": theirs.id})
        self.assertNotIn("Abroad", str(caught.exception))
        self.Step.create({"name": "Visit", "stage_id": self.talks.id, "team_id": self.other_team.id})
        with self.assertRaisesRegex(UserError, "Team South"), self.env.cr.savepoint():
            self.talks.with_user(self.manager).team_ids = self.team

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

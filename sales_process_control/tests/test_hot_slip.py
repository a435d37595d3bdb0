from odoo.tests import tagged

from .hot_common import HotCase


@tagged("post_install", "-at_install")
class TestHotSlip(HotCase):
    """An end by accident that the same person takes back within five minutes settles no promise."""

    def ends(self):
        """(what is done to a deal, how it is taken back, the outcome in between)."""
        return (
            (lambda deal: deal.action_set_won(), lambda deal: deal.write({"stage_id": self.contact.id}), "kept"),
            (lambda deal: deal.action_set_lost(), lambda deal: deal.action_unarchive(), "broken"),
            (lambda deal: deal.write({"active": False}), lambda deal: deal.write({"active": True}), "broken"),
        )

    def end(self, deal, end, **duration):
        """End a deal as the seller, and let some time pass."""
        self.pass_time(days=1)
        end(deal.with_user(self.seller))
        self.pass_time(**duration)

    def test_taken_back_minutes_later(self):
        for end, back, outcome in self.ends():
            with self.subTest(outcome=outcome):
                deal, flag = self.make_hot_deal(due_date=self.day(0))
                self.end(deal, end, minutes=2, microseconds=7)
                self.assertEqual(flag.outcome, outcome)
                back(deal.with_user(self.seller))
                self.assertEqual(self.outcome_of(flag), "open")
                self.assertEqual((flag.closed_at, flag.days_late), (False, 0))
                self.assertHot(deal, flag)
                # The daily job takes lines of an end that was taken back for no end.
                self.pass_time(days=1)
                self.env["crm.hot.settler"]._cron_settle()
                self.assertEqual(self.outcome_of(flag), "open")

    def test_what_is_no_slip(self):
        """Later, or by somebody else."""
        for end, back, outcome in self.ends():
            for minutes, user in ((6, self.seller), (2, self.manager)):
                with self.subTest(outcome=outcome, minutes=minutes):
                    deal, flag = self.make_hot_deal()
                    self.end(deal, end, minutes=minutes)
                    back(deal.with_user(user))
                    self.assertEqual(self.outcome_of(flag), outcome)
                    self.assertHot(deal, self.Flag)

    def test_taken_back_and_ended_again(self):
        """The end that stays counts: another one at once or later, or the same one after all."""
        won, lost = (end for end, _back, _outcome in self.ends()[:2])
        deal, flag = self.make_hot_deal()
        self.end(deal, won, minutes=1)
        deal.with_user(self.seller).write({"stage_id": self.contact.id, "active": False, "probability": 0})
        self.assertEqual(self.outcome_of(flag), "broken")
        self.assertEqual(flag.closed_at, self.env.cr.now())
        deal, flag = self.make_hot_deal()
        self.end(deal, won, minutes=1)
        won_at = flag.closed_at
        deal.with_user(self.seller).stage_id = self.contact
        self.assertEqual(self.outcome_of(flag), "open")
        won(deal.with_user(self.seller))
        self.assertEqual((self.outcome_of(flag), flag.closed_at), ("kept", won_at))
        self.pass_time(minutes=1)
        deal.with_user(self.seller).stage_id = self.contact
        self.assertEqual(self.outcome_of(flag), "open")
        self.pass_time(days=1)
        lost(deal.with_user(self.seller))
        self.assertEqual(self.outcome_of(flag), "broken")

    def test_what_a_person_settled_or_raised_stays(self):
        _won, lost = (end for end, _back, _outcome in self.ends()[:2])
        deal, flag = self.make_hot_deal()
        flag.with_user(self.seller).action_settle("withdrawn")
        self.end(deal, lost, minutes=1)
        deal.with_user(self.seller).action_unarchive()
        self.assertEqual(self.outcome_of(flag), "withdrawn")
        deal, flag = self.make_hot_deal()
        self.end(deal, lost, minutes=1)
        again = self.raise_flag(deal, kind="other")
        deal.with_user(self.seller).action_unarchive()
        self.assertEqual((self.outcome_of(flag), self.outcome_of(again)), ("broken", "open"))
        self.assertHot(deal, again)

    def test_won_by_a_slip_is_not_signed_in_time(self):
        won, back, _outcome = self.ends()[0]
        slipped, signed, reopened = (self.make_hot_deal()[0] for _number in range(3))
        for deal, minutes in ((slipped, 2), (signed, 2), (reopened, 6)):
            self.end(deal, won, minutes=minutes)
            back(deal.with_user(self.seller))
        self.pass_time(days=3)
        won(signed)
        self.pass_time(days=100)
        rows = self.env["crm.hot.report"].search([])
        self.assertEqual({row.lead_id: row.signed for row in rows}, {slipped: 0, signed: 1, reopened: 1})

    def test_signed_though_somebody_else_reopened_it(self):
        """The report and the outcome of the flag tell the same, also where the deal comes back into another stage."""
        won, back, _outcome = self.ends()[0]
        table = (
            (self.manager, back, 1),
            (self.seller, back, 0),
            (self.manager, lambda deal: deal.write({"stage_id": self.needs.id}), 1),
            (self.seller, lambda deal: deal.write({"stage_id": self.needs.id}), 0),
        )
        expected = {}
        for user, reopen, signed in table:
            deal, flag = self.make_hot_deal()
            self.end(deal, won, minutes=3)
            reopen(deal.with_user(user))
            self.assertEqual(self.outcome_of(flag), "kept" if signed else "open")
            expected[deal] = signed
        self.pass_time(days=100)
        rows = self.env["crm.hot.report"].search([("lead_id", "in", [deal.id for deal in expected])])
        self.assertEqual({row.lead_id: row.signed for row in rows}, expected)

    def test_a_customer_who_is_renamed_meanwhile_does_not_keep_the_flag_closed(self):
        """The name of the customer is kept on the flag, which then was changed by a colleague last."""
        won, back, _outcome = self.ends()[0]
        deal, flag = self.make_hot_deal()
        self.end(deal, won, minutes=1)
        self.env.cr.flush()
        deal.partner_id.with_user(self.manager).name = "Another Name"
        self.env.flush_all()
        self.pass_time(minutes=1)
        back(deal.with_user(self.seller))
        self.assertEqual(self.outcome_of(flag), "open")
        self.assertHot(deal, flag)

    def test_raised_in_the_second_of_an_end(self):
        """A flag is raised at a full second, and an end is not: it settles no promise that came after it."""
        deal = self.make_deal()
        self.pass_time(microseconds=300000)
        deal.action_set_lost()
        self.pass_time(microseconds=400000)
        hope = self.raise_flag(deal, kind="other")
        self.assertEqual(hope.raised_at, self.start)
        self.pass_time(days=1)
        self.env["crm.hot.settler"]._cron_settle()
        self.assertEqual(hope.outcome, "open")

from contextlib import nullcontext
from unittest.mock import patch

from odoo.tests import tagged

from .hot_common import HotCase

#: What forms and cards read of a deal.
SHOWN = {name: {} for name in ("is_hot", "hot_note", "hot_due_date", "hot_flag_count", "push_count", "won_status")}


@tagged("post_install", "-at_install")
class TestHotAnswers(HotCase):
    """The answer to a save shows the flame as the database has it once the save is committed: no reload is needed."""

    def save(self, deal, user=None, **values):
        """Save a deal as a form or a board does; assert that a reload shows the same, and return the answer."""
        deal = deal.with_user(user or self.seller)
        [answer] = deal.web_save(values, SHOWN)
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(deal.web_read(SHOWN), [answer])
        return answer

    def assertFlame(self, answer, flag):
        """Assert that an answer has the flame of an open flag, or none."""
        expected = (True, flag.note, str(flag.due_date)) if flag else (False, False, False)
        self.assertEqual((answer["is_hot"], answer["hot_note"], str(answer["hot_due_date"] or "") or False), expected)

    def test_won_and_reopened(self):
        deal, flag = self.make_hot_deal(due_date=self.day(3))
        self.pass_time(days=1)
        self.assertFlame(self.save(deal, stage_id=self.signed.id), None)
        self.assertEqual(flag.outcome, "kept")
        self.pass_time(minutes=1)
        self.assertFlame(self.save(deal, stage_id=self.contact.id), flag)
        self.assertEqual(flag.outcome, "open")

    def test_reopened_later_or_by_somebody_else(self):
        for minutes, user in ((6, self.seller), (1, self.manager)):
            deal, flag = self.make_hot_deal()
            self.pass_time(days=1)
            self.save(deal, stage_id=self.signed.id)
            self.pass_time(minutes=minutes)
            self.assertFlame(self.save(deal, user, stage_id=self.contact.id), None)
            self.assertEqual(flag.outcome, "kept")

    def test_other_ends(self):
        for end in ({"active": False}, {"active": False, "probability": 0}, {"type": "lead"}):
            deal, flag = self.make_hot_deal(kind="other", due_date=self.day(3))
            self.pass_time(days=1)
            self.assertFlame(self.save(deal, **end), None)
            self.assertEqual(flag.outcome, "withdrawn")
            self.pass_time(minutes=1)
            self.assertFlame(self.save(deal, active=True, type="opportunity"), flag)

    def test_moving_keeps_the_flame(self):
        deal, flag = self.make_hot_deal(due_date=self.day(3))
        self.pass_time(days=1)
        self.assertFlame(self.save(deal, stage_id=self.bidding.id, expected_revenue=7), flag)

    def test_several_deals(self):
        """A list saves several deals at once."""
        (hot, flag), cold = self.make_hot_deal(), self.make_deal()
        self.pass_time(days=1)
        both = (hot | cold).with_user(self.seller)
        both.web_save({"stage_id": self.signed.id}, SHOWN)
        self.pass_time(minutes=1)
        answers = both.web_save_multi([{"stage_id": self.contact.id}, {"priority": "1"}], SHOWN)
        self.assertEqual([answer["is_hot"] for answer in answers], [True, False])
        self.assertEqual([answer["won_status"] for answer in answers], ["pending", "won"])
        self.assertEqual(self.outcome_of(flag), "open")

    def test_merged(self):
        survivor, (hot, flag) = self.make_deal(), self.make_hot_deal(due_date=self.day(3))
        self.pass_time(days=1)
        (survivor | hot)._merge_opportunity(auto_unlink=False)
        merged = flag.lead_id
        [answer] = merged.web_read(SHOWN)
        self.assertFlame(answer, flag)

    def test_pushes(self):
        deal = self.make_deal(date_deadline=self.day(3))
        self.pass_time(days=1)
        self.assertEqual(self.save(deal, date_deadline=str(self.day(9)))["push_count"], 1)

    def test_statements(self):
        """Recording before the answer is read costs no more statements than at the end of the transaction."""
        deals = [self.make_hot_deal()[0].with_user(self.seller) for _number in range(3)]
        counts = []
        for deal, is_late in zip(deals, (False, True, False), strict=True):
            self.pass_time(days=1)
            with patch.object(type(deal), "_record_before_reading") if is_late else nullcontext():
                before = self.env.cr.sql_log_count
                deal.web_save({"stage_id": self.needs.id}, SHOWN)
                self.env.cr.flush()
            counts.append(self.env.cr.sql_log_count - before)
        _warm, late, at_once = counts
        self.assertLessEqual(at_once, late)

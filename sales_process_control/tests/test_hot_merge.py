from odoo.tests import tagged
from odoo.tools import mute_logger

from .hot_common import HotCase


@tagged("post_install", "-at_install")
class TestHotMerge(HotCase):
    """Merging deals or contacts keeps all flags, and breaks no promise."""

    def merge_contacts(self, *partners):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge([partner.id for partner in partners], partners[0])
        self.env.cr.flush()
        self.env.invalidate_all()

    def test_merged_deals(self):
        one, later = self.make_hot_deal(due_date=self.day(9))
        two, sooner = self.make_hot_deal(due_date=self.day(3))
        three, settled = self.make_hot_deal(kind="other")
        settled.action_settle("kept")
        self.pass_time(days=1)
        survivor = (one | two | three).merge_opportunity()
        self.env.cr.flush()
        self.env.invalidate_all()
        flags = later | sooner | settled
        self.assertEqual(flags.mapped("outcome"), ["withdrawn", "open", "kept"])
        self.assertEqual((flags.lead_id, set(flags.mapped("lead_ref"))), (survivor, {survivor.id}))
        self.assertEqual((later.closed_at, later.closed_by_id), (self.env.cr.now(), self.env.user))
        self.assertHot(survivor, sooner)

    def assertNoPromiseBroken(self):
        """Nothing that had to go counts as a promise that was not kept; the one that stays is overdue."""
        numbers = self.env["crm.hot.report"].hot_statistics()
        self.assertEqual((numbers["promise_count"], numbers["promises_kept"]), (1, 0))

    def test_merged_deals_with_overdue_flags(self):
        one, later = self.make_hot_deal(due_date=self.day(4))
        two, _sooner = self.make_hot_deal(due_date=self.day(3))
        self.pass_time(days=9)
        (one | two).merge_opportunity()
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual((later.outcome, later.days_late), ("withdrawn", 0))
        self.assertNoPromiseBroken()

    def test_merged_contacts_with_overdue_flags(self):
        self.raise_flag(self.customer, due_date=self.day(3))
        later = self.raise_flag(self.other_customer, due_date=self.day(4))
        self.pass_time(days=9)
        self.merge_contacts(self.customer, self.other_customer)
        self.assertEqual((later.outcome, later.days_late), ("withdrawn", 0))
        self.assertNoPromiseBroken()

    def test_merged_into_a_deal_that_has_ended(self):
        """A signing would never settle there; it has broken nothing."""
        won = self.make_deal()
        won.action_set_won()
        order = self.raise_flag(won, kind="reorder", due_date=self.day(5))
        deal, signing = self.make_hot_deal(due_date=self.day(3))
        self.pass_time(days=9)
        survivor = (won | deal).merge_opportunity()
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual((survivor, survivor.won_status), (won, "won"))
        self.assertEqual((signing.outcome, signing.days_late, signing.lead_id), ("withdrawn", 0, won))
        # What is still promised stays, though the signing was due before it.
        self.assertHot(won, order)
        self.assertNoPromiseBroken()

    def test_a_deal_that_is_merged_away_breaks_nothing(self):
        hot, flag = self.make_hot_deal(due_date=self.day(3))
        for other in (self.make_deal(), self.make_deal()):
            self.pass_time(days=1)
            hot = (hot | other).merge_opportunity()
            self.env.cr.flush()
            self.env.invalidate_all()
            self.assertEqual((flag.outcome, flag.lead_id, flag.lead_ref), ("open", hot, hot.id))
            self.assertHot(hot, flag)

    def test_the_flag_follows_the_deal_that_stays(self):
        deal, flag = self.make_hot_deal({"stage_id": self.contact.id})
        further = self.make_deal(partner_id=self.customer.id, stage_id=self.talks.id)
        self.pass_time(days=1)
        survivor = (deal | further).merge_opportunity()
        self.env.cr.flush()
        self.assertEqual((survivor, flag.partner_id), (further, self.customer))

    def test_who_merges_need_not_see_the_flags(self):
        deal, flag = self.make_hot_deal()
        other = self.make_deal()
        self.pass_time(days=1)
        merged = (deal | other).with_user(self.manager).merge_opportunity()
        self.env.cr.flush()
        self.assertEqual(flag.lead_id.id, merged.id)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_merged_contacts(self):
        self.other_customer.is_company = False
        sooner = self.raise_flag(self.customer, due_date=self.day(3))
        later = self.raise_flag(self.other_customer, due_date=self.day(9))
        payment = self.raise_flag(self.other_customer, kind="payment")
        deal, signing = self.make_hot_deal({"partner_id": self.other_customer.id})
        settled = self.raise_flag(self.other_customer, kind="other")
        settled.action_settle("broken")
        self.pass_time(days=1)
        self.merge_contacts(self.customer, self.other_customer)
        flags = sooner | later | payment | signing | settled
        self.assertEqual(flags.mapped("outcome"), ["open", "withdrawn", "open", "open", "broken"])
        self.assertEqual((flags.partner_id, flags.commercial_partner_id), (self.customer, self.customer))
        self.assertEqual(set(flags.mapped("customer_name")), {"Hot Customer Works"})
        self.assertEqual(deal.partner_id, self.customer)
        self.assertEqual(self.customer.with_user(self.seller).hot_flag_count, 5)

    def test_one_without_a_date_goes(self):
        undated = self.raise_flag(self.customer)
        dated = self.raise_flag(self.other_customer, due_date=self.day(300))
        self.merge_contacts(self.customer, self.other_customer)
        self.assertEqual((undated.outcome, dated.outcome), ("withdrawn", "open"))

    def test_companies_are_places_of_their_own(self):
        second = self.env["res.company"].create({"name": "Second Company"})
        here = self.raise_flag(self.customer)
        there = self.Flag.with_company(second).create(
            {"note": "There", "partner_id": self.other_customer.id, "kind": "reorder"}
        )
        self.assertEqual(there.company_id, second)
        self.merge_contacts(self.customer, self.other_customer)
        self.assertEqual((here.outcome, there.outcome), ("open", "open"))

    def test_a_person_who_turns_out_to_be_a_contact_of_a_company(self):
        self.other_customer.is_company = False
        flag = self.raise_flag(self.other_customer)
        self.merge_contacts(self.buyer, self.other_customer)
        self.assertEqual((flag.partner_id, flag.commercial_partner_id), (self.buyer, self.customer))
        self.assertTrue(self.customer.with_user(self.seller).is_hot)

from datetime import date
from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .hot_common import HotCase

EMPTY_NOTES = ("", "   ", " \n\t ", False, None)


@tagged("post_install", "-at_install")
class TestHotFlag(HotCase):
    """Raising and editing, and what cannot be."""

    def test_raised_on_a_deal(self):
        deal, flag = self.make_hot_deal(
            {"partner_id": self.buyer.id}, note=" Signing around\n10 March ", due_date=self.day(8), amount=62500
        )
        self.assertEqual(flag.note, "Signing around 10 March")
        self.assertEqual((flag.kind, flag.outcome, flag.lead_ref), ("sign", "open", deal.id))
        self.assertEqual((flag.partner_id, flag.commercial_partner_id), (self.buyer, self.customer))
        self.assertEqual((flag.user_id, flag.team_id), (self.seller, self.team))
        self.assertEqual((flag.company_id, flag.currency_id), (self.company, self.company.currency_id))
        self.assertEqual((flag.raised_at, flag.closed_at), (self.start, False))
        self.assertEqual((flag.first_due_date, flag.days_late), (self.day(8), 0))
        self.assertHot(deal, flag)

    def test_a_customer_that_is_only_a_name(self):
        deal, flag = self.make_hot_deal({"partner_name": "Walk-in Works", "name": "Walk-in's machine"})
        self.assertEqual((flag.partner_id, flag.customer_name), (self.env["res.partner"], "Walk-in Works"))
        deal.partner_id = self.customer
        deal.flush_recordset()
        self.assertEqual((flag.partner_id, flag.customer_name), (self.customer, "Hot Customer Works"))
        self.assertTrue(self.customer.with_user(self.seller).is_hot)

    def test_a_deal_without_company_has_the_main_company_s_currency(self):
        _deal, flag = self.make_hot_deal({"company_id": False, "team_id": False})
        self.assertEqual((flag.company_id, flag.currency_id), (self.env["res.company"], self.company.currency_id))

    def test_a_settled_flag_does_not_follow_the_deal(self):
        deal, flag = self.make_hot_deal({"partner_id": self.buyer.id})
        flag.action_settle("withdrawn")
        deal.partner_id = self.other_customer
        self.assertEqual(flag.partner_id, self.buyer)

    def test_raised_on_a_customer(self):
        flag = self.raise_flag(self.buyer, note="May add an order")
        self.assertEqual((flag.lead_ref, flag.user_id, flag.company_id), (0, self.seller, self.company))
        buyer, company = (partner.with_user(self.seller) for partner in (self.buyer, self.customer))
        self.assertEqual((buyer.is_hot, buyer.hot_note), (True, "May add an order"))
        self.assertEqual((company.is_hot, company.hot_note), (True, "May add an order"))
        self.assertFalse(self.other_customer.with_user(self.seller).is_hot)

    def test_notes_of_a_customer_earliest_due_first(self):
        self.raise_flag(self.buyer, note="No date", kind="other")
        self.raise_flag(self.buyer, note="Later", kind="payment", due_date=self.day(9))
        self.raise_flag(self.customer, note="Sooner", due_date=self.day(3))
        told = self.customer.with_user(self.seller)
        self.assertEqual((told.hot_note, told.hot_due_date), ("Sooner; Later; No date", self.day(3)))

    def test_finding_hot_customers(self):
        self.raise_flag(self.buyer)
        partners = self.env["res.partner"].with_user(self.seller)
        among = [("id", "in", (self.customer | self.buyer | self.other_customer).ids)]
        self.assertEqual(partners.search([("is_hot", "=", True), *among]), self.customer | self.buyer)
        self.assertEqual(partners.search([("is_hot", "=", False), *among]), self.other_customer)
        self.assertEqual(partners.search([("is_hot", "!=", True), *among]), self.other_customer)
        # A flag whose company raw SQL has taken away makes nobody hot, and nobody vanish.
        self.env.cr.execute("UPDATE crm_hot_flag SET commercial_partner_id = NULL")
        self.env.invalidate_all()
        self.assertEqual(partners.search([("is_hot", "=", False), *among]), self.customer | self.other_customer)

    def test_finding_hot_deals(self):
        deal, _flag = self.make_hot_deal(note="Signs on Friday")
        self.make_deal()
        self.assertEqual(self.Lead.search([("is_hot", "=", True)]), deal)
        self.assertEqual(self.Lead.with_user(self.seller).search([("hot_note", "ilike", "friday")]), deal)

    def test_one_open_flag_a_deal(self):
        deal, flag = self.make_hot_deal()
        with self.assertRaisesRegex(UserError, "Deal"):
            self.raise_flag(deal, kind="other")
        flag.action_settle("withdrawn")
        self.assertHot(deal, self.Flag)
        self.assertHot(deal, self.raise_flag(deal))
        self.assertEqual(deal.hot_flag_count, 2)

    def test_one_open_flag_a_kind_for_a_customer(self):
        self.raise_flag(self.customer)
        self.raise_flag(self.customer, kind="payment")
        with self.assertRaisesRegex(UserError, "Hot Customer Works"):
            self.raise_flag(self.customer, user=self.colleague)

    def test_many_at_once_cost_a_constant_number_of_statements(self):
        def raise_on(number):
            partners = self.env["res.partner"].create([{"name": f"Works {index}"} for index in range(number)])
            deals = self.Lead.create([{"name": f"Deal {index}", "user_id": self.seller.id} for index in range(number)])
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            flags = self.Flag.with_user(self.seller).create(
                [{"note": "Signs", "lead_id": deal.id} for deal in deals]
                + [{"note": "Pays", "partner_id": partner.id, "kind": "payment"} for partner in partners]
            )
            self.env.cr.flush()
            self.assertEqual(len(flags), 2 * number)
            return self.env.cr.sql_log_count - before

        reader = self.env["crm.pipeline.reader"]
        context = reader._read_context()
        # Kept by the process, but for a transaction that has changed stages, as this one has.
        with patch.object(type(reader), "_read_context", return_value=context):
            raise_on(1)
            # Odoo inserts a hundred rows at a time.
            self.assertEqual(raise_on(2), raise_on(20))

    @mute_logger("odoo.sql_db")
    def test_the_database_guards_what_two_raise_at_once(self):
        deal, _flag = self.make_hot_deal()
        self.raise_flag(self.customer)
        for row in (
            f"'sign', {deal.id}, {deal.id}, NULL, NULL",
            f"'reorder', 0, NULL, {self.customer.id}, {self.company.id}",
        ):
            with self.assertRaises(psycopg2.errors.UniqueViolation), self.env.cr.savepoint():
                self.env.cr.execute(
                    "INSERT INTO crm_hot_flag (note, outcome, raised_at, kind, lead_ref, lead_id, partner_id, "
                    f"company_id) VALUES ('Twice', 'open', now(), {row})"
                )

    @mute_logger("odoo.sql_db")
    def test_the_database_guards_note_and_amount(self):
        _deal, flag = self.make_hot_deal()
        for change in ("note = '  '", "note = NULL", "amount = -1"):
            with self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
                self.env.cr.execute(f"UPDATE crm_hot_flag SET {change} WHERE id = {flag.id}")

    def test_notes_and_amounts_that_cannot_be(self):
        deal, other = self.make_deal(), self.make_deal()
        flag = self.raise_flag(other)
        for values in [{"note": note} for note in (*EMPTY_NOTES, "x" * 201)] + [
            {"amount": amount} for amount in (-0.01, float("nan"), float("inf"))
        ]:
            with self.subTest(values=values):
                with self.assertRaises(ValidationError):
                    self.raise_flag(deal, **values)
                with self.assertRaises(ValidationError):
                    flag.with_user(self.seller).write(values)
        with self.assertRaises(ValidationError):
            self.Flag.with_user(self.seller).create({"lead_id": deal.id})
        self.assertFalse(deal.is_hot)
        self.assertEqual(self.raise_flag(deal, note="x" * 200).note, "x" * 200)

    def test_due_dates_that_have_passed(self):
        deal = self.make_deal()
        with self.assertRaisesRegex(ValidationError, "past"):
            self.raise_flag(deal, due_date=self.day(-1))
        flag = self.raise_flag(deal, due_date=self.day(0)).with_user(self.seller)
        self.assertFalse(flag.is_overdue)
        self.pass_time(days=3)
        self.env.invalidate_all()
        self.assertTrue(flag.is_overdue)
        flag.write({"note": "Still believes in it", "due_date": self.day(-3)})
        with self.assertRaisesRegex(ValidationError, "past"):
            flag.due_date = self.day(-1)
        flag.due_date = self.day(5)

    def test_today_is_the_reader_s_day(self):
        deal = self.make_deal()
        self.set_time(self.start.replace(hour=23))
        values = {"note": "About to act", "lead_id": deal.id, "due_date": self.day(0)}
        flags = self.Flag.with_user(self.seller)
        with self.assertRaisesRegex(ValidationError, "past"):
            flags.with_context(tz="Asia/Tokyo").create(values)  # where it is Tuesday already
        self.assertTrue(flags.with_context(tz="America/New_York").create(values))

    def test_overdue_flags_are_found_and_stay_open(self):
        flags = [self.make_hot_deal(due_date=due)[1] for due in (self.day(1), self.day(9), False)]
        self.pass_time(days=4)
        self.env.invalidate_all()
        self.assertEqual([flag.is_overdue for flag in flags], [True, False, False])
        self.assertEqual([flag.outcome for flag in flags], ["open"] * 3)
        self.assertEqual(self.Flag.search([("is_overdue", "=", True)]), flags[0])
        self.assertEqual(self.Flag.search([("is_overdue", "=", False)]), flags[1] | flags[2])
        self.assertEqual(self.Flag.search([("is_overdue", "!=", True)]), flags[1] | flags[2])

    def test_what_cannot_be_signed(self):
        lead = self.make_deal(type="lead")
        won, lost, archived = (self.make_deal() for _number in range(3))
        won.action_set_won()
        lost.action_set_lost()
        archived.active = False
        self.env.cr.flush()
        for deal in (lead, won, lost, archived, self.customer):
            with self.subTest(deal=deal), self.assertRaises(ValidationError):
                self.raise_flag(deal, kind="sign")
        self.assertTrue(self.raise_flag(won, kind="reorder"))
        self.assertTrue(self.raise_flag(lead, kind="other"))

    def test_deal_or_customer_must_be_there(self):
        with self.assertRaises(ValidationError):
            self.Flag.with_user(self.seller).create({"note": "Nobody", "kind": "other"})
        deal, partner = self.make_deal(), self.env["res.partner"].create({"name": "Gone"})
        gone = deal.id, partner.id
        deal.unlink()
        partner.unlink()
        for values in ({"lead_id": gone[0]}, {"partner_id": gone[1], "kind": "other"}):
            with self.assertRaisesRegex(UserError, "deleted .*in the meantime"):
                self.Flag.with_user(self.seller).create({"note": "About to act", **values})

    def test_earlier_notes_and_dates_stay(self):
        _deal, flag = self.make_hot_deal(note="First", due_date=self.day(3), amount=10)
        self.pass_time(days=1)
        flag.with_user(self.seller).write({"note": "Second"})
        self.pass_time(days=1)
        flag.with_user(self.seller).write({"note": "Second", "due_date": self.day(20), "amount": 20})
        flag.with_user(self.seller).write({"note": " Second ", "user_id": self.seller.id})
        self.env.invalidate_all()
        revisions = [
            (revision.note, revision.due_date, revision.amount, revision.user_id, revision.date.date())
            for revision in flag.revision_ids
        ]
        due = date(2026, 3, 5)
        self.assertEqual(
            revisions,
            [
                ("Second", due, 10, self.seller, date(2026, 3, 4)),
                ("First", due, 10, self.seller, date(2026, 3, 3)),
            ],
        )
        self.assertEqual((flag.first_due_date, flag.due_date), (due, date(2026, 3, 24)))

    def test_the_first_due_date_is_the_first_that_was_ever_said(self):
        _deal, flag = self.make_hot_deal()
        self.assertFalse(flag.first_due_date)
        for days in (5, 9):
            flag.with_user(self.seller).due_date = self.day(days)
        self.assertEqual(flag.first_due_date, self.day(5))

    def test_what_a_flag_says_by_itself_nobody_writes(self):
        deal, flag = self.make_hot_deal()
        for values in (
            {"outcome": "kept"},
            {"closed_at": "2026-01-01 00:00:00"},
            {"raised_at": "2026-01-01 00:00:00"},
            {"first_due_date": "2026-12-31"},
            {"days_late": 0},
            {"lead_ref": 1},
            {"company_id": False},
            {"lead_id": self.make_deal().id},
            {"lead_id": False},
            {"partner_id": self.customer.id},
            {"kind": "other"},
            {"revision_ids": [(5,)]},
        ):
            for user in (self.seller, self.env.ref("base.user_admin")):
                with self.subTest(values=values, user=user.login), self.assertRaises(UserError):
                    flag.with_user(user).write(values)
        for values in ({"outcome": "kept"}, {"raised_at": "2026-01-01 00:00:00"}, {"first_due_date": "2026-12-31"}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.raise_flag(self.make_deal(), **values)
        self.assertEqual((flag.outcome, flag.lead_id), ("open", deal))

    def test_context_does_not_write_either(self):
        deal = self.make_deal()
        past = {"default_outcome": "kept", "default_closed_at": "2026-01-01 00:00:00", "default_lead_id": deal.id}
        flag = (
            self.Flag.with_user(self.seller)
            .with_context(**past)
            .create({"note": "About to act", "partner_id": self.customer.id, "kind": "reorder"})
        )
        self.assertEqual((flag.outcome, flag.closed_at, flag.lead_id), ("open", False, self.Lead))
        stranger = self.make_deal(user_id=self.colleague.id)
        secret = self.raise_flag(stranger, user=self.colleague, note="Secret")
        born = self.Lead.with_user(self.seller).with_context(default_hot_flag_id=secret.id, default_is_hot=True)
        deals = born.create([{"name": "Born cold"}, {"name": "Born cold", "hot_flag_id": secret.id, "is_hot": True}])
        self.assertEqual((deals.mapped("is_hot"), deals.mapped("hot_note")), ([False, False], [False, False]))
        for values in ({"is_hot": True}, {"hot_flag_id": secret.id}, {"hot_due_date": "2026-12-31"}):
            deals.write(values)
        self.env.flush_all()
        self.env.invalidate_all()
        for name in ("is_hot", "was_hot", "hot_flag_id", "hot_due_date"):
            self.assertFalse(any(deals.mapped(name)), name)

    def test_an_exported_list_is_imported_again(self):
        """What says whether deals are hot has no effect; the other columns have."""
        hot, cold = self.make_deal(name="Hot"), self.make_deal(name="Cold")
        self.raise_flag(hot)
        self.env.flush_all()
        deals, names = (hot + cold).with_user(self.seller), [".id", "name", "is_hot", "hot_due_date"]
        forged = (["False", ""], ["True", "2026-12-31"])
        rows = [list(map(str, row)) for row in (hot + cold).export_data(names)["datas"]]
        self.assertEqual([row[2] for row in rows], ["True", "False"])
        rows = [[row[0], f"{row[1]} 2", *others] for row, others in zip(rows, forged, strict=True)]
        found = deals.load(names, rows)
        self.assertEqual((found["ids"], found["messages"]), (deals.ids, []))
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(deals.mapped("name"), ["Hot 2", "Cold 2"])
        self.assertEqual((deals.mapped("is_hot"), cold.hot_due_date), ([True, False], False))

    def test_a_past_of_its_own_in_superuser_mode(self):
        deal = self.make_deal()
        flag = self.Flag.create(
            {
                "note": "Signed late",
                "lead_id": deal.id,
                "due_date": "2026-02-10",
                "first_due_date": "2026-02-01",
                "raised_at": "2026-01-20 08:00:00",
                "outcome": "kept",
                "closed_at": "2026-02-11 08:00:00",
            }
        )
        self.assertEqual((flag.days_late, flag.first_due_date, flag.outcome), (10, date(2026, 2, 1), "kept"))
        self.assertHot(deal, self.Flag)

    def test_the_number_of_flags_is_the_reader_s(self):
        """One transaction may read for several people, who see different flags."""
        deal, _flag = self.make_hot_deal()
        self.assertEqual(deal.with_user(self.manager).hot_flag_count, 1)
        self.assertEqual(deal.with_user(self.colleague).hot_flag_count, 0)
        self.assertEqual(deal.with_user(self.manager).hot_flag_count, 1)

    def test_a_company_that_is_not_known_yet(self):
        """Raw SQL has made it, and another process keeps the companies of before."""
        reader = self.env["crm.pipeline.reader"]
        context = reader._read_context()
        companies = {None: context.companies[None]}
        with patch.object(type(reader), "_read_context", lambda _self: context._replace(companies=companies)):
            flag = self.raise_flag(self.customer)
            flag.action_settle("kept")
            self.env.cr.flush()
        self.assertEqual((flag.outcome, flag.currency_id), ("kept", self.company.currency_id))

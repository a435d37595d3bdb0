from datetime import timedelta

from lxml import etree

from odoo import Command
from odoo.addons.sales_process_control.ledger import outcomes
from odoo.addons.sales_process_control.models.chance.crm_lead import REFRESH_POSITION
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .chance_common import ChanceCase

NAMES = ["chance", "chance_by_closing", "expected_amount"]


@tagged("post_install", "-at_install")
class TestLeadChance(ChanceCase):
    """The chance of a deal, its chance by closing and its expected amount."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.company_ids = cls.company
        # Most deals in Bidding are decided after some weeks; those in Negotiation soon, and well.
        for days in range(1, 61):
            cls.add_won_and_lost(cls.bidding, won=1, lost=3 if days < 30 else 1, days=days)
        for days in range(1, 16):
            cls.add_won_and_lost(cls.talks, won=3, lost=1, days=days)
        cls.add_visits(*[(cls.needs, 90, days, outcomes.ADVANCED, cls.bidding) for days in range(1, 26)])
        cls.add_visits(*[(cls.needs, 90, days, outcomes.LOST) for days in range(1, 26)])
        cls.Chance._rebuild()
        cls.chances = cls.Chance._chances(cls.company)

    def deal(self, stage=None, days=0, closing=None, **values):
        """Make a deal that came into its stage some days ago."""
        self.set_time(self.start - timedelta(days=days))
        deal = self.make_deal(
            stage_id=(stage or self.bidding).id,
            date_deadline=closing is not None and self.today + timedelta(days=closing),
            **values,
        )
        self.set_time(self.start)
        self.env.cr.flush()
        self.refresh()
        return deal

    def refresh(self):
        """Refresh the chances of all deals, as the nightly jobs do."""
        self.Lead._cron_refresh_chances()
        self.env.invalidate_all()

    def expected(self, deal, within=None):
        """Return the chance of a deal as the pure function computes it."""
        age = (self.today - deal.stage_entered_at.date()).days
        stage = deal.stage_id.id
        return self.chances.in_the_end(stage, age) if within is None else self.chances.within(stage, age, within)

    def test_equal_to_the_chances(self):
        for stage in (self.bidding, self.talks, self.needs, self.contact):
            for days in (0, 1, 10, 40, 200):
                with self.subTest(stage=stage.name, days=days):
                    deal = self.deal(stage, days, expected_revenue=1000)
                    self.assertAlmostEqual(deal.chance, self.expected(deal), 9)
                    self.assertAlmostEqual(deal.expected_amount, 1000 * deal.chance, 2)
                    self.assertIsNone(deal.chance_by_closing)

    def test_by_closing(self):
        for closing in (7, 14, 30, 60, 90, 180, 366):
            deal = self.deal(days=12, closing=closing)
            self.assertAlmostEqual(deal.chance_by_closing, self.expected(deal, closing), 9)
        for closing in (1, 3, 10, 22, 45, 75, 130, 300):
            deal = self.deal(days=12, closing=closing)
            self.assertAlmostEqual(deal.chance_by_closing, self.expected(deal, closing), delta=0.02)
        today, tomorrow, never = self.deal(closing=0), self.deal(closing=1), self.deal(closing=1000)
        self.assertEqual(today.chance_by_closing, tomorrow.chance_by_closing)
        self.assertEqual(never.chance_by_closing, self.deal(closing=366).chance_by_closing)
        passed = self.deal(closing=-1)
        self.assertIsNone(passed.chance_by_closing)
        self.assertGreater(passed.chance, 0)

    def test_only_open_deals(self):
        won, lost, archived, lead, nowhere = (self.deal(closing=30) for _number in range(5))
        won.action_set_won()
        lost.action_set_lost()
        archived.action_archive()
        lead.type = "lead"
        nowhere.stage_id = False
        self.env.cr.flush()
        for deal in (won, lost, archived, lead):
            self.assertEqual([deal[name] for name in NAMES], [None] * 3)
            self.assertEqual(deal.read(NAMES)[0], {"id": deal.id, **dict.fromkeys(NAMES, False)})
            self.assertFalse(deal.chance_evidence)
        # Without a stage: the chance over all stages.
        self.assertEqual(nowhere.chance, self.deal(self.contact).chance)

    def test_not_known_yet(self):
        other = self.env["res.company"].create({"name": "New Company"})
        deal = self.deal(closing=30, days=3, company_id=other.id, team_id=False, user_id=False)
        self.Chance._rebuild()
        self.refresh()
        self.assertEqual([deal[name] for name in NAMES], [None] * 3)
        self.assertEqual(deal.chance_evidence, "Not known yet: too few opportunities were won or lost.")

    def test_new_and_deleted_stage(self):
        """A new stage has the chance over all stages; rows of a deleted one are gone."""
        new = self.env["crm.stage"].create({"name": "Pilot", "sequence": 35, "team_ids": [Command.set(self.team.ids)]})
        deal = self.deal(new, 4)
        self.assertAlmostEqual(deal.chance, self.Chance._chances(self.company).in_the_end(None, 0), 9)
        self.assertTrue(self.Chance.search([("stage_id", "=", self.needs.id)]))
        self.needs.unlink()
        self.assertFalse(self.Chance.search([("stage_id.name", "=", "Needs Analysis")]))
        self.Chance._rebuild()
        self.refresh()
        # The visits of the deleted stage count over all stages.
        self.assertAlmostEqual(deal.chance, self.Chance._chances(self.company).in_the_end(None, 0), 9)

    def test_time_zones(self):
        """Days are those of the company: at 20:00 UTC it is tomorrow in Shanghai."""
        other = self.env["res.company"].create({"name": "Shanghai"})
        other.resource_calendar_id.tz = "Asia/Shanghai"
        self.company.resource_calendar_id.tz = "UTC"
        self.add_won_and_lost(self.talks, won=0, lost=12, company=other)
        for days in range(1, 61):
            self.add_won_and_lost(self.bidding, won=1, lost=3 if days < 30 else 1, days=days, company=other)
        self.Chance._rebuild()
        here = self.deal(days=2, closing=20)
        there = self.deal(days=2, closing=20, company_id=other.id, team_id=False, user_id=False)
        self.set_time(self.start.replace(hour=20))
        self.refresh()
        chances = self.Chance._chances(other)
        self.assertAlmostEqual(here.chance, self.Chance._chances(self.company).in_the_end(self.bidding.id, 2), 9)
        self.assertAlmostEqual(there.chance, chances.in_the_end(self.bidding.id, 3), 9)
        self.assertAlmostEqual(there.chance_by_closing, chances.within(self.bidding.id, 3, 19), 2)
        self.assertEqual(self.Lead.search([("chance", ">", 0)], order="chance"), (here + there).sorted("chance"))

    def test_sort_search_group(self):
        deals = self.Lead.browse(
            self.deal(stage, days, closing, expected_revenue=amount).id
            for stage, days, closing, amount in (
                (self.bidding, 0, 20, 500),
                (self.bidding, 33, None, 0),
                (self.talks, 2, 3, 1200),
                (self.talks, 9, 100, 70),
                (self.needs, 5, -4, 800),
            )
        )
        lost = self.deal(closing=30)
        lost.action_set_lost()
        self.env.cr.flush()
        found = self.Lead.search([("id", "in", deals.ids)], order="chance desc, id")
        self.assertEqual(found, deals.sorted(lambda deal: (-deal.chance, deal.id)))
        # What is not known is at the end of both orders.
        everything = [("id", "in", (deals + lost).ids), ("active", "in", [True, False])]
        for order in ("chance", "chance desc", "chance_by_closing desc", "expected_amount desc"):
            self.assertIsNone(self.Lead.search(everything, order=order)[-1][order.split(maxsplit=1)[0]])
        self.assertEqual(self.Lead.search(everything, order="chance desc")[-1], lost)
        for name in NAMES:
            with self.subTest(name=name):
                self._check_search(deals + lost, name, everything)
        groups = self.Lead._read_group(everything, ["stage_id"], ["expected_amount:sum", "chance:avg", "__count"])
        for stage, amount, chance, count in groups:
            inside = deals.filtered(lambda deal, stage=stage: deal.stage_id == stage)
            self.assertAlmostEqual(amount, sum(inside.mapped("expected_amount")), 1)
            self.assertAlmostEqual(chance, sum(inside.mapped("chance")) / len(inside), 9)
            self.assertEqual(count, len(inside) + (stage == lost.stage_id))
        for description in self.Lead.fields_get(NAMES).values():
            self.assertTrue(description["sortable"] and description["aggregator"])

    def _check_search(self, deals, name, domain):
        """Compare searches with the values that Python reads."""
        known = deals.filtered(lambda deal: deal[name] is not None).sorted(name)
        low, limit, high = known[:2], known[2], known[3:]
        above, below = limit[name] + 1e-6, limit[name] - 1e-6
        for condition, expected in (
            ((name, "<", below), low),
            ((name, "<=", above), low + limit),
            ((name, ">", above), high),
            ((name, ">=", below), limit + high),
            ((name, "=", False), deals - known),
            ((name, "!=", False), known),
        ):
            self.assertEqual(self.Lead.search([*domain, condition], order="id"), expected.sorted("id"))

    def test_two_currencies(self):
        euro, dollar = self.env.ref("base.EUR"), self.env.ref("base.USD")
        (euro + dollar).active = True
        currency = euro if self.company.currency_id == dollar else dollar
        other = self.env["res.company"].create({"name": "Other Currency", "currency_id": currency.id})
        self.env.user.company_ids += other
        self.add_won_and_lost(self.bidding, won=12, lost=12, company=other)
        self.Chance._rebuild()
        here = self.deal(expected_revenue=1000)
        there = self.deal(expected_revenue=1000, company_id=other.id, team_id=False, user_id=False)
        self.assertEqual(there.company_currency, currency)
        self.assertAlmostEqual(there.expected_amount, 1000 * there.chance, 2)
        leads = self.Lead.with_context(allowed_company_ids=(self.company + other).ids)
        domain = [("id", "in", (here + there).ids)]
        rows = leads._read_group(domain, ["company_id"], ["expected_amount:sum"])
        self.assertEqual(
            {company: round(amount, 2) for company, amount in rows},
            {
                self.company: here.expected_amount,
                other: there.expected_amount,
            },
        )

    def test_access(self):
        own, others = self.deal(days=3), self.deal(days=3, user_id=self.colleague.id)
        foreign = self.env["res.company"].create({"name": "Foreign"})
        self.add_won_and_lost(self.bidding, won=12, lost=12, company=foreign)
        self.Chance._rebuild()
        self.env.invalidate_all()
        seller = self.seller.with_company(self.company)
        self.assertAlmostEqual(own.with_user(seller).chance, self.expected(own), 9)
        with self.assertRaises(AccessError):
            others.with_user(seller).read(["chance"])
        # Exact rates tell how many deals of others were won and lost.
        for method in ("search", "search_count"):
            with self.assertRaises(AccessError):
                getattr(self.Chance.with_user(seller), method)([])
        chances = self.Chance.with_user(self.manager).with_company(self.company).search([])
        self.assertEqual(chances.company_id, self.company)
        for user in (seller, self.manager):
            with self.assertRaises(AccessError):
                chances.with_user(user)[0].write({"chance": 1})
            with self.assertRaises(AccessError):
                self.Chance.with_user(user).create({"age": 1, "day": self.today})
            with self.assertRaises(AccessError):
                chances.with_user(user)[0].unlink()
        with self.assertRaises(AccessError):
            self.Chance.with_user(seller).action_rebuild()
        self.Chance.with_user(self.manager).action_rebuild()
        nobody = new_test_user(self.env, "chance_portal", groups="base.group_portal")
        internal = new_test_user(self.env, "chance_internal", groups="base.group_user")
        for user in (nobody, internal):
            with self.assertRaises(AccessError):
                self.Chance.with_user(user).search([])
            self.assertNotIn("chance", self.Lead.with_user(user).fields_get())

    def test_no_writing(self):
        """What a person gives for a chance has no effect."""
        deal = self.deal(days=3, chance=0.99, expected_amount=10**6)
        before = deal.chance
        self.assertAlmostEqual(before, self.expected(deal), 9)
        for user in (self.seller, self.manager):
            deal.with_user(user).write({"chance": 0.99})
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual(deal.chance, before)

    # ------------------------------------------------------------
    # STORED
    # ------------------------------------------------------------

    def stored(self, deal):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT chance, chance_by_closing, expected_amount::float8 FROM crm_lead WHERE id = %s", [deal.id]
        )
        return list(self.env.cr.fetchone())

    def test_changes_of_a_deal_change_its_chance_at_once(self):
        """With the same numbers as the nightly job, which finds nothing to do."""
        deal = self.deal(days=12, closing=30, expected_revenue=1234.56)
        changes = {
            "another stage": {"stage_id": self.talks.id},
            "an amount": {"expected_revenue": 777.77},
            "a closing": {"date_deadline": self.today + timedelta(days=11)},
            "no closing": {"date_deadline": False},
            "no amount": {"expected_revenue": False},
            "no stage": {"stage_id": False},
            "lost": {"active": False, "probability": 0},
            "open again": {"active": True, "probability": 20},
            "won": {"stage_id": self.signed.id},
        }
        for name, values in changes.items():
            with self.subTest(change=name):
                before = self.stored(deal)
                deal.write(values)
                self.env.cr.flush()
                changed = self.stored(deal)
                self.assertNotEqual(changed, before)
                self.refresh()
                self.assertEqual(self.stored(deal), changed)

    def test_new_deal_has_its_chance_at_once(self):
        deal = self.make_deal(stage_id=self.bidding.id, expected_revenue=500)
        self.env.cr.flush()
        self.assertAlmostEqual(deal.chance, self.expected(deal), 9)
        self.assertEqual(self.stored(deal), [deal.chance, None, deal.expected_amount])

    def test_nightly_refresh(self):
        """Days pass, and raw SQL writes: the job brings open deals up to date, and takes chances from closed ones."""
        deal, lost = self.deal(days=3, closing=30, expected_revenue=100), self.deal(days=3)
        lost.action_set_lost()
        self.env.cr.flush()
        values = {"chance": 0.99, "chance_by_closing": None, "expected_amount": 7}
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE crm_lead SET {name} = %s, write_date = '2020-01-01', date_last_stage_update = '2020-01-02'"
                " WHERE id = ANY(%s)",
                [value, (deal + lost).ids],
            )
        self.env.invalidate_all()
        messages = len(deal.message_ids)
        self.set_time(self.start + timedelta(days=5))
        self.refresh()
        self.assertEqual(self.stored(lost), [None, None, None])
        self.assertAlmostEqual(deal.chance, self.chances.in_the_end(self.bidding.id, 8), 9)
        self.assertAlmostEqual(deal.chance_by_closing, self.chances.within(self.bidding.id, 8, 25), delta=0.02)
        self.assertAlmostEqual(deal.expected_amount, 100 * deal.chance, 2)
        # It is no change of the deal.
        self.assertEqual(str(deal.write_date.date()), "2020-01-01")
        self.assertEqual(str(deal.date_last_stage_update.date()), "2020-01-02")
        self.assertEqual(len(deal.message_ids), messages)

    def test_refresh_in_batches(self):
        deals = self.Lead.browse(self.deal(days=days).id for days in range(5))
        self.env.cr.execute("UPDATE crm_lead SET chance = NULL WHERE id = ANY(%s)", [deals.ids])
        last_id, count = self.Lead._refresh_chances(deals.ids[0], 3)
        self.assertEqual((last_id, count), (deals.ids[3], 3))
        self.env.invalidate_all()
        self.assertEqual([deal.chance is None for deal in deals], [True, False, False, False, True])
        self.assertEqual(self.Lead._refresh_chances(deals.ids[4], 3), (None, 0))

    def test_refresh_goes_on_where_its_time_was_used_up(self):
        deals = self.Lead.browse(self.deal(days=days).id for days in range(3))
        self.env.cr.execute("UPDATE crm_lead SET chance = NULL WHERE id = ANY(%s)", [deals.ids])
        self.env.invalidate_all()
        position = self.env["ir.config_parameter"].sudo()
        position.set_param(REFRESH_POSITION, deals.ids[0])
        self.refresh()
        self.assertEqual([deal.chance is None for deal in deals], [True, False, False])
        self.assertEqual(position.get_param(REFRESH_POSITION), "0")
        # A new table is a reason to refresh all of them.
        position.set_param(REFRESH_POSITION, deals.ids[0])
        self.Chance._cron_rebuild()
        self.refresh()
        self.assertIsNotNone(deals[0].chance)

    def test_refreshed_after_the_table(self):
        job = self.env.ref("sales_process_control.ir_cron_refresh_chances")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", job.id)])
        self.Chance._cron_rebuild()
        self.Chance.with_user(self.manager).with_company(self.company).action_rebuild()
        self.assertEqual(self.env["ir.cron.trigger"].search_count([("cron_id", "=", job.id)]), triggers + 2)

    def test_chances_cost_no_statement(self):
        """A change of a deal takes as many statements as in a company without chances."""
        other = self.env["res.company"].create({"name": "New Company"})
        counts = []
        for company in (self.company, other):
            deal, again = (self.deal(days=3, company_id=company.id, team_id=False, user_id=False) for _n in range(2))
            for lead in (deal, again):
                lead.read(["expected_revenue"])
                before = self.env.cr.sql_log_count
                lead.expected_revenue = 4321
                self.env.cr.flush()
                count = self.env.cr.sql_log_count - before
            counts.append(count)
        self.assertEqual(counts[0], counts[1])

    def test_days_of_another_time_do_not_matter_while_nothing_changes(self):
        """What a list shows is what is stored: it does not change between two nights."""
        deal = self.deal(days=3)
        before = deal.chance
        self.set_time(self.start + timedelta(days=40))
        self.env.invalidate_all()
        self.assertEqual(deal.chance, before)
        self.refresh()
        self.assertNotEqual(deal.chance, before)

    def test_list_needs_one_query(self):
        deals = self.Lead.browse(self.deal(days=days % 50, closing=days).id for days in range(80))
        self.env.invalidate_all()
        deals.mapped("company_currency.rounding")
        with self.assertQueryCount(1):
            deals.mapped("chance")

    def test_evidence(self):
        deal = self.deal(days=45)
        self.assertEqual(deal.chance_evidence, deal.age_outcome)
        self.assertIn("deals that stayed in Bidding longer than 45 days", deal.chance_evidence)

    def test_the_form_says_why_a_chance_is_not_known(self):
        """A known chance may be 0."""
        deal = self.deal(days=3)
        arch = etree.fromstring(self.Lead.with_user(self.seller).get_view(view_type="form")["arch"])
        (reason,) = arch.xpath("//div[contains(@class, 'o_chance_evidence')]")
        for chance, is_hidden in ((None, False), (0, True), (0.2, True)):
            self.env.cr.execute("UPDATE crm_lead SET chance = %s WHERE id = %s", [chance, deal.id])
            self.env.invalidate_all()
            (values,) = deal.read(["is_chance_known", "chance_evidence"])
            with self.subTest(chance=chance):
                self.assertEqual(bool(safe_eval(reason.get("invisible"), values)), is_hidden)

    def test_the_form_shows_a_chance_by_closing_of_zero(self):
        deal = self.deal(days=3)
        arch = etree.fromstring(self.Lead.with_user(self.seller).get_view(view_type="form")["arch"])
        (line,) = arch.xpath("//field[@name='chance_by_closing']/..")
        for chance, is_hidden in ((None, True), (0, False), (0.2, False)):
            self.env.cr.execute("UPDATE crm_lead SET chance_by_closing = %s WHERE id = %s", [chance, deal.id])
            self.env.invalidate_all()
            (values,) = deal.read(["is_chance_by_closing_known"])
            with self.subTest(chance=chance):
                self.assertEqual(bool(safe_eval(line.get("invisible"), values)), is_hidden)

    def test_rows_of_screens(self):
        known, unknown, none = (self.deal(days=3) for _number in range(3))
        for deal, chance in ((unknown, None), (none, 0)):
            self.env.cr.execute("UPDATE crm_lead SET chance = %s WHERE id = %s", [chance, deal.id])
        self.env.invalidate_all()
        rows = self.env["crm.workbench.attention"].with_user(self.seller)._describe_deals((known + unknown + none).ids)
        self.assertExactly([row["chance"] for row in rows], [known.chance, False, 0.0])

from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import PipelineCase
from .workbench_common import WorkbenchMixin

#: Statements with which an open page asks whether anything has changed: four for the reader and his company, as each
#: call has, one for his teams, and one for the state.
MOST = 6


@tagged("post_install", "-at_install")
class TestWorkbenchState(WorkbenchMixin, PipelineCase):
    """An open page asks for the state alone. It differs once a record that the page shows has changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.team | cls.other_team).user_id = cls.manager
        cls.env["crm.sales.target"].search([]).unlink()
        cls.customer = cls.env["res.partner"].create({"name": "Customer"})

    def setUp(self):
        super().setUp()
        self.deal = self.make_deal(partner_id=self.customer.id)
        self.theirs = self.make_deal(user_id=self.colleague.id, team_id=self.other_team.id)
        self.env.cr.flush()

    def seen(self, user=None, scope="mine", **choice):
        return self.block_of(user or self.seller, "state", scope, **choice)["seen"]

    def views(self):
        """Return the states of some pages by their names."""
        return {
            "mine": self.seen(),
            "colleague": self.seen(self.colleague),
            "team": self.seen(self.manager, "team"),
            "north": self.seen(self.manager, "all", team_ids=self.team.ids),
            "all": self.seen(self.manager, "all"),
        }

    def assertChanged(self, names, run):
        """Assert that a change is seen on exactly these pages.

        A savepoint has a transaction id of its own, as the transaction of somebody else has.
        """
        before = self.views()
        self.assertEqual(self.views(), before, "asking changes nothing")
        with self.env.cr.savepoint():
            run()
            self.env.cr.flush()
        after = self.views()
        self.assertEqual({name for name in before if before[name] != after[name]}, set(names))

    def test_changes_of_deals(self):
        own = ("mine", "team", "north", "all")
        changes = {
            "name": lambda: self.deal.write({"name": "Another name"}),
            "amount": lambda: self.deal.write({"expected_revenue": 5}),
            "stage": lambda: self.deal.write({"stage_id": self.talks.id}),
            "new": self.make_deal,
            "lost": self.deal.action_set_lost,
            "reopened": self.deal.action_unarchive,
            "deleted": self.deal.unlink,
        }
        for name, run in changes.items():
            with self.subTest(change=name):
                self.assertChanged(own, run)

    def test_a_deal_moves_out_of_the_scope(self):
        changed = ("mine", "colleague", "team", "north", "all")
        self.assertChanged(changed, lambda: self.deal.write({"user_id": self.colleague.id, "team_id": False}))

    def test_one_goes_and_one_comes(self):
        """The number of deals stays the same."""
        gone = self.theirs

        def swap():
            gone.unlink()
            self.make_deal(user_id=self.colleague.id, team_id=self.other_team.id)

        self.assertChanged(("colleague", "team", "all"), swap)

    def test_changes_by_sql(self):
        def write():
            self.env.cr.execute("UPDATE crm_lead SET chance = 0.25 WHERE id = %s", [self.deal.id])

        self.assertChanged(("mine", "team", "north", "all"), write)

    def test_flags_activities_and_meetings(self):
        day = self.start.date()
        own = ("mine", "team", "north", "all")
        flags = self.env["crm.hot.flag"]
        self.assertChanged(own, lambda: flags.create({"note": "Soon", "lead_id": self.deal.id}))
        self.assertChanged(own, lambda: flags.search([("lead_id", "=", self.deal.id)]).unlink())
        activities = []
        self.assertChanged(
            own,
            lambda: activities.append(
                self.deal.activity_schedule("mail.mail_activity_data_call", date_deadline=day, user_id=self.seller.id)
            ),
        )
        self.assertChanged(own, activities[0].unlink)
        meeting = {"opportunity_id": self.deal.id, "user_id": self.seller.id, "name": "Talk", "partner_ids": []}
        times = {"start": self.start, "stop": self.start + timedelta(hours=1)}
        self.assertChanged(own, lambda: self.env["calendar.event"].create({**meeting, **times}))
        self.assertChanged(own, self.env["calendar.event"].search([("name", "=", "Talk")]).unlink)

    def test_stars_and_targets(self):
        # Key customers are watched wherever they belong.
        self.assertChanged(self.views(), lambda: self.customer.write({"is_key_customer": True}))
        targets = self.env["crm.sales.target"]
        month = {"month": "2026-03-01", "amount": 100}
        self.assertChanged(("mine",), lambda: targets.create({**month, "user_id": self.seller.id}))
        self.assertChanged(("team", "north"), lambda: targets.create({**month, "team_id": self.team.id}))
        self.assertChanged(("all",), lambda: targets.create(month))

    def test_only_blocks_with_changed_records_differ(self):
        def differing(run):
            before = self.seen()
            with self.env.cr.savepoint():
                run()
                self.env.cr.flush()
            after = self.seen()
            return {key for key in before if before[key] != after[key]}

        blocks = set(self.seen())
        self.assertEqual(blocks, set(self.block_keys("mine")) - {"state"})
        month = {"month": "2026-03-01", "amount": 100, "user_id": self.seller.id}
        self.assertEqual(differing(lambda: self.env["crm.sales.target"].create(month)), {"totals"})
        self.assertEqual(differing(lambda: self.customer.write({"is_key_customer": True})), {"customers"})
        self.assertEqual(differing(lambda: self.deal.write({"name": "Another name"})), blocks)
        self.assertEqual(differing(lambda: self.theirs.write({"name": "Another name"})), set())

    def test_memberships_of_the_reader(self):
        before = self.seen()
        self.other_team.member_ids = [Command.link(self.seller.id)]
        self.env.cr.flush()
        self.assertNotEqual(self.seen(), before)

    def test_rules_and_teams_of_the_reader(self):
        model = self.env["ir.model"]._get_id("crm.lead")
        domain = f"[('id', '!=', {self.deal.id})]"

        def hide():
            self.env["ir.rule"].create({"name": "Not this one", "model_id": model, "domain_force": domain})

        self.assertChanged(("mine", "team", "north", "all"), hide)
        before = self.seen(self.manager, "team")
        self.other_team.user_id = False
        self.assertNotEqual(self.seen(self.manager, "team"), before)

    def test_midnight_of_the_reader(self):
        self.set_time(self.start.replace(hour=14, minute=59))
        before = {zone: self.seen(tz=zone) for zone in ("Asia/Tokyo", "UTC")}
        self.set_time(self.start.replace(hour=15, minute=1))
        after = {zone: self.seen(tz=zone) for zone in ("Asia/Tokyo", "UTC")}
        self.assertNotEqual(after["Asia/Tokyo"], before["Asia/Tokyo"])
        self.assertEqual(after["UTC"], before["UTC"])

    def test_deals_of_another_company(self):
        second = self.env["res.company"].create({"name": "Second Company"})
        self.manager.company_ids = [Command.link(second.id)]
        here = {"allowed_company_ids": self.company.ids}
        both = {"allowed_company_ids": [self.company.id, second.id]}
        before = [self.seen(self.manager, "all", **context) for context in (here, both)]
        self.make_deal(company_id=second.id, team_id=False, user_id=False)
        after = [self.seen(self.manager, "all", **context) for context in (here, both)]
        self.assertEqual(after[0], before[0])
        self.assertNotEqual(after[1], before[1])

    def test_the_page_has_the_state_from_before_its_blocks(self):
        answer = self.workbench_of(self.seller)
        self.assertEqual(next(iter(answer["blocks"])), "state")
        self.assertEqual(answer["blocks"]["state"]["seen"], self.seen())
        self.assertEqual(answer["read_at"], "2026-03-02 09:00:00")

    def test_few_statements(self):
        for user, scope in (
            (self.seller, "mine"),
            (self.manager, "mine"),
            (self.manager, "team"),
            (self.manager, "all"),
        ):
            self.workbench_of(user, scope, ["state"])
            before = self.env.cr.sql_log_count
            self.workbench_of(user, scope, ["state"])
            with self.subTest(user=user.login, scope=scope):
                self.assertLessEqual(self.env.cr.sql_log_count - before, MOST)

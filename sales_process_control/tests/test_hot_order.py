from lxml import etree

from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from .hot_common import HotCase

VIEWS = (
    ("crm.crm_case_kanban_view_leads", "kanban"),
    ("crm.crm_case_tree_view_oppor", "list"),
    ("crm.crm_lead_view_form", "form"),
    ("crm.view_crm_case_opportunities_filter", "search"),
    ("base.view_partner_form", "form"),
    ("base.view_partner_tree", "list"),
    ("base.res_partner_kanban_view", "kanban"),
)
SELLERS_ONLY = {"is_hot", "hot_note", "hot_due_date", "hot_flag_count"}


class TestHotOrder(HotCase):
    """The pipeline as a seller finds it: who is hot comes first, and filters find what needs care."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.needs.rotting_threshold_days = 12

    def names(self, domain=(), order=None):
        leads = self.Lead.with_user(self.seller).search([("type", "=", "opportunity"), *domain], order=order)
        return leads.mapped("name")

    def filtered(self, name):
        """Names of the deals that a filter of the pipeline finds, as a seller."""
        view = self.env.ref("crm.view_crm_case_opportunities_filter")
        arch = etree.fromstring(self.Lead.with_user(self.seller).get_view(view.id, "search")["arch"])
        [item] = arch.xpath(f"//filter[@name='{name}']")
        return set(self.names(safe_eval(item.get("domain"), {"uid": self.seller.id})))

    def plan_of(self, domain, limit, user=None):
        """How the database would find these deals, if it could neither sort nor read the whole table."""
        query = self.Lead.with_user(user or self.env.user)._search(domain, order=self.Lead._order, limit=limit)
        self.env.cr.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off; ANALYZE crm_lead")
        return "\n".join(line for (line,) in self.env.execute_query(SQL("EXPLAIN %s", query.select("id"))))

    def test_hot_first_and_then_as_before(self):
        plain, starred, _newest = (self.make_deal(name=name) for name in ("plain", "starred", "newest"))
        starred.priority = "2"
        self.assertEqual(self.names(), ["starred", "newest", "plain"])
        flag = self.raise_flag(plain)
        self.assertEqual(self.names(), ["plain", "starred", "newest"])
        flag.action_settle("broken")
        self.assertEqual(self.names(), ["starred", "newest", "plain"])

    def test_board_and_list_read_hot_first(self):
        self.make_deal(name="cold", priority="3")
        self.make_hot_deal({"name": "hot"})
        leads = self.Lead.with_user(self.seller)
        board = leads.web_read_group(
            [("type", "=", "opportunity")],
            ["stage_id"],
            auto_unfold=True,
            unfold_read_specification={"name": {}},
        )
        [column] = [group for group in board["groups"] if group["stage_id"][0] == self.contact.id]
        self.assertEqual([record["name"] for record in column["__records"]][:2], ["hot", "cold"])
        listed = leads.web_search_read([("type", "=", "opportunity")], {"name": {}}, limit=80)["records"]
        self.assertEqual([record["name"] for record in listed], ["hot", "cold"])

    def test_a_chosen_order_is_followed(self):
        self.make_deal(name="b", expected_revenue=2)
        self.make_hot_deal({"name": "a", "expected_revenue": 1})
        self.assertEqual(self.names(order="expected_revenue desc"), ["b", "a"])
        leads = self.Lead.with_user(self.seller).search([], order="my_activity_date_deadline asc")
        self.assertEqual(set(leads.mapped("name")), {"a", "b"})

    def test_orders_are_answered_by_indexes(self):
        self.fill_the_pipeline()
        opportunities = [("type", "=", "opportunity")]
        self.assertIn("crm_lead_hot_order_index", self.plan_of(opportunities, 80))
        column = self.plan_of([*opportunities, ("stage_id", "=", self.contact.id)], 40)
        self.assertIn("crm_lead_stage_hot_order_index", column)
        own = self.plan_of([*opportunities, ("user_id", "=", self.seller.id)], 80, self.seller)
        self.assertIn("crm_lead_user_hot_order_index", own)

    def test_the_database_knows_how_many_deals_one_has(self):
        """One's own deals are asked for twice, by a filter and by the record rule."""
        self.fill_the_pipeline()
        domain = [("type", "=", "opportunity"), ("user_id", "=", self.seller.id)]
        number = self.Lead.search_count(domain)
        query = self.Lead.with_user(self.seller)._search(domain)
        [(first, *_others)] = self.env.execute_query(SQL("EXPLAIN (FORMAT JSON) %s", query.select("id")))
        self.assertGreater(first[0]["Plan"]["Plan Rows"], number / 2)

    def fill_the_pipeline(self):
        """Many deals: of a single one, or of a single salesperson, any index is as good as another."""
        # A column of the board and a salesperson hold few of them, or reading all in their order would cost no more.
        stages = [self.contact.id, *[self.needs.id] * 7, *[self.bidding.id] * 6, *[self.talks.id] * 6]
        users = [self.seller.id, *[self.colleague.id] * 10, *[self.manager.id] * 9]
        self.env.cr.execute(
            """
            INSERT INTO crm_lead (name, type, active, won_status, stage_id, user_id, team_id, priority, is_hot)
            SELECT 'Deal', 'opportunity', TRUE, 'pending', (%s::int[])[1 + number %% 20],
                   (%s::int[])[1 + number / 20 %% 20], %s, '0', number %% 50 = 0
            FROM generate_series(1, 3000) number
            """,
            [stages, users, self.team.id],
        )
        self.env.cr.execute("ANALYZE crm_lead")

    def test_filters_of_hot_deals(self):
        self.make_deal(name="cold")
        self.make_hot_deal({"name": "late"}, due_date=self.day(1))
        self.make_hot_deal({"name": "today"}, due_date=self.day(3))
        self.make_hot_deal({"name": "undated"})
        self.pass_time(days=3)
        self.assertEqual(self.filtered("is_hot"), {"late", "today", "undated"})
        self.assertEqual(self.filtered("overdue_promises"), {"late"})

    def test_filters_of_pace_and_next_action(self):
        self.make_deal(name="stalled", stage_id=self.needs.id)
        planned = self.make_deal(name="planned", stage_id=self.needs.id)
        self.pass_time(days=20)
        today = self.env.cr.now().date()
        planned.activity_schedule("mail.mail_activity_data_todo", today, user_id=self.seller.id)
        self.make_deal(name="lost").action_set_lost()
        self.make_deal(name="won").action_set_won()
        self.env.cr.flush()
        self.assertEqual(self.filtered("pace_stalled"), {"stalled"})
        self.assertEqual(self.filtered("pace_slow"), {"planned"})
        self.assertEqual(self.filtered("no_next_action"), {"stalled"})

    def test_no_next_action_after_one_was_done(self):
        deal = self.make_deal(name="called")
        self.make_deal(name="never called")
        for _time in range(2):
            call = deal.activity_schedule("mail.mail_activity_data_call", user_id=self.seller.id)
            self.assertEqual(self.filtered("no_next_action"), {"never called"})
            call.action_feedback(feedback="Called")
            self.assertEqual(self.filtered("no_next_action"), {"called", "never called"})

    def test_groups_by_pace(self):
        self.make_deal(stage_id=self.needs.id)
        self.make_deal()
        self.pass_time(days=20)
        groups = self.Lead.formatted_read_group([("type", "=", "opportunity")], ["pace"], ["__count"])
        self.assertEqual({group["pace"]: group["__count"] for group in groups}, {"stalled": 1, "on_pace": 1})


class TestHotViews(HotCase):
    """What Odoo's own screens of deals and contacts gain, and for whom."""

    def arch_of(self, user, view, view_type):
        view = self.env.ref(view)
        return etree.fromstring(self.env[view.model].with_user(user).get_view(view.id, view_type)["arch"])

    def nodes_of(self, view, view_type):
        """[(tag, name)] of all that a person uses in a view, in its order."""
        nodes = self.arch_of(self.manager, view, view_type).iter("field", "button", "filter", "widget")
        return [(node.tag, node.get("name")) for node in nodes]

    def test_nothing_of_odoos_views_is_gone_or_elsewhere(self):
        mine = self.env["ir.ui.view"].search([("inherit_id", "!=", False)])
        mine = mine.filtered(lambda view: (view.xml_id or "").startswith("sales_process_control."))
        for view, view_type in VIEWS:
            with self.subTest(view=view):
                now = iter(self.nodes_of(view, view_type))
                mine.active = False
                bare = self.nodes_of(view, view_type)
                mine.active = True
                missing = [node for node in bare if node not in now]
                self.assertFalse(missing, "Removed, or moved before what stood before it")

    def test_contacts_show_flags_to_sellers_only(self):
        internal = self.env["res.users"].create(
            {"name": "No seller", "login": "no_seller", "group_ids": [(6, 0, self.env.ref("base.group_user").ids)]}
        )
        for view, view_type in VIEWS[-3:]:
            for user, is_shown in ((self.seller, True), (internal, False)):
                with self.subTest(view=view, user=user.name):
                    names = {node.get("name") for node in self.arch_of(user, view, view_type).iter("field")}
                    self.assertEqual(bool(SELLERS_ONLY & names), is_shown)

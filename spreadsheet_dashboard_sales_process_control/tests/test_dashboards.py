import json

from odoo import Command
from odoo.addons.spreadsheet.utils.validate_data import odoo_charts
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

MODULE = "spreadsheet_dashboard_sales_process_control"
#: A choice in each filter.
VALUES = {"team": ("in", [1]), "user": ("in", [1]), "period": (">=", "2026-01-01")}
NAMES = ("spreadsheet_dashboard_sales_process", "spreadsheet_dashboard_my_sales_process")


@tagged("post_install", "-at_install")
class TestDashboards(TransactionCase):
    """Two dashboards, whose numbers are those of the module's reports, for those who may read the records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager_board, cls.own_board = (cls.env.ref(f"{MODULE}.{name}") for name in NAMES)
        groups = "sales_team.group_sale_salesman"
        cls.seller = new_test_user(cls.env, "board_seller", groups=groups)
        cls.colleague = new_test_user(cls.env, "board_colleague", groups=groups)
        cls.manager = new_test_user(cls.env, "board_manager", groups="sales_team.group_sale_manager")

    def documents(self):
        for board in self.manager_board + self.own_board:
            yield board, json.loads(board.spreadsheet_data)

    def sources(self, document):
        """Yield (model, domain, fields to group by, measures, fields of filters, action) of each pivot and chart."""
        for pivot in document["pivots"].values():
            rows = [
                f"{row['fieldName']}:{row['granularity']}" if "granularity" in row else row["fieldName"]
                for row in pivot["rows"]
            ]
            measures = [measure["id"] for measure in pivot["measures"]]
            yield pivot["model"], pivot["domain"], rows, measures, pivot["fieldMatching"], pivot["actionXmlId"]
        for chart in odoo_charts(document):
            data = chart["metaData"]
            domain = chart["searchParams"]["domain"]
            yield (
                data["resModel"],
                domain,
                data["groupBy"],
                [data["measure"]],
                chart["fieldMatching"],
                chart["actionXmlId"],
            )

    def conditions(self, text, user, companies=None):
        """Return the domain that a text is for a reader, as the web client reads it."""
        companies = companies or user.company_id
        return safe_eval(text, {"uid": user.id, "allowed_company_ids": companies.ids})

    def aggregates(self, model, measures):
        """Return measures with the aggregators that Odoo's spreadsheets take."""
        fields = model.fields_get(attributes=["aggregator"])
        return [
            name if ":" in name or name == "__count" else f"{name}:{fields[name]['aggregator']}" for name in measures
        ]

    def test_salespeople_have_one_and_managers_have_both(self):
        boards = self.env["spreadsheet.dashboard"]
        ours = [("id", "in", (self.manager_board + self.own_board).ids)]
        portal = new_test_user(self.env, "board_portal", groups="base.group_portal")
        employee = new_test_user(self.env, "board_employee", groups="base.group_user")
        self.assertEqual(boards.with_user(self.seller).search(ours), self.own_board)
        self.assertEqual(boards.with_user(self.manager).search(ours), self.manager_board + self.own_board)
        self.assertFalse(boards.with_user(employee).search(ours))
        self.assertFalse(boards.with_user(portal).has_access("read"))

    def test_odoo_finds_no_fault(self):
        # Odoo checks models, fields and menus in tests only.
        (self.manager_board + self.own_board)._check_spreadsheet_data()

    def test_salespeople_can_read_all_of_it(self):
        for board, document in self.documents():
            for model, domain, groups, measures, matching, action in self.sources(document):
                with self.subTest(board.name, model=model, groups=groups, measures=measures):
                    records = self.env[model].with_user(self.seller)
                    given = self.conditions(domain, self.seller) if isinstance(domain, str) else domain
                    chosen = [(match["chain"], *VALUES[key]) for key, match in matching.items()]
                    records.formatted_read_group([*given, *chosen], groups, self.aggregates(records, measures))
                    self.assertEqual(self.env.ref(action).res_model, model)

    def test_a_salesperson_gets_numbers_of_own_deals(self):
        deals = self.env["crm.lead"].create(
            [
                {"name": "Board", "type": "opportunity", "user_id": user.id, "expected_revenue": amount}
                for user, amount in ((self.seller, 300), (self.colleague, 500))
            ]
        )
        deals.action_set_won()
        self.env.cr.flush()
        [document] = [document for board, document in self.documents() if board == self.own_board]
        [won] = [
            pivot
            for pivot in document["pivots"].values()
            if pivot["domain"] == [["won", "=", 1]]
            and not pivot["rows"]
            and pivot["fieldMatching"]["period"]["offset"] == 0
        ]
        amounts = {
            user: self.env["crm.win.report"]
            .with_user(user)
            .formatted_read_group(
                [*won["domain"], ("lead_id", "in", deals.ids)], [], ["won:sum", "amount:sum_currency"]
            )
            for user in (self.seller, self.manager)
        }
        self.assertEqual(amounts[self.seller][0]["amount:sum_currency"], 300)
        self.assertEqual(amounts[self.manager][0]["amount:sum_currency"], 800)

    def test_amounts_are_added_up_in_the_currency_of_the_company(self):
        for board, document in self.documents():
            for model, _domain, _groups, measures, _matching, _action in self.sources(document):
                names = [measure for measure in measures if not measure.endswith(":sum_currency")]
                kinds = {self.env[model]._fields[name.partition(":")[0]].type for name in names if name != "__count"}
                with self.subTest(board.name, model=model):
                    self.assertNotIn("monetary", kinds, "a sum of several currencies")

    def test_boxes_open_nothing_and_bars_have_one_color(self):
        # A menu opens other records than those of a box. Colors of a second group follow the order of the data.
        for board, document in self.documents():
            with self.subTest(board.name):
                self.assertFalse(document["chartOdooMenusReferences"])
                for chart in odoo_charts(document):
                    self.assertEqual((len(chart["metaData"]["groupBy"]), len(chart["dataSets"])), (1, 1))

    def test_targets_are_compared_with_what_their_company_won(self):
        # The second company has no target. What it won is not held against that of the first.
        elsewhere = self.env["res.company"].create({"name": "Board without a target"})
        companies = self.env.company + elsewhere
        self.manager.company_ids = [Command.link(elsewhere.id)]
        deals = self.env["crm.lead"].create(
            [
                {
                    "name": "Board",
                    "type": "opportunity",
                    "company_id": company.id,
                    "user_id": self.manager.id,
                    "team_id": False,
                    "expected_revenue": amount,
                }
                for company, amount in zip(companies, (100, 700), strict=True)
            ]
        )
        deals.action_set_won()
        self.env["crm.sales.target"].create(
            [{"month": "2031-05-01", "user_id": user, "amount": 200} for user in (False, self.manager.id)]
        )
        self.env.cr.flush()
        ours = {"crm.win.report": ("lead_id", "in", deals.ids), "crm.sales.target": ("month", "=", "2031-05-01")}
        for board, document in self.documents():
            found = {}
            for model, domain, _rows, _measures, matching, _action in self.sources(document):
                if isinstance(domain, str):
                    self.assertFalse(matching, "whatever the filters")
                    records = self.env[model].with_user(self.manager).with_context(allowed_company_ids=companies.ids)
                    rows = records.search([*self.conditions(domain, self.manager, companies), ours[model]])
                    found[model] = rows.mapped("amount")
            with self.subTest(board.name):
                self.assertEqual(found, {"crm.sales.target": [200], "crm.win.report": [100]})

    def test_two_currencies(self):
        other = self.env.ref("base.EUR") if self.env.company.currency_id.name != "EUR" else self.env.ref("base.USD")
        other.active = True
        self.env["res.currency.rate"].create({"currency_id": other.id, "rate": 2, "name": "2020-01-01"})
        elsewhere = self.env["res.company"].create({"name": "Board abroad", "currency_id": other.id})
        self.manager.company_ids = [Command.link(elsewhere.id)]
        companies = (self.env.company + elsewhere).ids
        deals = self.env["crm.lead"].create(
            [
                {
                    "name": "Board",
                    "type": "opportunity",
                    "company_id": company,
                    "user_id": False,
                    "team_id": False,
                    "expected_revenue": 100,
                }
                for company in companies
            ]
        )
        self.env.cr.flush()
        rows = self.env["crm.stage.dwell.report"].with_user(self.manager).with_context(allowed_company_ids=companies)
        [group] = rows.formatted_read_group([("lead_id", "in", deals.ids)], [], ["amount:sum_currency"])
        self.assertEqual(group["amount:sum_currency"], 150)

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..models.setup.ir_filters import FAVOURITES
from .progress_common import ProgressCase

#: Keys that graph and pivot read from the context of a favourite, and no others.
KEYS = {
    "group_by",
    "graph_groupbys",
    "graph_measure",
    "graph_mode",
    "graph_stacked",
    "graph_cumulated",
    "pivot_row_groupby",
    "pivot_column_groupby",
    "pivot_measures",
}

#: The deals of the rows that each favourite finds in the story of :meth:`TestFavourites.tell_story`.
FOUND = {
    "pipeline_by_stage": ["Back"] * 3 + ["Jumped"] * 3 + ["Lost"] * 2 + ["Pushed"] * 3 + ["Won"] * 2,
    # Without both lines of each move.
    "movements_by_kind": ["Back", "Jumped"] + ["Lost"] * 2 + ["Pushed"] * 3 + ["Won"] * 2,
    "won_and_lost": ["Lost", "Won"],
    "pushed_out": ["Pushed"],
    "conversion_by_salesperson": ["Back"] * 2 + ["Jumped"] * 3 + ["Lost", "Pushed", "Won"],
    "conversion_by_month": ["Back"] * 2 + ["Jumped"] * 3 + ["Lost", "Pushed", "Won"],
    "lost_by_reason": ["Lost"],
    # A skipped stage has no days.
    "days_by_salesperson": ["Back"] * 2 + ["Jumped"] * 2 + ["Lost", "Pushed", "Won"],
    "days_by_month": ["Back"] * 2 + ["Jumped"] * 2 + ["Lost", "Pushed", "Won"],
    "actions_taken": ["Back", "Jumped", "Lost", "Pushed"],
    "win_rate_by_salesperson": ["Lost", "Won"],
    "won_amount_by_team": ["Won"],
    "lost_by_stage": ["Lost"],
    "promises_by_salesperson": ["Won"],
    "hot_flag_outcomes": ["Pushed", "Won"],
    "reactions_by_action": ["Pushed"],
    "skipped_stages": ["Jumped"],
    "moved_back": ["Back"],
    "forecast_by_night": ["company"],
}


@tagged("post_install", "-at_install")
class TestFavourites(ProgressCase):
    """The favourites of the reports that the module installs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = cls.env["ir.model.data"].search(
            [("module", "=", "sales_process_control"), ("model", "=", "ir.filters")]
        )
        cls.ready = cls.env["ir.filters"].browse(names.mapped("res_id"))

    def test_everybody_who_sells_finds_them_in_their_reports(self):
        for action, favourites in self.ready.grouped(lambda ready: ready.action_id.id).items():
            [model] = set(favourites.mapped("model_id"))
            with self.subTest(model):
                found = self.env["ir.filters"].with_user(self.seller).get_filters(model, action)
                shared = {favourite["id"] for favourite in found if not favourite["user_ids"]}
                self.assertLessEqual(set(favourites.ids), shared)

    def test_an_archived_one_is_gone_and_stays_known(self):
        favourite = self.ready[0]
        favourite.active = False
        found = self.env["ir.filters"].with_user(self.seller).get_filters(favourite.model_id, favourite.action_id.id)
        self.assertNotIn(favourite.id, {one["id"] for one in found})
        # An update creates those that it does not find by their XML id.
        [xml_id] = favourite.get_external_id().values()
        self.assertEqual(self.env.ref(xml_id), favourite)

    def test_each_can_be_opened_as_a_graph_and_as_a_pivot(self):
        self.assertGreater(len(self.ready), 15)
        for favourite in self.ready:
            with self.subTest(favourite.name):
                # The web client cannot read a context of several lines.
                self.assertNotIn("\n", favourite.context)
                context, domain = safe_eval(favourite.context), safe_eval(favourite.domain)
                self.assertLessEqual(context.keys(), KEYS)
                self.assertEqual(context["group_by"], context["graph_groupbys"])
                self.shown(favourite, domain, context["graph_groupbys"], [context["graph_measure"]])
                if "pivot_measures" in context:
                    groups = context["pivot_row_groupby"] + context["pivot_column_groupby"]
                    self.shown(favourite, domain, groups, context["pivot_measures"])

    def shown(self, favourite, domain, groups, measures):
        """Return what a view shows for the favourite. The view names the measures, so that it can show them."""
        model = self.env[favourite.model_id].with_user(self.seller)
        fields = model.fields_get(attributes=["aggregator", "groupable"])
        for group in groups:
            self.assertTrue(fields[group.partition(":")[0]]["groupable"], group)
        aggregates = [
            "__count" if measure == "__count" else f"{measure}:{fields[measure]['aggregator']}" for measure in measures
        ]
        return model.formatted_read_group(domain, groups, aggregates)

    def test_names_in_the_language_of_the_database(self):
        """Odoo stores one name of a favourite. A name that somebody has changed stays."""
        self.assertEqual(
            {f"sales_process_control.{name}" for name in FAVOURITES}, {*self.ready.get_external_id().values()}
        )
        for xml_id, name in FAVOURITES.items():
            self.assertEqual(self.env.ref(f"sales_process_control.{xml_id}").name, self.env._(name))
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env.ref("base.user_admin").lang = "zh_CN"
        self.ready[0].name = "Ours"
        self.env["ir.filters"]._name_ready_favourites()
        chinese = self.env(context={"lang": "zh_CN"})
        self.assertEqual(self.ready[0].name, "Ours")
        self.assertEqual(
            {*self.ready[1:].mapped("name")},
            {
                chinese._(name)
                for xml_id, name in FAVOURITES.items()
                if self.env.ref(f"sales_process_control.{xml_id}") != self.ready[0]
            },
        )

    def tell_story(self):
        """Make rows that the favourites find, and such that they leave out.

        :return: the deals, and stored forecasts
        """
        self.env["crm.stage.step"].create(
            {"stage_id": self.contact.id, "name": "Call", "activity_type_id": self.call.id}
        )
        contact = self.contact
        stages = {"Won": self.talks, "Lost": contact, "Pushed": contact, "Back": self.needs, "Jumped": contact}
        deals = {
            name: self.make_deal(name=name, stage_id=stage.id, date_deadline="2026-04-01")
            for name, stage in stages.items()
        }
        self.env.cr.flush()
        flags = self.env["crm.hot.flag"].with_user(self.seller)
        flags.create({"note": "Signs", "lead_id": deals["Won"].id, "kind": "sign", "due_date": "2026-03-20"})
        flags.create({"note": "Signs one day", "lead_id": deals["Pushed"].id, "kind": "sign"})
        self.pass_time(days=1)
        self.plan(deals["Pushed"], customer_reaction="positive").action_feedback(feedback="Likes it")
        self.plan(deals["Back"]).action_feedback(feedback="Nobody was there")
        deals["Won"].action_set_won()
        deals["Lost"].action_set_lost()
        deals["Pushed"].date_deadline = "2026-05-01"
        deals["Back"].stage_id = self.contact
        deals["Jumped"].stage_id = self.bidding
        month = {"period": "month", "date_start": "2026-03-01", "date_end": "2026-03-31", "day": "2026-03-02"}
        owners = ({"scope": "company"}, {"scope": "seller", "user_id": self.seller.id})
        forecasts = self.env["crm.forecast"].create(
            [{"company_id": self.company.id, **owner, **month} for owner in owners]
        )
        self.env.cr.flush()
        return self.Lead.concat(*deals.values()), forecasts

    def test_each_finds_its_rows(self):
        deals, forecasts = self.tell_story()
        self.assertEqual({f"filter_{name}" for name in FOUND}, set(FAVOURITES))
        for name, expected in FOUND.items():
            favourite = self.env.ref(f"sales_process_control.filter_{name}")
            model, domain = self.env[favourite.model_id].with_user(self.manager), Domain(safe_eval(favourite.domain))
            with self.subTest(name):
                if model._name == forecasts._name:
                    rows = model.search(domain & Domain("id", "in", forecasts.ids))
                    found = rows.mapped("scope")
                else:
                    rows = model.search(domain & Domain("lead_id", "in", deals.ids))
                    found = sorted(row.lead_id.name for row in rows)
                self.assertEqual(found, expected)
                if name == "pushed_out":
                    # A push has two lines, which add up to nothing.
                    self.assertEqual(sum(rows.mapped("deal_count")), 1)

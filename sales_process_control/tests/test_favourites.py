from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..models.setup.ir_filters import FAVOURITES
from .common import PipelineCase

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


@tagged("post_install", "-at_install")
class TestFavourites(PipelineCase):
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

    def test_they_find_deals(self):
        deal, won = self.make_deal(date_deadline="2026-04-01"), self.make_deal()
        self.pass_time(days=1)
        deal.write({"date_deadline": "2026-05-01"})
        won.action_set_won()
        deal.action_set_lost()
        self.env.cr.flush()
        for name in ("won_and_lost", "pushed_out", "lost_by_reason", "won_amount_by_team", "lost_by_stage"):
            with self.subTest(name):
                favourite = self.env.ref(f"sales_process_control.filter_{name}")
                context = safe_eval(favourite.context)
                domain = safe_eval(favourite.domain)
                self.assertTrue(self.shown(favourite, domain, context["graph_groupbys"], [context["graph_measure"]]))

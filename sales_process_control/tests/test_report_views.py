from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import PipelineCase
from .report_common import report_models


@tagged("post_install", "-at_install")
class TestReportViews(PipelineCase):
    """All filters, groupings and measures of the reports work for a salesperson, and measures have a definition."""

    def setUp(self):
        super().setUp()
        # The sales actions that were taken have report views, but are rows of a table.
        self.reports = [*report_models(self.env), "crm.lead.progress"]
        call = self.env.ref("mail.mail_activity_data_call")
        step = {"stage_id": self.contact.id, "name": "Call", "activity_type_id": call.id, "is_required": True}
        self.env["crm.stage.step"].create(step)
        won, lost, still_open, moved, removed = (self.make_deal() for _deal in range(5))
        activity = still_open.activity_schedule("mail.mail_activity_data_call", user_id=self.seller.id)
        activity.with_user(self.seller).action_feedback()
        self.record_progress(still_open)
        overdue = self.make_deal(date_deadline=self.start.date())
        customer = self.env["res.partner"].create({"name": "Customer"})
        self.env["crm.hot.flag"].create(
            [
                {"lead_id": won.id, "note": "Signing soon", "kind": "sign", "due_date": "2026-03-20"},
                {"partner_id": customer.id, "note": "Orders soon", "kind": "reorder", "user_id": self.seller.id},
                {
                    "partner_id": customer.id,
                    "note": "Pays soon",
                    "kind": "payment",
                    "user_id": self.seller.id,
                    "due_date": "2026-03-20",
                },
            ]
        )
        self.pass_time(days=1)
        won.action_set_won()
        lost.action_set_lost()
        removed.unlink()
        moved.stage_id = self.bidding
        overdue.stage_id = self.needs
        self.pass_time(days=100)
        moved.stage_id = self.needs
        self.env.cr.flush()
        for table in ("crm_stage_visit", "crm_pipeline_movement"):
            self.env.cr.execute(f"UPDATE {table} SET origin = 'backfill' WHERE lead_ref = %s", [lost.id])
        self.env.invalidate_all()

    def record_progress(self, deal):
        """Record progress of each source, with each reaction."""
        sources = ("meeting", "message", "recorded")
        reactions = ("positive", "neutral", "negative")
        self.env["crm.lead.progress"].create(
            [
                {
                    "lead_id": deal.id,
                    "date": self.env.cr.now(),
                    "source": source,
                    "reaction": reaction,
                    "user_id": self.seller.id,
                }
                for source, reaction in zip(sources, reactions, strict=True)
            ]
        )

    def report(self, model):
        return self.env[model].with_user(self.seller)

    def arch_of(self, report, view_type):
        return etree.fromstring(report.get_view(view_type=view_type)["arch"])

    def test_every_filter_and_grouping_can_be_used(self):
        for model in self.reports:
            report = self.report(model)
            for item in self.arch_of(report, "search").iter("filter"):
                with self.subTest(model=model, filter=item.get("name")):
                    if item.get("domain"):
                        domain = safe_eval(item.get("domain"), {"uid": self.seller.id})
                        rows = report.search(domain)
                        # The values that the report shows say the same.
                        self.assertEqual(rows, report.search([]).filtered_domain(domain))
                        self.assertEqual(report.search_count(domain), len(rows))
                        self.assertTrue(rows)
                    if item.get("context"):
                        groupby = safe_eval(item.get("context"))["group_by"]
                        # Stage Conversion leaves out stages with skips only.
                        domain = [("is_skipped", "=", 0)] if "is_skipped" in report._fields else []
                        groups = report.formatted_read_group(domain, [groupby], ["__count"])
                        self.assertEqual(sum(group["__count"] for group in groups), report.search_count(domain))

    def test_each_count_is_a_filter_too(self):
        for model, names in (
            ("crm.stage.conversion.report", ("stayed", "converted", "lost", "is_open", "is_skipped", "is_removed")),
            ("crm.stage.dwell.report", ("is_open",)),
            ("crm.win.report", ("won", "lost", "is_overdue", "is_removed")),
        ):
            for name in names:
                report = self.report(model)
                with self.subTest(model=model, name=name):
                    # By stage, since Stage Conversion has no total over stages.
                    groups = report._read_group([], ["stage_id"], [f"{name}:sum"])
                    total = sum(count or 0 for _stage, count in groups)
                    self.assertGreater(total, 0)
                    self.assertEqual(report.search_count([(name, "=", True)]), total)

    def test_every_measure_says_its_definition(self):
        for model in self.reports:
            for name, field in self.report(model).fields_get().items():
                is_measure = field["type"] in ("integer", "float", "monetary") and field.get("aggregator")
                if is_measure and name != "id":
                    with self.subTest(model=model, measure=name):
                        self.assertTrue(field.get("help"))
                        self.report(model).formatted_read_group([], ["user_id"], [f"{name}:{field['aggregator']}"])

    def test_list_shows_its_rows_and_groups(self):
        for model in self.reports:
            report = self.report(model)
            names = [field.get("name") for field in self.arch_of(report, "list").iter("field")]
            rows = report.web_search_read([], {name: {} for name in names})["records"]
            groups = report.web_read_group([], ["user_id"], ["__count"])["groups"]
            with self.subTest(model=model):
                self.assertTrue(rows)
                self.assertEqual(sum(group["__count"] for group in groups), len(rows))

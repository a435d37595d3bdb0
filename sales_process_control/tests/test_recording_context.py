from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..models.recording.crm_pipeline_audit import WORKING_DAYS_POSITION
from .common import PipelineCase


@tagged("post_install", "-at_install")
class TestRecordingContext(PipelineCase):
    """Stages and companies that the recorder caches, and keys of the context that remote callers send."""

    def visit_name(self, deal):
        self.env.cr.flush()
        return self.Visit.search([("lead_ref", "=", deal.id)], order="id desc", limit=1).stage_name

    def test_language_of_the_main_company(self):
        """Rows name a stage in the language of the main company's contact, also right after that has changed."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.contact.with_context(lang="fr_FR").name = "Premier contact"
        main_company = self.env.ref("base.main_company")
        main_company.partner_id.lang = "en_US"
        self.assertEqual(self.visit_name(self.make_deal()), "First Contact")
        main_company.partner_id.lang = "fr_FR"
        self.assertEqual(self.visit_name(self.make_deal()), "Premier contact")
        main_company.partner_id.lang = "en_US"
        self.assertEqual(self.visit_name(self.make_deal()), "First Contact")

    def test_name_that_is_translated_in_the_dialog(self):
        """Odoo's dialog for translations writes them by SQL, and the field afterwards."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.ref("base.main_company").partner_id.lang = "fr_FR"
        reader = self.env["crm.pipeline.reader"]
        for name in ("Premier contact", "Prise de contact"):
            self.assertNotEqual(reader._read_context().stages[self.contact.id].name, name)
            self.contact.update_field_translations("name", {"fr_FR": name})
            self.assertEqual(reader._read_context().stages[self.contact.id].name, name)
            self.assertEqual(self.visit_name(self.make_deal()), name)

    def test_context_key_of_a_remote_caller(self):
        """No key of the context skips Odoo's scoring, or its check of won against lost."""
        deal = self.make_deal().with_context(loading_pipeline_history=True)
        status = {deal.id: {"is_won": True, "is_lost": True}}
        with self.assertRaises(ValidationError):
            deal._handle_won_lost({}, status)
        with patch.object(type(deal), "_pls_increment_frequencies") as counted:
            deal.action_set_won()
            self.env.flush_all()
        counted.assert_called()

    def test_deal_that_raw_sql_has_moved_comes_back(self):
        """The ledger knows since when the deal is in its stage, whatever the deal itself said in between."""
        deal = self.make_deal()
        self.pass_time(days=9)
        self.env.cr.execute("UPDATE crm_lead SET stage_id = %s WHERE id = %s", [self.bidding.id, deal.id])
        self.env.invalidate_all()
        self.pass_time(days=1)
        deal.stage_id = self.contact
        self.env.cr.flush()
        deal.invalidate_recordset()
        self.assertEqual(deal.stage_entered_at, self.start)
        self.assertEqual(deal.stage_visit_ids.mapped("outcome"), ["open"])

    def test_company_that_the_context_does_not_know(self):
        """A company that another process has just created: the calendar of the main company stands in."""
        context = self.env["crm.pipeline.reader"]._read_context()
        missing = max(company_id for company_id in context.companies if company_id) + 1000
        self.assertEqual(context.company(missing), context.companies[None])
        self.assertEqual(context.day_of(self.start, missing), context.day_of(self.start, None))
        rows = [(visit.id, visit.entered_at, missing) for visit in self.make_deal().stage_visit_ids]
        self.env["crm.pipeline.audit"]._update_working_days(rows)


@tagged("post_install", "-at_install")
class TestRecordingJobs(PipelineCase):
    """Jobs stop when their time is used up, and go on there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.audit = cls.env["crm.pipeline.audit"]
        cls.parameters = cls.env["ir.config_parameter"]

    def run_with_time_for(self, batches, job):
        """Run a job that has time for some batches only.

        :return: ids of the visits of each batch that was brought up to date
        """
        seen, left = [], [batches]

        def update(_audit, rows):
            seen.append([row[0] for row in rows])

        def commit_progress(_cron, processed=0, **_options):
            if processed:
                left[0] -= 1
            return float(left[0] > 0)

        with (
            patch.object(type(self.audit), "_update_working_days", update),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", commit_progress),
            patch("odoo.addons.sales_process_control.models.recording.crm_pipeline_audit.WORKING_DAYS_BATCH", 2),
        ):
            job()
        return seen

    def test_working_days_go_on_where_they_stopped(self):
        for _number in range(5):
            self.make_deal()
        self.env.cr.flush()
        open_ids = self.Visit.search([("left_at", "=", False)], order="id").ids
        ours = open_ids[-5:]
        self.parameters.set_param(WORKING_DAYS_POSITION, ours[0] - 1)
        job = self.audit._cron_update_working_days
        self.assertEqual(self.run_with_time_for(1, job), [ours[:2]])
        self.assertEqual(self.run_with_time_for(1, job), [ours[2:4]])
        self.assertEqual(self.run_with_time_for(9, job), [ours[4:]])
        self.assertEqual(self.run_with_time_for(1, job), [open_ids[:2]], "a new round")

    def test_repair_stops_in_time(self):
        deals = self.Lead.concat(*(self.make_deal() for _number in range(3)))
        self.env.cr.flush()
        self.env.cr.execute("UPDATE crm_lead SET expected_revenue = 999 WHERE id = ANY(%s)", [deals.ids])
        with (
            patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda _cron, *_args, **_options: 0.0),
            patch("odoo.addons.sales_process_control.models.recording.crm_pipeline_audit.REPAIR_BATCH", 1),
        ):
            self.assertEqual(self.audit._repair_drift(), 1)
        self.assertEqual(self.audit._repair_drift(), 2)

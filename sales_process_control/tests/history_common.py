import base64

from .common import PipelineCase

HEADER = "deal,stage,at,event,amount\n"
STORY = (
    HEADER + "d1,First Contact,2025-01-10T09:00:00Z,,100\n"
    "d1,Bidding,2025-01-15T09:00:00.250Z,,\n"
    "d1,,2025-02-01T09:00:00Z,won,120\n"
    "d2,Needs Analysis,2025-01-10T09:00:00Z,,70\n"
    "d2,Priced Out,2025-01-20T09:00:00Z,lost,\n"
    "d3,Needs Analysis,2025-01-11T09:00:00Z,,30\n"
)


class HistoryImportCase(PipelineCase):
    """Base of tests in which a sales manager imports files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.tz = cls.company.resource_calendar_id.tz = "UTC"
        cls.Import = cls.env["crm.stage.history.import"].with_user(cls.manager)

    def wizard_of(self, content, filename="history.csv", **values):
        content = content.encode() if isinstance(content, str) else content
        return self.Import.create({"file": base64.b64encode(content), "filename": filename, **values})

    def import_file(self, content, **values):
        """Import a file in one call, and check that both ledgers agree with the deals."""
        wizard = self.wizard_of(content, **values)
        with self.no_module_errors():
            wizard.action_import()
            self.env.cr.flush()
        self.assertEqual(self.env.execute_query(self.env["crm.pipeline.audit"]._drift_query()), [])
        self.assertBalanced()
        return wizard

    def deal_of(self, name):
        return self.Lead.with_context(active_test=False).search([("name", "=", name)])

    def counts(self):
        """Return the numbers of deals, visits and movements."""
        self.env.cr.flush()
        return (
            self.Lead.with_context(active_test=False).search_count([]),
            self.Visit.search_count([]),
            self.Movement.search_count([]),
        )

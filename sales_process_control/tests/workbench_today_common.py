from .progress_common import ProgressCase
from .workbench_common import WorkbenchMixin


class TodayCase(WorkbenchMixin, ProgressCase):
    """Activities and meetings of a day: Monday, 2 March 2026, 9 o'clock UTC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["calendar.event"].search([]).unlink()
        cls.deal = cls.Lead.create(
            {
                "name": "Warehouse lights",
                "type": "opportunity",
                "stage_id": cls.contact.id,
                "team_id": cls.team.id,
                "user_id": cls.seller.id,
                "company_id": cls.company.id,
                "partner_id": cls.customer.id,
            }
        )
        cls.theirs = cls.deal.copy({"name": "Theirs", "user_id": cls.colleague.id, "team_id": cls.other_team.id})
        cls.env.cr.flush()

    def block(self, user=None, scope="mine", **context):
        return self.block_of(user or self.seller, "today", scope, **context)

    def counts(self, block):
        return tuple(block[name]["value"] for name in ("overdue", "due", "meetings"))

    def titles(self, block):
        return [entry["title"] for entry in block["entries"]]

    def assertToday(self, titles, counts, user=None, scope="mine", **context):
        """Assert that the block shows entries with these titles, and that its counts open as many records."""
        user = user or self.seller
        block = self.block(user, scope, **context)
        self.assertEqual(self.titles(block), titles)
        self.assertEqual(self.counts(block), counts)
        self.assert_numbers_open_their_records(block, user, **context)

    def do(self, summary, due="2026-03-02", on=None, by=None, **values):
        """Return a planned activity."""
        on = self.deal if on is None else on
        return self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(on._name),
                "res_id": on.id,
                "summary": summary,
                "date_deadline": due,
                "user_id": (by or self.seller).id,
                "activity_type_id": self.call.id,
                **values,
            }
        )

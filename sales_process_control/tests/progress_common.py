from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from .common import PipelineCase


class ProgressCase(PipelineCase):
    """Deals on which something is done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Progress = cls.env["crm.lead.progress"]
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.todo = cls.env.ref("mail.mail_activity_data_todo")
        cls.customer = cls.env["res.partner"].create({"name": "Buyer", "email": "buyer@example.com"})

    def plan(self, deals, user=None, **values):
        """Plan an activity on each deal, due tomorrow."""
        user = user or self.seller
        due = (self.env.cr.now() + timedelta(days=1)).date()
        model_id = self.env["ir.model"]._get_id("crm.lead")
        common = {"res_model_id": model_id, "user_id": user.id, "activity_type_id": self.call.id, "date_deadline": due}
        return (
            self.env["mail.activity"]
            .with_user(user)
            .with_context(mail_activity_quick_update=True)
            .create([{**common, "res_id": deal.id, **values} for deal in deals])
        )

    def meet(self, deal, start, hours=1, **values):
        """A meeting about a deal."""
        values = {"name": "Meeting", "start": start, "stop": start + timedelta(hours=hours), **values}
        return self.env["calendar.event"].create(
            {"opportunity_id": deal.id, "user_id": self.seller.id, "partner_ids": [], **values}
        )

    def hear(self, deal, author=None, message_type="comment", **values):
        """A message on a deal, from the customer unless another author is given."""
        author = self.customer if author is None else author
        return deal.sudo().message_post(
            body="Hello", author_id=author.id, message_type=message_type, subtype_xmlid="mail.mt_comment", **values
        )

    def run_job(self):
        self.Progress._cron_record_meetings()

    def rows_of(self, deal):
        """[(source, date, feedback)] in order of time."""
        rows = self.Progress.search([("lead_id", "=", deal.id)], order="date, id")
        return [(row.source, row.date, row.feedback or None) for row in rows]

    def progress_of(self, deal):
        """When the deal made progress last, as the database has it."""
        self.env.cr.flush()
        deal.invalidate_recordset(["last_progress_at"])
        return deal.last_progress_at

    @contextmanager
    def assertStatements(self, table, number):
        """Assert how many statements name a table."""
        cr, found = self.env.cr, []
        execute = cr.execute

        def listening(query, *args, **kwargs):
            code = getattr(query, "code", query)
            if table in code:
                found.append(code)
            return execute(query, *args, **kwargs)

        with patch.object(cr, "execute", listening):
            yield
        self.assertEqual(len(found), number, found)

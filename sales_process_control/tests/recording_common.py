from .progress_common import ProgressCase

#: What a person types in the dialog.
TYPED = (
    "step_ref",
    "feedback",
    "reaction",
    "likelihood",
    "date_deadline",
    "customer_budget",
    "next_summary",
    "next_date",
)


class RecordingCase(ProgressCase):
    """Stages that expect something: three actions in the first one, one of them of another team only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Seen on a screen, with what Odoo tracks.
        cls.Lead = cls.Lead.with_context(tracking_disable=False, mail_notrack=False)
        cls.Dialog = cls.env["crm.lead.progress.dialog"]
        cls.meeting = cls.env.ref("mail.mail_activity_data_meeting")
        first = {"stage_id": cls.contact.id}
        cls.ring, cls.ring_again, cls.see, cls.note_down, cls.of_others = cls.env["crm.stage.step"].create(
            [
                {**first, "name": "Ring them", "activity_type_id": cls.call.id, "is_required": True, "sequence": 1},
                {**first, "name": "Ring them again", "activity_type_id": cls.call.id, "sequence": 2},
                {**first, "name": "See them", "activity_type_id": cls.meeting.id, "sequence": 3},
                {**first, "name": "Note it down", "sequence": 4},
                {
                    **first,
                    "name": "What the South does",
                    "activity_type_id": cls.todo.id,
                    "team_id": cls.other_team.id,
                    "sequence": 5,
                },
            ]
        )
        cls.bid = cls.env["crm.stage.step"].create(
            {"stage_id": cls.bidding.id, "name": "Send the bid", "activity_type_id": cls.call.id}
        )
        cls.env.cr.flush()

    def open_dialog(self, deal, user=None, step=None, **values):
        """The dialog on a deal, as the web client has saved it with what was typed."""
        deal = deal.with_user(user or self.seller)
        if step:
            deal = deal.with_context(default_step_id=step.id)
        action = deal.action_record_progress()
        self.assertEqual((action["res_model"], action["target"]), (self.Dialog._name, "new"))
        dialog = self.Dialog.with_user(user or self.seller).browse(action["res_id"])
        if values:
            dialog.write(values)
        self.env.cr.flush()
        return dialog

    def save(self, dialog):
        self.assertEqual(dialog.action_save()["type"], "ir.actions.act_window_close")
        self.env.cr.flush()
        self.env.invalidate_all()

    def record(self, deal, user=None, step=None, **values):
        """Record progress in the dialog.

        :return: the row
        """
        before = self.progress_rows(deal)
        self.save(self.open_dialog(deal, user, step, **values))
        [row] = self.progress_rows(deal) - before
        return row

    def progress_rows(self, deal):
        return self.Progress.search([("lead_id", "=", deal.id)], order="id")

    def messages_of(self, deal):
        self.env.cr.flush()
        return self.env["mail.message"].search([("model", "=", "crm.lead"), ("res_id", "=", deal.id)], order="id")

    def activities_of(self, deal, active=True):
        activities = self.env["mail.activity"].with_context(active_test=False)
        return activities.search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", deal.id), ("active", "=", active)], order="id"
        )

    def plans_of(self, deal):
        return self.env["crm.planned.activity"].search([("lead_id", "=", deal.id)])

    def steps_of(self, deal):
        """Names of the steps that were taken, in order."""
        self.env.cr.flush()
        self.env.invalidate_all()
        return [row.step_name or "-" for row in self.progress_rows(deal)]

    def state_of(self, deal):
        """All that recording may change."""
        self.env.cr.flush()
        self.env.invalidate_all()
        deal = deal.exists()
        names = ("probability", "date_deadline", "customer_budget", "stage_id", "last_progress_at", "active")
        return (
            deal.read(names, load=""),
            self.progress_rows(deal).ids,
            self.messages_of(deal).ids,
            self.activities_of(deal).ids,
            self.activities_of(deal, active=False).ids,
        )

    def assertRefused(self, dialog, deal, error, words):
        """Assert that saving is refused, that nothing was written and nothing lost of what was typed."""
        before, typed = self.state_of(deal), dialog.read(TYPED)
        # Without a savepoint: what is refused has written nothing that would have to be taken back.
        try:
            dialog.action_save()
        except error as refusal:
            self.assertIn(words, str(refusal))
        else:
            raise self.failureException("It was not refused.")
        self.assertEqual(self.state_of(deal), before)
        self.assertEqual(dialog.read(TYPED), typed)

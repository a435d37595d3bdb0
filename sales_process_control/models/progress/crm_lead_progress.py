from odoo import api, fields, models
from odoo.tools import SQL

ACTIVITY = "activity"
MEETING = "meeting"
MESSAGE = "message"
RECORDED = "recorded"
SOURCES = [
    (ACTIVITY, "Done activity"),
    (MEETING, "Meeting"),
    (MESSAGE, "Message from the customer"),
    (RECORDED, "Recorded"),
]
POSITIVE = "positive"
NEUTRAL = "neutral"
NEGATIVE = "negative"
#: The customer's reaction to a sales action.
REACTIONS = [
    (POSITIVE, "Positive"),
    (NEUTRAL, "Neutral"),
    (NEGATIVE, "Negative"),
]
#: Meetings that the job records in one transaction.
MEETINGS_BATCH = 5000


class CrmLeadProgress(models.Model):
    """One thing that was done on a deal: a done activity, a meeting, a customer's message, or an entry in the dialog.

    `crm.progress.recorder` writes the rows by SQL; users may only read them. All instants are naive UTC.
    """

    _name = "crm.lead.progress"
    _inherit = ["crm.lead.row.mixin", "crm.rate.mixin"]
    _description = "Progress of an Opportunity"
    _rec_name = "lead_id"
    _order = "date desc, id desc"
    # `user_id` and `date` replace the log fields.
    _log_access = False
    _rates = ("positive_rate",)

    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True, required=True, ondelete="cascade")
    visit_id = fields.Many2one(
        "crm.stage.visit",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The visit to a stage during which it happened; empty where the opportunity was not open then.",
    )
    stage_id = fields.Many2one(
        "crm.stage", readonly=True, ondelete="set null", help="The stage that the opportunity was in."
    )
    date = fields.Datetime(
        readonly=True,
        required=True,
        help="When it happened: the end of a meeting, or the time at which an activity was marked as done or a "
        "message arrived.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Done By",
        readonly=True,
        ondelete="set null",
        help="The user who did it; empty for a customer's message.",
    )
    activity_type_id = fields.Many2one("mail.activity.type", readonly=True, ondelete="set null")
    source = fields.Selection(SOURCES, readonly=True, required=True, help="How the progress was recorded.")
    feedback = fields.Text(
        "Customer Feedback",
        readonly=True,
        help="The feedback that was written when the activity was marked as done. The text of messages is not stored "
        "here.",
    )
    step_id = fields.Many2one(
        "crm.stage.step",
        "Sales Action",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The sales action of the stage that was done.",
    )
    step_name = fields.Char(
        "Sales Action at the Time",
        readonly=True,
        help="The name of the sales action at that time; it is kept if the sales action is deleted.",
    )
    reaction = fields.Selection(REACTIONS, readonly=True, help="How the customer reacted, as recorded.")
    positive_rate = fields.Float(
        "Positive Reactions",
        compute="_compute_positive_rate",
        aggregator="avg",
        help="Share of positive reactions among the recorded reactions. In groups, empty under 10 reactions.",
    )
    likelihood = fields.Float(
        readonly=True,
        aggregator="avg",
        help="The probability in percent after this was recorded; empty for progress that was recorded automatically.",
    )
    odoo_probability = fields.Float(
        "Odoo's Probability",
        readonly=True,
        aggregator="avg",
        help="The probability in percent that Odoo computed, before changes of the likelihood by users. Empty where "
        "the likelihood is empty, and before Odoo's probability was recorded.",
    )
    date_deadline = fields.Date("Expected Closing", readonly=True, help="The expected closing after this was recorded.")
    customer_budget = fields.Monetary(
        readonly=True, aggregator=None, help="The customer's budget after this was recorded."
    )
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="set null")
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        readonly=True,
        ondelete="set null",
        help="The sales team of the opportunity when this was recorded.",
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="set null")
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null", index="btree_not_null")
    event_id = fields.Many2one("calendar.event", "Meeting", readonly=True, ondelete="set null")
    message_id = fields.Many2one("mail.message", readonly=True, ondelete="set null")

    _lead_date_index = models.Index("(lead_id, date DESC)")
    _one_row_a_meeting = models.UniqueIndex(
        "(event_id) WHERE event_id IS NOT NULL", "A meeting can be recorded as progress only once."
    )
    _one_row_a_message = models.UniqueIndex(
        "(message_id) WHERE message_id IS NOT NULL", "A message can be recorded as progress only once."
    )

    @api.depends("reaction")
    def _compute_positive_rate(self):
        for progress in self:
            progress.positive_rate = 1.0 if progress.reaction == POSITIVE else 0.0

    def _field_to_sql(self, alias, field_expr, query=None) -> SQL:
        """Return the SQL of a field. `positive_rate` is NULL without a reaction, so that the mean leaves it out."""
        if field_expr != "positive_rate":
            return super()._field_to_sql(alias, field_expr, query)
        reaction = self._field_to_sql(alias, "reaction", query)
        return SQL(
            "CASE %s WHEN 'positive' THEN 1.0::float8 WHEN 'neutral' THEN 0.0 WHEN 'negative' THEN 0.0 END", reaction
        )

    @api.private
    def rebuild(self):
        """Record the progress from before the module was installed that is not recorded yet.

        :return: how many rows were written
        :rtype: int
        """
        return self.env["crm.progress.past"].rebuild()

    @api.model
    def _cron_record_meetings(self):
        """Record customers' messages that were missed, and meetings about deals that are over. Hourly job.

        The job stops when its time is used up. Odoo runs it again soon.
        """
        recorder = self.env["crm.progress.recorder"]
        commit_progress = self.env["ir.cron"]._commit_progress
        # How many meetings remain is not known. One is enough for Odoo to run the job again.
        if (count := recorder._record_missed_messages()) and not commit_progress(count, remaining=1):
            return
        while count := recorder._record_meetings(limit=MEETINGS_BATCH):
            if not commit_progress(count, remaining=int(count == MEETINGS_BATCH)):
                return

from odoo import api, fields, models
from odoo.tools import SQL

from ..progress.mail_activity import ALERT_TYPE
from .alert_kinds import KINDS

OPEN, DONE, CLOSED = "open", "done", "closed"
STATES = [(OPEN, "Open"), (DONE, "Done"), (CLOSED, "Closed")]
#: Stores of some deals (a source of ids) whether they have open alerts.
UPDATE_LEADS = """
    UPDATE crm_lead lead SET has_open_alert = found.is_open
    FROM (
        SELECT ref.id, EXISTS (
            SELECT FROM crm_deal_alert alert WHERE alert.lead_ref = ref.id AND alert.state = 'open'
        ) AS is_open
        FROM %(deals)s AS ref (id)
    ) found
    WHERE lead.id = found.id AND COALESCE(lead.has_open_alert, FALSE) <> found.is_open
    RETURNING lead.id
"""


class CrmDealAlert(models.Model):
    """An alert that a person got about a deal or a promise.

    Rows are kept, so that nobody is alerted twice about the same visit of a deal, or about the same due date of a
    promise. `crm.deal.alerter` creates them. All instants are naive UTC.
    """

    _name = "crm.deal.alert"
    _inherit = ["crm.elsewhere.mixin", "crm.lead.row.mixin"]
    _description = "Deal Alert"
    _rec_name = "lead_id"
    _order = "day desc, id desc"
    _log_access = False

    kind = fields.Selection(
        KINDS,
        "Alert",
        required=True,
        readonly=True,
        help="- Promise overdue: a hot flag is past its due date.\n"
        "- Promise long overdue: a hot flag is more than 7 days past its due date; for the team leader.\n"
        "- Stalled: the opportunity is stalled.\n"
        "- Stalled past twice the limit: the opportunity is stalled and longer in its stage than twice the limit; "
        "for the team leader.\n"
        "- Hot without next action: the opportunity is hot, and no next action is planned.",
    )
    state = fields.Selection(
        STATES,
        "Status",
        required=True,
        readonly=True,
        default=OPEN,
        help="- Open: the activity is planned.\n"
        "- Done: the activity was marked as done.\n"
        "- Closed: the opportunity moved, ended, changed salesperson or made progress, the promise was closed or "
        "extended, or the activity was cancelled.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Alert For",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The user who was alerted.",
    )
    day = fields.Date(
        required=True,
        readonly=True,
        index=True,
        help="The day of the alert in the time zone of the company's working calendar.",
    )
    closed_at = fields.Datetime(readonly=True)
    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True, ondelete="set null", index="btree_not_null")
    lead_ref = fields.Integer(
        "Opportunity ID",
        readonly=True,
        required=True,
        default=0,
        aggregator="count_distinct",
        help="ID of the opportunity, kept after it was deleted; 0 for a promise without an opportunity.",
    )
    entered_at = fields.Datetime(
        "In Stage Since", readonly=True, help="The visit of the opportunity that the alert is about."
    )
    flag_id = fields.Many2one("crm.hot.flag", "Hot Flag", readonly=True, ondelete="set null", index="btree_not_null")
    flag_ref = fields.Integer("Hot Flag ID", readonly=True, required=True, default=0, aggregator=None)
    due_date = fields.Date(readonly=True, help="The due date of the overdue promise.")
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="set null")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="set null", index="btree_not_null")
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null", index="btree_not_null")

    _once_a_visit = models.UniqueIndex(
        "(lead_ref, entered_at, kind, user_id) WHERE flag_ref = 0",
        "A user is alerted only once to a visit of an opportunity.",
    )
    _once_a_due_date = models.UniqueIndex(
        "(flag_ref, due_date, kind, user_id) WHERE flag_ref > 0",
        "A user is alerted only once to a due date of a promise.",
    )
    _user_day_index = models.Index("(user_id, day)")
    _open_lead_index = models.Index("(lead_ref) WHERE state = 'open' AND lead_ref > 0")

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_lead(self):
        """Open the deal of this alert.

        :return: the action
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return self.lead_id._action_open_from_ledger()

    # ------------------------------------------------------------
    # CLOSING
    # ------------------------------------------------------------

    @api.model
    def _close(self, condition, state=CLOSED, *, deletes_activities=True):
        """Close open alerts and delete their activities, by a constant number of statements.

        :param SQL condition: which alerts of `alert` to close
        :param str state: DONE or CLOSED
        :param bool deletes_activities: False if the caller ends the activities
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_deal_alert alert SET state = %s, closed_at = %s
                WHERE alert.state = 'open' AND %s
                RETURNING alert.id, alert.lead_ref, alert.activity_id
                """,
                state,
                self.env.cr.now(),
                condition,
            )
        )
        if not rows:
            return
        self.browse([row[0] for row in rows]).invalidate_recordset(["state", "closed_at"], flush=False)
        self._update_leads({lead_ref for _id, lead_ref, _activity_id in rows if lead_ref})
        if deletes_activities:
            # sudo: an alert belongs to the module. The user who moves a deal need not be allowed to cancel the activity
            # of the team leader.
            activities = self.env["mail.activity"].sudo().browse([row[2] for row in rows if row[2]]).exists()
            alert_type_id = activities._alert_type_id()
            # An alert that was made a sales action belongs to the user.
            activities.filtered(lambda one: one.activity_type_id.id == alert_type_id and one.active).unlink()

    @api.model
    def _update_leads(self, lead_ids):
        """Store whether deals have open alerts. By SQL, since `write_date` and tracking should not change.

        :param set lead_ids: ids of deals, perhaps deleted ones
        """
        if not lead_ids:
            return
        leads = self.env["crm.lead"].browse(sorted(lead_ids))
        leads.flush_recordset(["has_open_alert"])
        self.env.cr.execute(SQL(UPDATE_LEADS, deals=SQL("unnest(%s::int[])", leads.ids)))
        leads.invalidate_recordset(["has_open_alert"], flush=False)

    @api.model
    def _activity_type(self):
        """Return the type of the activities of alerts."""
        return self.env.ref(ALERT_TYPE)

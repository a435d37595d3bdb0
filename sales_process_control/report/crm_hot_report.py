from odoo import api, fields, models
from odoo.tools import SQL

from ..ledger import UNDO_SECONDS
from ..models.hot.crm_hot_flag import OUTCOMES
from ..models.hot.crm_hot_flag_mixin import KINDS
from ..models.hot.res_config_settings import DEFAULT_SIGNING_DAYS, SIGNING_DAYS
from ..models.recording.rpc_domain import checked_domain
from ..statistics import ENOUGH, wilson_interval


class CrmHotReport(models.Model):
    """Results of hot flags: a row for each flag.

    There are two rates: how many opportunities were won after their first *sign* flag, and how many promises with a
    date were kept by that date. Definitions: docs/definitions.md, Hot Customers.
    """

    _name = "crm.hot.report"
    _inherit = ["crm.lead.report.mixin", "crm.rate.mixin"]
    _description = "Hot Customers"
    _auto = False
    _rec_name = "lead_id"
    _order = "raised_at desc, id desc"
    _rates = ("signing_rate", "promise_rate")
    _depends = {
        "crm.hot.flag": [
            "partner_id",
            "lead_id",
            "lead_ref",
            "kind",
            "due_date",
            "first_due_date",
            "amount",
            "currency_id",
            "user_id",
            "team_id",
            "company_id",
            "raised_at",
            "closed_at",
            "outcome",
            "days_late",
        ],
        "crm.pipeline.movement": ["lead_ref", "kind", "date", "is_correction"],
        "crm.stage.visit": ["lead_ref", "outcome", "entered_at", "left_at", "mover_ref", "ender_ref"],
    }

    flag_id = fields.Many2one("crm.hot.flag", "Hot Flag", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    raised_at = fields.Date("Hot Since", readonly=True, help="The day in the time zone of the company.")
    closed_at = fields.Date("Closed On", readonly=True, help="The day in the time zone of the company.")
    due_date = fields.Date("Due", readonly=True)
    first_due_date = fields.Date(
        "First Due", readonly=True, help="The first date that was promised. Later changes of the date do not count."
    )
    amount = fields.Monetary(readonly=True, aggregator="sum", help="The promised amount.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    signing_count = fields.Integer(
        "Promised to Sign",
        readonly=True,
        aggregator="sum",
        help="Opportunities with a hot flag of the kind Signs, each counted one time, by its first flag. They count "
        "after the days to sign have passed: 90, or as set in the settings of CRM.",
    )
    signed = fields.Integer(
        "Signed in Time",
        readonly=True,
        aggregator="sum",
        help="Of the opportunities with a promise to sign: won within the days to sign.",
    )
    signing_rate = fields.Float(
        "Hot Signing Rate",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Signed in time / promised to sign. Empty under 10 opportunities with a promise to sign: read the "
        "counts instead.",
    )
    promise_count = fields.Integer(
        "Promises",
        readonly=True,
        aggregator="sum",
        help="Flags with a due date, once the first due date has passed or the flag was closed. Flags that were "
        "withdrawn on or before the first due date do not count.",
    )
    promises_kept = fields.Integer(
        "Promises Kept in Time",
        readonly=True,
        aggregator="sum",
        help="Promises that were kept on or before the first due date.",
    )
    promise_rate = fields.Float(
        "Promises Kept in Time (rate)",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Promises kept in time / promises. Empty under 10 promises: read the counts instead.",
    )
    days_late = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Days from the first due date to the closing of the flag, or to today while it is open; 0 if in time. "
        "In groups, the mean of the promises.",
    )

    @api.depends("lead_id.name", "lead_ref", "partner_id.display_name")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_display_name(self):
        # sudo: users who may read a flag may read the customer's name on it. The id of a row is that of its flag.
        names = {flag.id: flag.customer_name for flag in self.sudo().flag_id}
        for row, lead_name in zip(self, self._lead_names(), strict=True):
            row.display_name = lead_name if row.lead_ref else names.get(row.id) or row.partner_id.display_name

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT judged.*,
                   judged.signing_count * judged.is_signed AS signed,
                   CASE WHEN judged.signing_count = 1 THEN judged.is_signed::float8 END AS signing_rate,
                   judged.promise_count * judged.is_kept AS promises_kept,
                   CASE WHEN judged.promise_count = 1 THEN judged.is_kept::float8 END AS promise_rate
            FROM (%s) judged
            """,
            self._select_flags(),
        )

    @api.model
    def _select_flags(self) -> SQL:
        signing_days = self._signing_days()
        today = self._today_to_sql(SQL("flag.company_id"))
        return SQL(
            """
            SELECT
                flag.id,
                flag.id AS flag_id,
                flag.partner_id,
                flag.lead_id,
                NULLIF(flag.lead_ref, 0) AS lead_ref,
                flag.kind,
                flag.outcome,
                %(raised)s AS raised_at,
                %(closed)s AS closed_at,
                flag.due_date,
                flag.first_due_date,
                flag.amount,
                flag.currency_id,
                flag.user_id,
                flag.team_id,
                flag.company_id,
                CASE WHEN %(is_signing)s THEN 1 ELSE 0 END AS signing_count,
                CASE WHEN %(is_signed)s THEN 1 ELSE 0 END AS is_signed,
                CASE WHEN %(promise)s THEN 1 ELSE 0 END AS promise_count,
                CASE WHEN flag.outcome = 'kept' AND COALESCE(flag.days_late, 0) = 0 THEN 1 ELSE 0 END AS is_kept,
                CASE WHEN %(promise)s
                     THEN (CASE WHEN flag.outcome = 'open' THEN %(today)s - flag.first_due_date
                                ELSE COALESCE(flag.days_late, 0) END)::float8 END AS days_late
            FROM crm_hot_flag flag
            """,
            is_signing=self._is_signing_to_sql(signing_days),
            is_signed=self._is_signed_to_sql(signing_days),
            promise=self._is_promise_to_sql(today),
            today=today,
            raised=self._day_to_sql(SQL("flag.raised_at"), SQL("flag.company_id")),
            closed=self._day_to_sql(SQL("flag.closed_at"), SQL("flag.company_id")),
        )

    @api.model
    def _is_promise_to_sql(self, today) -> SQL:
        """Return whether a flag counts as a promise: it has a date, and the date has passed or the flag is settled.

        A flag that was withdrawn by its date does not count.

        :param SQL today: see :meth:`_today_to_sql`
        """
        return SQL(
            """
            flag.first_due_date IS NOT NULL AND CASE flag.outcome WHEN 'open' THEN flag.first_due_date < %s
                WHEN 'withdrawn' THEN flag.days_late > 0 ELSE TRUE END
            """,
            today,
        )

    @api.model
    def _signing_days(self):
        """Return within how many days after its first *sign* flag an opportunity must be won to count as signed."""
        # sudo: the setting is not confidential, and the same for all users.
        days = self.env["ir.config_parameter"].sudo().get_param(SIGNING_DAYS)
        return int(days) if days and days.isdigit() and int(days) else DEFAULT_SIGNING_DAYS

    @api.model
    def _is_signing_to_sql(self, signing_days) -> SQL:
        """Return whether a flag is the first *sign* flag of its opportunity, and its days have passed."""
        return SQL(
            """
            flag.kind = 'sign' AND flag.raised_at + %s * interval '1 day' <= %s AND NOT EXISTS (
                SELECT FROM crm_hot_flag earlier
                WHERE earlier.lead_ref = flag.lead_ref AND earlier.kind = 'sign'
                  AND (earlier.raised_at, earlier.id) < (flag.raised_at, flag.id)
            )
            """,
            signing_days,
            self.env.cr.now(),
        )

    @api.model
    def _is_signed_to_sql(self, signing_days) -> SQL:
        """Return whether the opportunity of a flag was won within its days.

        A win that the same person took back in time does not count. If it was another person, the visit that was won
        and the one that began with the reopening show them.
        """
        return SQL(
            """
            EXISTS (
                SELECT FROM crm_pipeline_movement movement
                WHERE movement.lead_ref = flag.lead_ref AND movement.kind = 'won'
                  AND movement.is_correction IS NOT TRUE
                  AND movement.date >= flag.raised_at
                  AND movement.date <= flag.raised_at + %s * interval '1 day'
                  AND NOT EXISTS (
                      SELECT FROM crm_pipeline_movement undone
                      WHERE undone.lead_ref = movement.lead_ref AND undone.id > movement.id
                        AND undone.kind = 'reopened'
                        AND undone.date <= movement.date + %s * interval '1 second'
                        AND NOT EXISTS (
                            SELECT FROM crm_stage_visit won
                            JOIN crm_stage_visit again ON again.lead_ref = won.lead_ref
                             AND again.entered_at = undone.date
                            WHERE won.lead_ref = movement.lead_ref AND won.left_at = movement.date
                              AND won.outcome = 'won' AND (again.mover_ref = won.ender_ref) IS NOT TRUE
                        )
                  )
            )
            """,
            signing_days,
            UNDO_SECONDS,
        )

    @api.model
    @api.readonly
    def hot_statistics(self, domain=()):
        """Return how many hot customers signed and how many promises were kept, of the flags that the user may see.

        :param domain: which flags count, for example by ``raised_at``
        :return: a dictionary: ``signing_count``, ``signed``, ``signing_rate`` from 0 to 1 (False if the count is 0) and
            ``signing_interval``, its 95% Wilson interval (False if the count is less than 10); the same of promises as
            ``promise_count``, ``promises_kept``, ``promise_rate`` and ``promise_interval``
        """
        [sums] = self._read_group(
            checked_domain(self, domain),
            [],
            ["signing_count:sum", "signed:sum", "promise_count:sum", "promises_kept:sum"],
        )
        signing_count, signed, promise_count, kept = (count or 0 for count in sums)
        return {
            "signing_count": signing_count,
            "signed": signed,
            "signing_rate": signed / signing_count if signing_count else False,
            "signing_interval": wilson_interval(signed, signing_count) if signing_count >= ENOUGH else False,
            "promise_count": promise_count,
            "promises_kept": kept,
            "promise_rate": kept / promise_count if promise_count else False,
            "promise_interval": wilson_interval(kept, promise_count) if promise_count >= ENOUGH else False,
        }

    def action_open_flag(self):
        """Open the flag of this row."""
        self.ensure_one()
        return self.flag_id.get_formview_action()

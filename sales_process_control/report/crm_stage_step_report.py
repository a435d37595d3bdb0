from odoo import api, fields, models
from odoo.tools import SQL

from ..models.recording.text_lists import labelled
from .crm_stage_conversion_report import STEP_WAS_EXPECTED, CrmStageConversionReport

#: The id of a row is made of those of the visit and of the sales action; the latter takes the lower bits.
STEP_BITS = 20


class CrmStageStepReport(models.Model):
    """Conversion of opportunities that took a sales action, and of those that did not.

    A row for each opportunity, stage and sales action that the stage expected of it. A difference of the rates is a
    correlation, not a cause. Definitions: docs/definitions.md, Conversion by sales action.
    """

    _name = "crm.stage.step.report"
    _inherit = ["crm.stage.report.mixin", "crm.rate.mixin"]
    _description = "Conversion by Sales Action"
    _auto = False
    _rec_name = "lead_id"
    _order = "entered_time desc, id desc"
    _instants = ("entered_time",)
    _company_days = {"entered_at": "entered_time"}
    _rates = ("taken_rate", "settled_rate", "floor_rate", "ceiling_rate")
    _rate_cohorts = {"settled_rate": "floor_rate"}
    # A deal counts once for each sales action that was expected of it.
    _counted_by = "step_id"
    _measures_counted_by = ("cohort", "converted", "lost", "is_open", "settled_rate", "floor_rate", "ceiling_rate")
    # The query selects from that of the conversion report.
    _depends = CrmStageConversionReport._depends

    step_id = fields.Many2one("crm.stage.step", "Sales Action", readonly=True)
    is_required = fields.Boolean("Required", readonly=True)
    with_step = fields.Selection(
        [("with", "Done"), ("without", "Not done")],
        "Sales Action Done",
        readonly=True,
        help="Whether the sales action was done before the opportunity moved on from the stage or was lost; so far, "
        "if it is open.",
    )
    entered_at = fields.Date(
        "Came In On",
        readonly=True,
        search=lambda self, *condition: self._search_company_day("entered_at", *condition),
        help="The day on which the opportunity first came into the stage, in the time zone of the company.",
    )
    entered_time = fields.Datetime("Came In, Exact Time", readonly=True)
    cohort = fields.Integer(
        "Opportunities in Stage",
        readonly=True,
        aggregator="sum",
        help="Opportunities for which the stage expected the sales action. Opportunities that left the stage before "
        "the sales action was created do not count.",
    )
    converted = fields.Integer(
        readonly=True, aggregator="sum", help="1 if the opportunity reached a later stage or was won after this stage."
    )
    lost = fields.Integer(readonly=True, aggregator="sum", help="1 if the opportunity is lost and has not converted.")
    is_open = fields.Integer(
        "Open", readonly=True, aggregator="sum", help="1 if the opportunity has neither converted nor been lost."
    )
    taken_rate = fields.Float(
        "Share Done",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Share of the opportunities for which the sales action was done. Empty under 10 opportunities.",
    )
    settled_rate = fields.Float(
        "Conversion Rate",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Converted / (converted + lost). Empty if fewer than 10 converted or were lost, or these are less than "
        "80% of the opportunities.",
    )
    floor_rate = fields.Float(
        "Lowest Rate",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="Converted / opportunities: the rate if all open ones are lost. Empty under 10 opportunities.",
    )
    ceiling_rate = fields.Float(
        "Highest Rate",
        readonly=True,
        aggregator="avg",
        exportable=False,
        help="(Opportunities - lost) / opportunities: the rate if all open ones convert. Empty under 10 opportunities.",
    )

    @api.depends("lead_id.name", "lead_ref", "step_id.name")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_display_name(self):
        for row, name in zip(self, self._lead_names(), strict=True):
            row.display_name = labelled(self.env, row.step_id.name, name)

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT (entry.id::bigint << %(bits)s) + (step.id & ((1 << %(bits)s) - 1)) AS id,
                   entry.lead_id, entry.lead_ref, entry.stage_id, entry.stage_name, entry.team_id, entry.user_id,
                   entry.company_id, entry.origin, entry.entered_at, entry.entered_time,
                   entry.cohort, entry.converted, entry.lost, entry.is_open, entry.settled_rate, entry.floor_rate,
                   entry.ceiling_rate,
                   step.id AS step_id, step.is_required,
                   CASE WHEN %(is_taken)s THEN 'with' ELSE 'without' END AS with_step,
                   CASE WHEN %(is_taken)s THEN 1.0::float8 ELSE 0.0 END AS taken_rate
            FROM (%(conversion)s) entry
            JOIN crm_stage_step step ON %(is_expected)s
            -- Grouped once: a subquery for each row takes six times as long where there are many.
            LEFT JOIN (
                SELECT lead_id, step_id, min(date) AS date
                FROM crm_lead_progress
                WHERE step_id IS NOT NULL
                GROUP BY lead_id, step_id
            ) taken ON taken.lead_id = entry.lead_id AND taken.step_id = step.id
            -- The progress of an opportunity is deleted with it.
            WHERE entry.lead_id IS NOT NULL AND entry.cohort = 1
            """,
            bits=STEP_BITS,
            is_taken=SQL("COALESCE(taken.date <= COALESCE(entry.left_at, 'infinity'), FALSE)"),
            is_expected=SQL(STEP_WAS_EXPECTED),
            conversion=self.env["crm.stage.conversion.report"]._table_query,
        )

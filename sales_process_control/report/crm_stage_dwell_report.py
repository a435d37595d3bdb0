from odoo import api, fields, models
from odoo.tools import SQL

from ..ledger import outcomes
from ..models.recording.crm_stage_visit import OUTCOMES
from ..models.recording.rpc_domain import checked_domain
from ..models.recording.text_lists import joined_phrases
from ..statistics import ENOUGH, Dwell


class CrmStageDwellReport(models.Model):
    """Time that opportunities spend in stages: a row for each visit, open visits counted up to now.

    Skips and corrections have no row. The query is a plain selection from the visit ledger, so that PostgreSQL uses the
    indexes of the ledger for filters, groups and record rules. Definitions: docs/definitions.md, Dwell time.
    """

    _name = "crm.stage.dwell.report"
    _inherit = "crm.stage.report.mixin"
    _description = "Stage Dwell Time"
    _auto = False
    _rec_name = "lead_id"
    _order = "entered_time desc, id desc"
    _instants = ("entered_time", "left_time")
    _company_days = {"entered_at": "entered_time", "left_at": "left_time"}
    _depends = {
        "crm.stage.visit": [
            "lead_id",
            "lead_ref",
            "stage_id",
            "stage_name",
            "stage_sequence",
            "entered_at",
            "left_at",
            "outcome",
            "next_stage_id",
            "is_first",
            "converted_at",
            "working_days",
            "team_id",
            "user_id",
            "company_id",
            "amount",
            "currency_id",
            "date_deadline",
            "origin",
        ],
    }

    stage_sequence = fields.Integer("Sequence at the Time", readonly=True, aggregator=None)
    entered_at = fields.Date(
        "Came In On",
        readonly=True,
        search=lambda self, *condition: self._search_company_day("entered_at", *condition),
        help="The day in the time zone of the company.",
    )
    entered_time = fields.Datetime("Came In, Exact Time", readonly=True)
    left_at = fields.Date(
        "Left On",
        readonly=True,
        search=lambda self, *condition: self._search_company_day("left_at", *condition),
        help="The day in the time zone of the company. Empty while the opportunity is still in the stage.",
    )
    left_time = fields.Datetime("Left, Exact Time", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True, help="How the visit ended.")
    next_stage_id = fields.Many2one("crm.stage", readonly=True)
    is_first = fields.Boolean("First Time", readonly=True, help="The first row of the opportunity in this stage.")
    converted_at = fields.Date(
        "Converted On",
        readonly=True,
        help="The day on which the opportunity first reached a later stage or was won after this stage, in the time "
        "zone of the company.",
    )
    is_open = fields.Integer(
        "Still Here",
        readonly=True,
        aggregator="sum",
        help="1 for a visit that has not ended. As a measure, the number of visits that are counted up to now and "
        "become longer.",
    )
    days = fields.Float(
        "Days, This Visit",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Calendar days of one visit, up to now while it lasts, without the time in which the opportunity is "
        "won, lost or archived. In groups, the mean of the visits: too low if visits have not ended, see Still "
        "Here.",
    )
    days_in_all = fields.Float(
        "Days, All Visits",
        compute="_compute_days_in_all",
        aggregator="avg",
        digits=(16, 1),
        help="Calendar days of all visits of one opportunity to one stage. In groups, the mean over opportunities "
        "and stages, of the visits in the group; in a single row, of all visits that you may read.",
    )
    days_total = fields.Float(
        "Days, Sum", readonly=True, aggregator="sum", digits=(16, 1), help="Calendar days of all visits added up."
    )
    working_days = fields.Float(
        "Working Days, This Visit",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Length of one visit in working days of the company's calendar; while it lasts, as of last night. In "
        "groups, the mean of the visits; empty where a company has no calendar.",
    )
    amount = fields.Monetary(
        readonly=True,
        aggregator="sum",
        help="Expected revenue at the end of the visit, or now while it lasts, in the currency of the opportunity's "
        "company. Opportunities with two visits count twice.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_deadline = fields.Date("Expected Closing", readonly=True)

    @api.depends("lead_ref", "stage_id", "days_total")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_days_in_all(self):
        domain = [("lead_ref", "in", self.mapped("lead_ref"))]
        groups = self._read_group(domain, ["lead_ref", "stage_id"], ["days_total:sum"])
        days_by_pair = {(lead_ref, stage.id): days for lead_ref, stage, days in groups}
        for row in self:
            row.days_in_all = days_by_pair.get((row.lead_ref, row.stage_id.id), 0.0)

    @api.model
    @api.readonly
    def read_stage_dwell(self, domain):
        """Return the typical dwell time of each stage, and its limit, for the graph.

        :param domain: domain on the rows of this report
        :return: a list of dictionaries, one for each stage: ``stage_id`` (False for deleted stages), ``visits``,
            ``median_days`` (False under 10 visits, and while it is not known), ``limit_days`` (False if the stage has
            no limit), and ``text``, the same in words
        """
        domain = checked_domain(self, domain)
        visits = [("id", "in", self._search(domain))] if not domain.is_true() else []
        # The id of a row is that of its visit.
        lengths = self.env["crm.stage.visit"]._read_lengths(visits)
        stages = self.env["crm.stage"].browse(filter(None, lengths))
        stages.fetch(["pace_limit_days", "pace_limit_source"])
        by_id, deleted = {stage.id: stage for stage in stages}, stages.browse()
        found = []
        for stage_id, counts in lengths.items():
            dwell, stage = Dwell(counts), by_id.get(stage_id, deleted)
            median = dwell.median_days if dwell.visits >= ENOUGH and dwell.median_days is not None else False
            limit = stage.pace_limit_days or False
            text = self._dwell_text(dwell, median, limit and stage.pace_limit_text)
            row = {"visits": dwell.visits, "median_days": median, "limit_days": limit, "text": text}
            found.append({"stage_id": stage_id, **row})
        return found

    @api.model
    def _dwell_text(self, dwell, median, limit):
        """Return the typical dwell time in words, under ten visits the counts.

        :param median: days, False if not shown
        :param limit: text, False if the stage has none
        """
        phrases = [self.env._("1 visit") if dwell.visits == 1 else self.env._("%s visits", dwell.visits)]
        if dwell.visits < ENOUGH:
            phrases.append(self.env._("%s still here", dwell.open_visits))
        elif median is False:
            phrases.append(self.env._("median not known yet"))
        else:
            phrases.append(self.env._("median 1 day") if median == 1 else self.env._("median %s days", median))
        if limit:
            phrases.append(self.env._("limit %s", limit))
        return joined_phrases(self.env, phrases)

    @property
    def _table_query(self) -> SQL:
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self) -> SQL:
        # The ledger defines the length of a visit.
        days = self.env["crm.stage.visit"]._field_to_sql("visit", "days")
        company = SQL("visit.company_id")
        return SQL(
            """
            SELECT
                visit.id,
                visit.lead_id,
                visit.lead_ref,
                visit.stage_id,
                visit.stage_name,
                visit.stage_sequence,
                %(entered)s AS entered_at,
                visit.entered_at AS entered_time,
                %(left)s AS left_at,
                visit.left_at AS left_time,
                visit.outcome,
                visit.next_stage_id,
                visit.is_first,
                %(converted)s AS converted_at,
                visit.working_days,
                visit.team_id,
                visit.user_id,
                visit.company_id,
                visit.amount,
                visit.currency_id,
                visit.date_deadline,
                visit.origin,
                CASE WHEN visit.outcome = 'open' THEN 1 ELSE 0 END AS is_open,
                %(days)s AS days,
                %(days)s AS days_total
            """,
            days=days,
            entered=self._day_to_sql(SQL("visit.entered_at"), company),
            left=self._day_to_sql(SQL("visit.left_at"), company),
            converted=self._day_to_sql(SQL("visit.converted_at"), company),
        )

    @api.model
    def _from(self) -> SQL:
        return SQL("FROM crm_stage_visit visit")

    @api.model
    def _where(self) -> SQL:
        return SQL("WHERE visit.outcome NOT IN %s", outcomes.NO_STAY)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Return `days_in_all` of a group as the mean over opportunities and stages, instead of over visits."""
        if aggregate_spec != "days_in_all:avg":
            return super()._read_group_select(aggregate_spec, query)
        days, lead_ref, stage_id = (
            self._field_to_sql(self._table, name, query) for name in ("days_total", "lead_ref", "stage_id")
        )
        # Counting distinct integers is much faster than counting distinct pairs.
        pair = SQL("(%s::bigint << 32) + COALESCE(%s, 0)", lead_ref, stage_id)
        return SQL("SUM(%s) / NULLIF(COUNT(DISTINCT %s), 0)", days, pair)

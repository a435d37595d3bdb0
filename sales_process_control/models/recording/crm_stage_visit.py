from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger import origins, outcomes
from ...statistics import CENSORED
from .crm_pipeline_movement import ORIGINS
from .number_search import search_number
from .text_lists import labelled

OUTCOMES = [
    (outcomes.OPEN, "Still here"),
    (outcomes.ADVANCED, "Advanced"),
    (outcomes.MOVED_BACK, "Moved back"),
    (outcomes.WON, "Won"),
    (outcomes.LOST, "Lost"),
    (outcomes.REMOVED, "Removed"),
    (outcomes.SKIPPED, "Skipped"),
    (outcomes.CORRECTION, "Correction"),
]


def ended_deals(kinds=outcomes.ENDS, since=None):
    """Return the query for the last visits by which deals ended, of deals that have not come back since.

    It has the columns `id`, `lead_ref`, `outcome`, `left_at`, `amount` and `currency_id`, and one row for each such
    deal. Skips and corrections are no visits. Visits are read without record rules: the last one decides what became of
    a deal, whoever had it then.

    :param kinds: outcomes by which the deals ended
    :param datetime since: for deals with visits that began at this instant or later: earlier visits are not read
    :rtype: SQL
    """
    # The last visit of a deal does not begin before any other of its visits, so that one bound serves both.
    last_since, later_since = (
        SQL("AND %s.entered_at >= %s", SQL(alias), since) if since else SQL() for alias in ("last", "later")
    )
    return SQL(
        """
        SELECT last.id, last.lead_ref, last.outcome, last.left_at, last.amount, last.currency_id
        FROM crm_stage_visit last
        WHERE last.outcome IN %s %s
          AND NOT EXISTS (
            SELECT FROM crm_stage_visit later
            WHERE later.lead_ref = last.lead_ref
              AND later.outcome NOT IN %s %s
              AND (later.entered_at, later.id) > (last.entered_at, last.id)
          )
        """,
        tuple(kinds),
        last_since,
        outcomes.NO_STAY,
        later_since,
    )


class CrmStageVisit(models.Model):
    """The visit ledger: one row for each visit of a deal in a stage, and for each skip.

    See docs/definitions.md, Stage visits. Only :class:`~.ledger_store.LedgerStore` writes rows.
    """

    _name = "crm.stage.visit"
    _inherit = ["crm.elsewhere.mixin", "crm.lead.row.mixin"]
    _description = "Stage Visit"
    _rec_name = "lead_id"
    _order = "entered_at desc, id desc"
    # `mover_ref` says who moved the deal. It is an integer, so that it stays when the user is deleted.
    _log_access = False

    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True, ondelete="set null", index="btree_not_null")
    lead_ref = fields.Integer(
        "Opportunity ID",
        readonly=True,
        required=True,
        aggregator="count_distinct",
        help="ID of the opportunity, kept after it was deleted. Counted in distinct opportunities.",
    )
    stage_id = fields.Many2one("crm.stage", readonly=True, ondelete="set null")
    stage_name = fields.Char(
        "Stage at the Time", readonly=True, help="The stage's name as it was when the opportunity came into it."
    )
    stage_ref = fields.Integer(
        "Stage ID",
        readonly=True,
        aggregator=None,
        help="ID of the stage, kept after it was deleted: stages of equal sequence are in the order of their IDs.",
    )
    stage_sequence = fields.Integer(
        "Sequence at the Time",
        readonly=True,
        aggregator=None,
        help="The stage's place in the order of stages when the opportunity came into it.",
    )
    entered_at = fields.Datetime("Came In At", readonly=True, required=True)
    left_at = fields.Datetime("Left", readonly=True, help="Empty while the opportunity is still in the stage.")
    outcome = fields.Selection(
        OUTCOMES,
        readonly=True,
        required=True,
        help="How the visit ended.\n"
        "- Still here: the visit has not ended.\n"
        "- Advanced, Moved back: the opportunity moved to a later or an earlier stage, in the order of stages at "
        "that time.\n"
        "- Won, Lost: the opportunity was won or lost in this stage.\n"
        "- Removed: the opportunity was deleted, merged, archived without being lost, or turned back into a lead.\n"
        "- Skipped: the opportunity passed the stage without a visit.\n"
        "- Correction: a move that the same user undid within five minutes; not counted.",
    )
    next_stage_id = fields.Many2one("crm.stage", readonly=True, ondelete="set null")
    is_first = fields.Boolean(
        "First Time", readonly=True, help="The first row of the opportunity in this stage, including skips."
    )
    converted_at = fields.Datetime(
        "Converted",
        readonly=True,
        help="When the opportunity first reached a later stage or was won after this stage.",
    )
    days = fields.Float(
        compute="_compute_days",
        search="_search_days",
        aggregator="sum",
        digits=(16, 1),
        help="Calendar days of this visit, up to now while it lasts. The time in which the opportunity is won, lost "
        "or archived does not count.",
    )
    days_average = fields.Float(
        "Average Days",
        compute="_compute_days",
        aggregator="avg",
        digits=(16, 1),
        help="Mean of the calendar days of the visits; visits that have not ended count up to now. Skips and "
        "corrections are left out.",
    )
    working_days = fields.Float(
        readonly=True,
        aggregator="sum",
        digits=(16, 1),
        help="Length of this visit in working days of the company's calendar; while it lasts, as of last night.",
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, ondelete="set null")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="set null")
    amount = fields.Monetary(
        readonly=True,
        aggregator="sum",
        help="Expected revenue at the end of the visit, or now while it lasts, in the currency of the opportunity's "
        "company. Recurring revenue is not included.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="set null")
    date_deadline = fields.Date(
        "Expected Closing", readonly=True, help="Expected closing at the end of the visit, or now while it lasts."
    )
    mover_ref = fields.Integer(
        "Moved By (ID)", readonly=True, aggregator=None, help="ID of the user who started this visit."
    )
    ender_ref = fields.Integer(
        "Ended By (ID)",
        readonly=True,
        aggregator=None,
        help="ID of the user who ended this visit; empty if not known.",
    )
    origin = fields.Selection(
        ORIGINS,
        readonly=True,
        required=True,
        default=origins.LIVE,
        help="How the row was recorded: live, rebuilt, imported or repaired.",
    )
    changed_at = fields.Datetime(
        "Changed",
        readonly=True,
        help="When the salesperson, team, company, amount or expected closing changed last during the visit; empty "
        "if none of them changed.",
    )

    _left_after_entered = models.Constraint("CHECK (left_at >= entered_at)", "A visit cannot end before it began.")
    _one_open_visit = models.UniqueIndex("(lead_ref) WHERE left_at IS NULL", "An opportunity can be in one stage only.")
    _lead_ref_index = models.Index("(lead_ref, entered_at, id)")
    _user_company_index = models.Index("(user_id, company_id)")
    _stage_entered_index = models.Index("(stage_id, entered_at)")
    _entered_index = models.Index("(entered_at DESC, id DESC)")
    # For the stages in which a deal has been, by an index-only scan.
    _first_index = models.Index("(lead_ref) INCLUDE (stage_id) WHERE is_first")
    # For visits that ended lately; open visits are not in it.
    _settled_index = models.Index("(left_at) WHERE outcome = 'won' OR outcome = 'lost'")

    @api.depends("entered_at", "left_at", "outcome")
    def _compute_days(self):
        now = self.env.cr.now()
        for visit in self:
            days = ((visit.left_at or max(now, visit.entered_at)) - visit.entered_at).total_seconds() / 86400
            visit.days = 0.0 if visit.outcome == outcomes.CORRECTION else days
            visit.days_average = days if visit.outcome not in outcomes.NO_STAY else 0.0

    @api.model
    def _search_days(self, operator, value):
        return search_number(self.env, "days", operator, value, digits=1)

    @api.depends("lead_id.name", "stage_name")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_display_name(self):
        for visit, name in zip(self, self._lead_names(), strict=True):
            visit.display_name = labelled(self.env, visit.stage_id.name or visit.stage_name, name)

    def _field_to_sql(self, alias, field_expr, query=None):
        """Return the SQL of a field. Days of open visits change as time passes, so that the database computes them.

        The rule is that of :meth:`_compute_days`.
        """
        if field_expr not in ("days", "days_average"):
            return super()._field_to_sql(alias, field_expr, query)
        entered_at, left_at, outcome = (
            self._field_to_sql(alias, name, query) for name in ("entered_at", "left_at", "outcome")
        )
        days = SQL(
            "EXTRACT(EPOCH FROM COALESCE(%s, GREATEST(%s, %s)) - %s)::float8 / 86400",
            left_at,
            self.env.cr.now(),
            entered_at,
            entered_at,
        )
        if field_expr == "days":
            return SQL("CASE WHEN %s = %s THEN 0 ELSE %s END", outcome, outcomes.CORRECTION, days)
        return SQL("CASE WHEN %s NOT IN %s THEN %s END", outcome, outcomes.NO_STAY, days)

    @api.model
    def _read_lengths(self, domain):
        """Return how long visits are and how they end, of those that the reader may see.

        Skips and corrections are left out.

        :param domain: domain on visits
        :return: by the id of the stage (False for deleted stages), what :class:`~.statistics.dwell.Dwell` takes
        :rtype: dict[int | bool, list[tuple[int, str, int]]]
        """
        query = self._search(Domain(domain) & Domain("outcome", "not in", outcomes.NO_STAY))
        if query.is_empty():
            return {}
        stage_id, days, outcome = (
            self._field_to_sql(query.table, name, query) for name in ("stage_id", "days", "outcome")
        )
        lengths = query.select(
            SQL("%s AS stage_id", stage_id),
            SQL("%s AS outcome", outcome),
            SQL("CASE WHEN %s IN %s THEN floor(%s) ELSE ceil(%s) END::int AS days", outcome, CENSORED, days, days),
        )
        found = defaultdict(list)
        for stage_id, *counts in self.env.execute_query(
            SQL("SELECT stage_id, days, outcome, count(*) FROM (%s) visit GROUP BY stage_id, days, outcome", lengths)
        ):
            found[stage_id or False].append(tuple(counts))
        return dict(found)

    def action_open_lead(self):
        """Open the opportunity of this visit."""
        self.ensure_one()
        return self.lead_id._action_open_from_ledger()

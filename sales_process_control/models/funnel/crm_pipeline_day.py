from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger import kinds
from ..recording.crm_pipeline_movement import ORIGINS
from ..recording.rpc_domain import check_count, checked_domain
from .funnel_flow import FunnelFlow, read_cells
from .funnel_reader import FunnelReader, standing_sql

#: Keys of the context: the day, and whether the rows are deals at the moment when they were taken out of a place.
DAY_KEY, LEFT_KEY = "pipeline_day", "pipeline_left"
#: Key of the context: the day up to which `became` follows the deals, by default today.
UNTIL_KEY = "pipeline_until"
PUSHED, OPEN = "pushed", "open"
BECAME = [
    (kinds.WON, "Won"),
    (kinds.LOST, "Lost"),
    (kinds.REMOVED, "Removed"),
    (PUSHED, "Pushed out"),
    (OPEN, "Open"),
]
#: Most deals whose lines are opened together.
MOST_DEALS = 10_000
COLUMNS = SQL(", ").join(
    SQL("line.%s", SQL.identifier(name))
    for name in (
        "id",
        "lead_id",
        "lead_ref",
        "stage_id",
        "stage_name",
        "team_id",
        "user_id",
        "company_id",
        "date_deadline",
        "currency_id",
        "origin",
    )
)
#: The amount of a deal on a day: that of the line that put it into its place, and the changes since.
AMOUNT = """
    line.amount + COALESCE((
        SELECT sum(change.amount) FROM crm_pipeline_movement change
        WHERE change.lead_ref = line.lead_ref AND change.id > line.id AND change.deal_count = 0
          AND change.is_correction IS NOT TRUE AND change.day <= %s
    ), 0)
"""

#: What became of a deal that stood in a place: its end; or that it is open, with an expected closing after the month of
#: that closing, or without any; or open otherwise. Read without record rules, since it says what a row counts as,
#: whoever had the deal then. The last line but those of amounts is an end, or has put the deal into its last place.
BECAME_SQL = """
    COALESCE((
        SELECT CASE WHEN last.kind IN ('won', 'lost', 'removed') THEN last.kind
                    WHEN COALESCE(last.date_deadline, 'infinity')
                         >= date_trunc('month', %(closing)s::timestamp) + interval '1 month' THEN 'pushed'
                    ELSE 'open' END
        FROM crm_pipeline_movement last
        WHERE last.lead_ref = %(lead_ref)s AND last.is_correction IS NOT TRUE
          AND last.kind NOT IN ('amount_up', 'amount_down')
          AND last.day > %(day)s AND last.day <= %(until)s
        ORDER BY last.id DESC LIMIT 1
    ), 'open')
"""


def became_sql(lead_ref, closing, day, until):
    """Return the SQL of what became of a deal, one of :data:`BECAME` (docs/definitions.md, Slippage).

    :param SQL lead_ref: id of the deal
    :param SQL closing: its expected closing on the day
    :param SQL day: the deal stood in its place at the end of this day
    :param SQL until: the last day that counts
    """
    return SQL(BECAME_SQL, lead_ref=lead_ref, closing=closing, day=day, until=until)


class CrmPipelineDay(models.Model):
    """Opportunities on a day: a row for each deal that was open at the end of a day, as it stood on that day.

    The numbers of the sales funnel open these rows: counts and amounts of the rows add up to the number. The day is the
    key `pipeline_day` of the context, by default today. With the key `pipeline_left` the rows are deals at the moment
    at which they were taken out of a place; the search field `flow_cell` selects those of a cell of the flow.

    The id of a row is that of the ledger line that put the deal into its place, or took it out.
    """

    _name = "crm.pipeline.day"
    _inherit = "crm.lead.row.mixin"
    _description = "Opportunities on a Day"
    _auto = False
    _rec_name = "lead_id"
    _order = "amount desc, id desc"
    _depends = {
        "crm.pipeline.movement": [
            "day",
            "lead_id",
            "lead_ref",
            "stage_id",
            "stage_name",
            "team_id",
            "user_id",
            "company_id",
            "kind",
            "date_deadline",
            "deal_count",
            "amount",
            "currency_id",
            "is_correction",
            "origin",
        ],
    }

    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True)
    lead_ref = fields.Integer(
        "Opportunity ID",
        readonly=True,
        aggregator="count_distinct",
        help="ID of the opportunity, kept after it was deleted. Counted in distinct opportunities.",
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    # A row of one id has another day and amount in another context.
    day = fields.Date(
        readonly=True,
        depends_context=(DAY_KEY, LEFT_KEY),
        help="The day at whose end the opportunity was in this state, in the time zone of the company's working "
        "calendar.",
    )
    stage_id = fields.Many2one("crm.stage", readonly=True)
    stage_name = fields.Char("Stage at the Time", readonly=True, help="The stage's name as it was at that time.")
    date_deadline = fields.Date("Expected Closing", readonly=True, help="The expected closing as it was on that day.")
    amount = fields.Monetary(
        readonly=True,
        aggregator="sum",
        depends_context=(DAY_KEY, LEFT_KEY),
        help="Expected revenue on that day, in the currency of the opportunity's company. Recurring revenue is not "
        "included.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    origin = fields.Selection(ORIGINS, readonly=True, help="How the movement was recorded.")
    became = fields.Selection(
        BECAME,
        "Outcome Since",
        readonly=True,
        depends_context=(DAY_KEY, LEFT_KEY, UNTIL_KEY),
        help="The outcome of the opportunity since that day.\n"
        "- Won, Lost, Removed: the opportunity has ended.\n"
        "- Pushed out: open, with an expected closing in a later month than on that day, or without one.\n"
        "- Open: open, and not pushed out.",
    )
    flow_cell = fields.Char(
        compute="_compute_flow_cell",
        search="_search_flow_cell",
        help="To search with: the opportunities in a cell of the flow between two days, as the sales funnel names it.",
    )

    @property
    def _table_query(self) -> SQL:
        if self.env.context.get(LEFT_KEY):
            return SQL(
                "SELECT %s, line.day, -line.amount AS amount, NULL AS became FROM crm_pipeline_movement line "
                "WHERE line.deal_count < 0 AND line.is_correction IS NOT TRUE",
                COLUMNS,
            )
        day = self._read_day()
        return SQL(
            "SELECT %s, %s::date AS day, %s AS amount, %s AS became FROM crm_pipeline_movement line WHERE %s",
            COLUMNS,
            day,
            SQL(AMOUNT, day),
            became_sql(SQL("line.lead_ref"), SQL("line.date_deadline"), SQL("%s::date", day), self._read_until()),
            standing_sql(lambda name: SQL("line.%s", SQL.identifier(name)), day),
        )

    @api.model
    def _read_day(self):
        """Return the day of the context as a date.

        :raises UserError: for an invalid day, and for a day in the future
        """
        reader = FunnelReader(self.env)
        return reader.check_day(self.env.context.get(DAY_KEY) or reader.today())

    @api.model
    def _read_until(self):
        """Return the last day that `became` counts as SQL."""
        reader = FunnelReader(self.env)
        return SQL("%s::date", reader.check_day(self.env.context.get(UNTIL_KEY) or reader.today()))

    @api.depends("lead_id.name", "lead_ref")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_display_name(self):
        for row, name in zip(self, self._lead_names(), strict=True):
            row.display_name = name

    def _compute_flow_cell(self):
        # A row belongs to the cells of many flows, so that the field has no value. It exists for searches.
        self.flow_cell = False

    def _search_flow_cell(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR([self._rows_of_cell(cell) for cell in read_cells(self.env, value)])

    def _rows_of_cell(self, cell):
        """Return the domain of the deals of a cell, see :attr:`.Cell.row_context` for the context."""
        rows = FunnelFlow(FunnelReader(self.env)).find(cell)
        if cell.is_passing:
            return rows
        return rows & Domain("day", "=", cell.stands_on) & Domain("stage_id", "=", cell.stage_id)

    def action_open_lead(self):
        """Open the opportunity of this row."""
        self.ensure_one()
        return self.lead_id._action_open_from_ledger()

    def action_open_lines(self):
        """Open the movement lines of these opportunities up to the day. They add up to the rows.

        Without a selection, of those that the list shows, :data:`MOST_DEALS` at most.
        """
        check_count(self.env, len(self), MOST_DEALS)
        shown = checked_domain(self, self.env.context.get("active_domain") or [])
        deals = self or self.search(shown, limit=MOST_DEALS)
        last_day = max(filter(None, deals.mapped("day")), default=self._read_day()).isoformat()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pipeline Movements"),
            "res_model": "crm.pipeline.movement",
            "view_mode": "list",
            "views": [(False, "list")],
            "domain": [("lead_ref", "in", sorted(set(deals.mapped("lead_ref")))), ("day", "<=", last_day)],
            "context": {"search_disable_custom_filters": True},
        }

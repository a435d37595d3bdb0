from odoo import api, fields, models

from ...ledger import kinds, origins
from .text_lists import labelled

ORIGINS = [
    (origins.LIVE, "Live"),
    (origins.BACKFILL, "Rebuilt"),
    (origins.IMPORT, "Imported"),
    (origins.REPAIR, "Repaired"),
]
KINDS = list(kinds.LABELS.items())


class CrmPipelineMovement(models.Model):
    """The movement ledger: double entry of the pipeline (docs/definitions.md, Pipeline movements).

    The sum of all lines up to a day is the pipeline at the end of that day, for every grouping. Only
    :class:`~.ledger_store.LedgerStore` writes rows.
    """

    _name = "crm.pipeline.movement"
    _inherit = "crm.lead.row.mixin"
    _description = "Pipeline Movement"
    _rec_name = "lead_id"
    _order = "date desc, id desc"
    # A line has its own date and is never edited.
    _log_access = False

    date = fields.Datetime("Date and Time", readonly=True, required=True, help="When the opportunity changed.")
    day = fields.Date(
        readonly=True,
        required=True,
        help="The day of the change in the time zone of the company's working calendar, the same for every reader.",
    )
    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True, ondelete="set null", index="btree_not_null")
    lead_ref = fields.Integer(
        "Opportunity ID",
        readonly=True,
        required=True,
        aggregator="count_distinct",
        help="ID of the opportunity, kept after it was deleted. Counted in distinct opportunities.",
    )
    kind = fields.Selection(
        KINDS,
        readonly=True,
        required=True,
        help=kinds.HELP,
    )
    effect = fields.Char(compute="_compute_effect", exportable=False, export_string_translation=False)
    stage_id = fields.Many2one("crm.stage", readonly=True, ondelete="set null")
    stage_name = fields.Char("Stage at the Time", readonly=True, help="The stage's name as it was at that time.")
    stage_sequence = fields.Integer(
        "Sequence at the Time",
        readonly=True,
        aggregator=None,
        help="The place of the stage in the order of stages at that time.",
    )
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, ondelete="set null")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="set null")
    date_deadline = fields.Date("Expected Closing", readonly=True)
    deal_count = fields.Integer(
        "Opportunities",
        readonly=True,
        aggregator="sum",
        help="+1 for an opportunity that is added, -1 for one that is taken out. The sum up to a day is the number "
        "of open opportunities at its end.",
    )
    amount = fields.Monetary(
        readonly=True,
        aggregator="sum",
        help="Expected revenue added (+) or taken out (-), without recurring revenue, in the currency of the "
        "opportunity's company. The sum up to a day is the value of the pipeline at its end.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="set null")
    is_correction = fields.Boolean(
        "Correction",
        readonly=True,
        help="Part of a move that the same user undid within five minutes. These lines cancel each other out.",
    )
    origin = fields.Selection(
        ORIGINS, readonly=True, required=True, default=origins.LIVE, help="How the movement was recorded."
    )

    _lead_ref_index = models.Index("(lead_ref, id)")
    _user_company_index = models.Index("(user_id, company_id)")
    _stage_day_index = models.Index("(stage_id, day)")
    # Includes all columns that the sales funnel adds up and filters by: a long period needs an index-only scan.
    _date_index = models.Index(
        "(date DESC, id DESC) "
        "INCLUDE (day, lead_ref, kind, deal_count, amount, is_correction, stage_id, team_id, user_id, company_id, "
        "currency_id, date_deadline)"
    )
    # Ends of a period: the shares of the sales funnel, wins that were reopened since, and the win rate.
    _ended_index = models.Index(
        "(date) INCLUDE (id, day, lead_ref, kind, deal_count, is_correction, user_id, company_id) "
        "WHERE kind = 'won' OR kind = 'lost' OR kind = 'removed'"
    )
    # Small partial indexes: deals that were reopened, and the period of the rebuilt history.
    _reopened_index = models.Index("(lead_ref) WHERE kind = 'reopened'")
    _rebuilt_index = models.Index("(day) WHERE origin = 'backfill'")

    @api.depends("kind")
    def _compute_effect(self):
        for movement in self:
            movement.effect = kinds.EFFECTS.get(movement.kind)

    @api.depends("lead_id.name", "kind")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for movement, name in zip(self, self._lead_names(), strict=True):
            movement.display_name = labelled(self.env, labels.get(movement.kind), name)

    def action_open_lead(self):
        """Open the opportunity of this line."""
        self.ensure_one()
        return self.lead_id._action_open_from_ledger()

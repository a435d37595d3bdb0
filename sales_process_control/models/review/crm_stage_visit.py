from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger import origins, outcomes

#: So many deals that one person moves at once are moved in bulk.
BULK = 20
#: A visit that began by a move that somebody has made, thus none that was rebuilt, imported or repaired, and not the
#: first of its deal.
MOVED = """
    visit.origin = %(live)s AND visit.mover_ref IS NOT NULL AND visit.outcome NOT IN %(no_stay)s AND EXISTS (
        SELECT FROM crm_stage_visit earlier
        WHERE earlier.lead_ref = visit.lead_ref AND (earlier.entered_at, earlier.id) < (visit.entered_at, visit.id)
    )
"""
#: The people and instants of moves in bulk. A deal has one visit that begins at an instant, so that visits are deals.
#: They are counted without record rules: who moved how many says what a row counts as. Instants at which many rows
#: begin are few, and the index of the ledger on `entered_at` finds them.
BULK_MOVES = f"""
    SELECT visit.entered_at, visit.mover_ref FROM crm_stage_visit visit
    WHERE visit.entered_at = ANY(ARRAY(
        SELECT entered_at FROM crm_stage_visit GROUP BY entered_at HAVING count(*) >= %(bulk)s
    )) AND {MOVED}
    GROUP BY visit.entered_at, visit.mover_ref HAVING count(*) >= %(bulk)s
"""


class CrmStageVisit(models.Model):
    """Adds search fields for visits that say little about the process: moves in bulk, and jumps on one day."""

    _inherit = "crm.stage.visit"

    is_bulk = fields.Boolean(
        "Moved in Bulk",
        compute="_compute_is_bulk",
        search="_search_is_bulk",
        help="The visit began when one user moved 20 opportunities or more at once. New opportunities, and rows that "
        "were rebuilt, imported or repaired, do not count.",
    )
    is_same_day = fields.Boolean(
        "Moved On the Same Day",
        compute="_compute_is_same_day",
        search="_search_is_same_day",
        help="The opportunity moved on, or was won, on the day on which it came into this stage, in the time zone of "
        "the company. Skips do not count.",
    )

    @api.depends("entered_at", "mover_ref", "outcome", "origin")
    def _compute_is_bulk(self):
        self.is_bulk = False
        self.search([("id", "in", self.ids), ("is_bulk", "=", True)]).is_bulk = True

    def _search_is_bulk(self, operator, value):
        return self._search_condition("_is_bulk_to_sql", operator, value)

    @api.depends("entered_day", "left_day", "outcome")
    def _compute_is_same_day(self):
        for visit in self:
            visit.is_same_day = visit.outcome in outcomes.WENT_ON and visit.entered_day == visit.left_day

    def _search_is_same_day(self, operator, value):
        return self._search_condition("_is_same_day_to_sql", operator, value)

    def _search_condition(self, method, operator, value):
        """Return the domain of a condition.

        :param str method: name of the method that returns the SQL of the condition
        """
        if operator != "in":
            return NotImplemented
        found = Domain.custom(to_sql=lambda model, alias, query: getattr(model, method)(alias, query))
        return Domain.OR([found if wanted else ~found for wanted in value])

    def _is_bulk_to_sql(self, alias, query):
        """Return the SQL condition that a visit began by a move in bulk."""
        entered_at, mover_ref, outcome, origin, lead_ref, visit_id = (
            self._field_to_sql(alias, name, query)
            for name in ("entered_at", "mover_ref", "outcome", "origin", "lead_ref", "id")
        )
        return SQL(
            """
            (%(origin)s = %(live)s AND %(outcome)s NOT IN %(no_stay)s
             AND %(mover_ref)s IS NOT NULL AND (%(entered_at)s, %(mover_ref)s) IN (%(moves)s)
             AND EXISTS (
                SELECT FROM crm_stage_visit earlier
                WHERE earlier.lead_ref = %(lead_ref)s AND (earlier.entered_at, earlier.id) < (%(entered_at)s, %(id)s)
             ))
            """,
            origin=origin,
            live=origins.LIVE,
            outcome=outcome,
            no_stay=outcomes.NO_STAY,
            entered_at=entered_at,
            mover_ref=mover_ref,
            lead_ref=lead_ref,
            id=visit_id,
            moves=SQL(BULK_MOVES, live=origins.LIVE, no_stay=outcomes.NO_STAY, bulk=BULK),
        )

    def _is_same_day_to_sql(self, alias, query):
        """Return the SQL condition that a deal went on on the day on which the visit began."""
        entered, left, outcome = (
            self._field_to_sql(alias, name, query) for name in ("entered_day", "left_day", "outcome")
        )
        return SQL("(%s IN %s AND %s = %s)", outcome, outcomes.WENT_ON, entered, left)

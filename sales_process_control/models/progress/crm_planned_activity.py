from odoo import fields, models


class CrmPlannedActivity(models.Model):
    """One planning, or postponement, of a next activity on a deal.

    The pace counts them: a deal past its limit is stalled once next activities were planned more than twice
    (docs/definitions.md, Pace). Activities alone do not tell, since a cancelled activity is deleted.
    """

    _name = "crm.planned.activity"
    _inherit = "crm.lead.row.mixin"
    _description = "Planning of a Next Activity"
    _rec_name = "lead_id"
    _order = "planned_at desc, id desc"
    _log_access = False

    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True, required=True, ondelete="cascade")
    planned_at = fields.Datetime("Planned", readonly=True, required=True)
    activity_ref = fields.Integer("Activity ID", readonly=True, required=True, aggregator=None)

    _lead_planned_index = models.Index("(lead_id, planned_at)")
    _once_an_instant = models.UniqueIndex(
        "(activity_ref, planned_at)", "An activity can be planned or rescheduled only once at the same time."
    )

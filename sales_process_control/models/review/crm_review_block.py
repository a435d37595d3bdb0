from odoo import models


class CrmReviewBlock(models.AbstractModel):
    """Base of the blocks of the Process Review. `_read_block` gets a :class:`~.review_scope.ReviewScope`."""

    _name = "crm.review.block"
    _inherit = "crm.screen.block"
    _description = "Block of the Process Review"

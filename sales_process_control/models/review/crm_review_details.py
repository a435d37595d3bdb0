from odoo import models

from .stages_cards import StageCards
from .stages_reader import StagesReader

#: Stages beyond this number have no details.
MOST_STAGES = 200


class CrmReviewDetails(models.AbstractModel):
    """Details of the cards of the block *Stages*, which take longer: reasons of loss, ages, and suggested limits."""

    _name = "crm.review.details"
    _inherit = "crm.review.block"
    _description = "Process Review: Details of Stages"

    _block_key = "details"
    _block_sequence = 15
    _block_is_later = True

    def _read_block(self, scope):
        reader = StagesReader(self.env, scope)
        cards = StageCards(self, reader)
        stages = self.env["crm.stage"].search([("is_won", "=", False)], limit=MOST_STAGES)
        ages, reasons = reader.read_ages(), reader.read_reasons(stages)
        return {
            "stages": [
                {
                    "stage_id": stage.id,
                    "reasons": cards.describe_reasons(stage, reasons.get(stage.id, {})),
                    "ages": cards.describe_ages(stage, ages),
                    "dwell": cards.describe_suggestion(stage),
                }
                for stage in stages
            ],
        }

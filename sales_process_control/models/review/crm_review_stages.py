from odoo import models

from .stages_cards import StageCards
from .stages_headline import StagesHeadline
from .stages_reader import StagesReader


class CrmReviewStages(models.AbstractModel):
    """One card a stage, and the sentences on top (docs/definitions.md, Process Review).

    The block *Details* adds to the cards what takes longer.
    """

    _name = "crm.review.stages"
    _inherit = "crm.review.block"
    _description = "Process Review: Stages"

    _block_key = "stages"
    _block_sequence = 10

    def _read_block(self, scope):
        reader = StagesReader(self.env, scope)
        now, before, of_company = reader.read_periods()
        here = reader.read_here()
        stages = self._find_stages(now, here)
        cards = StageCards(self, reader)
        headline = StagesHeadline(cards, reader, now, before).describe(stages)
        worst_id, best_id = (found and found["stage_id"] for found in (headline["headline"], headline["improved"]))
        steps = reader.read_missing_steps(stages)
        return {
            **headline,
            "currency_id": reader.money.currency_id(),
            "left_out": reader.money.describe_left_out(reader.amounts_left_out),
            "stages": [
                {
                    **cards.describe(
                        stage,
                        now[stage.id],
                        before[stage.id],
                        of_company.get(stage.id),
                        here.get(stage.id, 0),
                    ),
                    "is_worst": stage.id == worst_id,
                    "is_best": stage.id == best_id,
                    "dwell": cards.describe_dwell(stage, now[stage.id]),
                    "steps": cards.describe_steps(stage, steps.get(stage.id, ())),
                }
                for stage in stages
            ],
        }

    def _find_stages(self, now, here):
        """Return the stages that are shown, in their order: a deal stayed there in the period, or is there now.

        Won stages, deleted stages and stages with skips only are left out.
        """
        stage_ids = {stage_id for stage_id, counts in now.items() if counts} | here.keys()
        stages = self.env["crm.stage"].browse(stage_id for stage_id in stage_ids if stage_id)
        return stages.filtered(lambda stage: not stage.is_won).sorted(lambda stage: (stage.sequence, stage.id))

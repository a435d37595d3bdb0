from odoo import api, models
from odoo.fields import Domain


class CrmStage(models.Model):
    _name = "crm.stage"
    _inherit = ["crm.stage", "crm.computed.fields.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        self.env["crm.pipeline.reader"]._forget_context()
        return stages

    def write(self, vals):
        result = super().write(vals)
        self.env["crm.pipeline.reader"]._forget_context()
        return result

    def unlink(self):
        # Record moves out of these stages while the stages still have their place in the order.
        self.env.cr.flush()
        result = super().unlink()
        self.env["crm.pipeline.reader"]._forget_context()
        return result

    def _shared_with_unseen_teams(self):
        """Return those of these stages that are used by active teams which the user may not read.

        The teams of a stage in superuser mode would not tell: Odoo keeps one value for all users of a transaction, and
        whoever has read it first may not read all teams.
        """
        if self.env.su:
            return self.browse()
        unseen = ~Domain("id", "in", self.env["crm.team"]._search([]))
        # sudo: only whether there are such teams.
        stages = self.sudo().search(Domain("id", "in", self._origin.ids) & Domain("team_ids", "any", unseen))
        return stages.with_env(self.env)

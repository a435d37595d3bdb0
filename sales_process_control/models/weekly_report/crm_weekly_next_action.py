from odoo import models

from ..screen.crm_screen_block import NO_NEXT_ACTION, OPEN_DEAL


class CrmWeeklyNextAction(models.AbstractModel):
    """Deals without a next action, by salesperson."""

    _name = "crm.weekly.next_action"
    _inherit = ["crm.weekly.block", "crm.screen.sellers"]
    _description = "Weekly Report: Next Actions"

    _block_key = "next_action"
    _block_sequence = 70

    def _read_block(self, scope):
        domain = OPEN_DEAL & scope.domain() & NO_NEXT_ACTION
        title = self.env._("Without a Next Action")
        counts = self._count_deals(domain)
        total = self._number(sum(counts.values()), title, "crm.lead", domain)
        rows = [self._row("all", self.env._("Deals without a next action"), total)]
        if not scope.is_own:
            rows += [
                self._row(f"user_{user_id or 0}", name, self._deals_number(counts, title, user_id, name, domain))
                for user_id, name in self._ordered_sellers(counts)
            ]
        return [self._section("next_action", title, rows)]

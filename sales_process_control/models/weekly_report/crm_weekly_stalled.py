from odoo import models
from odoo.fields import Domain

from ..pace.crm_lead import STALLED
from ..screen.crm_screen_block import OPEN_DEAL


class CrmWeeklyStalled(models.AbstractModel):
    """Stalled deals, each with why it needs attention, in the order of the workbench."""

    _name = "crm.weekly.stalled"
    _inherit = ["crm.weekly.block", "crm.screen.deals"]
    _description = "Weekly Report: Stalled Deals"

    _block_key = "stalled"
    _block_sequence = 40

    def _title(self):
        return self.env._("Stalled Deals")

    def _read_block(self, scope):
        domain = OPEN_DEAL & scope.domain() & Domain("pace", "=", STALLED)
        found = self.env["crm.workbench.attention"]._find_needing(domain)
        name = self._title()
        count = self._number(found[0][STALLED] if found else 0, name, "crm.lead", domain)
        rows = [
            self._row("all", self.env._("Stalled deals"), count),
            *(self._describe(deal, scope) for deal in self._describe_deals([row["id"] for row in found])),
        ]
        return [self._section("stalled", name, rows)]

    def _describe(self, deal, scope):
        amount = self._money(deal["amount"], deal["currency_id"]) if deal["amount"] else ""
        facts = [amount, "" if scope.is_own else deal["user_name"], deal["attention_reason"]]
        number = self._number(1, deal["name"], "crm.lead", Domain("id", "=", deal["id"]))
        detail = " · ".join(fact for fact in facts if fact)
        return self._row(f"deal_{deal['id']}", deal["name"], number, detail=detail, is_record=True)

from odoo import models
from odoo.fields import Domain

from ..progress.mail_activity import NO_NEXT_ACTION
from ..screen.crm_screen_block import OPEN_DEAL

#: How many salespeople have a row of their own. Mail programs cut long mails off.
MOST = 10


class CrmWeeklyNextAction(models.AbstractModel):
    """Deals without a next action, by salesperson."""

    _name = "crm.weekly.next_action"
    _inherit = ["crm.weekly.block", "crm.screen.sellers"]
    _description = "Weekly Report: Next Actions"

    _block_key = "next_action"
    _block_sequence = 70

    def _title(self):
        return self.env._("Without a Next Action")

    def _read_block(self, scope):
        domain = OPEN_DEAL & scope.domain() & NO_NEXT_ACTION
        title = self._title()
        counts = self._count_deals(domain)
        total = self._number(sum(counts.values()), title, "crm.lead", domain)
        rows = [self._row("all", self.env._("Deals without a next action"), total)]
        if not scope.is_own:
            rows += self._by_seller(counts, domain)
        return [self._section("next_action", title, rows)]

    def _by_seller(self, counts, domain):
        """Return a row for each of the first salespeople, and one for all others: the rows add up to all deals."""
        title, shown = self._title(), self._ordered_sellers(counts)[:MOST]
        rows = [
            self._row(f"user_{user_id or 0}", name, self._deals_number(counts, title, user_id, name, domain))
            for user_id, name in shown
        ]
        shown_ids = [user_id for user_id, _name in shown]
        if rest := sum(count for user_id, count in counts.items() if user_id not in shown_ids):
            left = len(counts) - len(shown)
            others = self.env._("1 other") if left == 1 else self.env._("%s others", left)
            name = self.env._("%(what)s: %(seller)s", what=title, seller=others)
            number = self._number(rest, name, "crm.lead", domain & Domain("user_id", "not in", shown_ids))
            rows.append(self._row("others", others, number))
        return rows

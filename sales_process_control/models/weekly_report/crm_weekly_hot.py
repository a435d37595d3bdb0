from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ...ledger import promises
from ..recording.day_texts import day_text

#: How many flags are listed.
MOST = 6
#: Flags that are due within so many days are listed.
DAYS = 7


class CrmWeeklyHot(models.AbstractModel):
    """Hot customers, and promises that were broken."""

    _name = "crm.weekly.hot"
    _inherit = "crm.weekly.block"
    _description = "Weekly Report: Hot Customers"

    _block_key = "hot"
    _block_sequence = 10

    def _title(self):
        return self.env._("Hot Customers")

    def _read_block(self, scope):
        found = self.env["crm.workbench.hot"]._read_block(scope.of_workbench())
        broken = self.env._("Broken last week") if scope.is_week else self.env._("Broken promises")
        rows = [
            self._row("open", self.env._("Hot customers"), found["open"]),
            self._row("overdue", self.env._("Overdue promises"), found["overdue"]),
            self._row("broken", broken, self._broken(scope)),
            *(self._describe(flag) for flag in self._urgent(found["flags"])),
        ]
        return [self._section("hot", self._title(), rows)]

    def _broken(self, scope):
        """Return the number of the flags that were broken in the week.

        Own ones are, as on the workbench, those of the reader and those of colleagues on the reader's deals.
        """
        flags = scope.domain()
        if scope.is_own:
            flags |= Domain("lead_id.user_id", "=", scope.reader_id)
        domain = flags & Domain("outcome", "=", promises.BROKEN)
        domain &= Domain("closed_at", ">=", scope.week.isoformat())
        domain &= Domain("closed_at", "<=", scope.last_day.isoformat())
        count = self.env["crm.hot.report"].search_count(domain)
        return self._number(count, self.env._("Broken Promises"), "crm.hot.report", domain)

    def _urgent(self, flags):
        """Return the flags that are overdue or due soon, in the order of the workbench."""
        last_due = fields.Date.to_string(self._today() + timedelta(days=DAYS))
        return [flag for flag in flags if flag["due_date"] and flag["due_date"] <= last_due][:MOST]

    def _describe(self, flag):
        due_date = fields.Date.to_date(flag["due_date"])
        days = (self._today() - due_date).days
        if days > 0:
            due = self.env._("1 day overdue") if days == 1 else self.env._("%s days overdue", days)
        else:
            due = self.env._("due %s", day_text(self.env, due_date))
        amount = self._money(flag["amount"], flag["currency_id"]) if flag["amount"] else ""
        name = flag["name"] or flag["lead_name"] or self.env._("Hot customer")
        number = self._number(1, name, "crm.hot.flag", Domain("id", "=", flag["id"]))
        detail = " · ".join(fact for fact in (due, amount, flag["user_name"], flag["note"]) if fact)
        return self._row(f"flag_{flag['id']}", name, number, detail=detail, is_record=True)

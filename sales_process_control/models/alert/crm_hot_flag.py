from odoo import models
from odoo.tools import SQL

from ...ledger import promises
from .alert_kinds import PROMISE

#: Fields of a flag that may end its alerts.
ENDING_FIELDS = frozenset(("outcome", "due_date", "user_id"))


class CrmHotFlag(models.Model):
    """Close the alerts of promises that are settled, extended, or given to another salesperson."""

    _inherit = "crm.hot.flag"

    def write(self, vals):
        result = super().write(vals)
        if not ENDING_FIELDS.isdisjoint(vals):
            self._close_alerts()
        return result

    def unlink(self):
        self.env["crm.deal.alert"]._close(SQL("alert.flag_ref = ANY(%s)", self.ids))
        return super().unlink()

    def _close_alerts(self):
        """Close those alerts about these flags that are obsolete."""
        self.flush_recordset(ENDING_FIELDS)
        self.env["crm.deal.alert"]._close(
            SQL(
                """
                alert.flag_ref = ANY(%s) AND NOT EXISTS (
                    SELECT FROM crm_hot_flag flag
                    WHERE flag.id = alert.flag_ref AND flag.outcome = %s AND flag.due_date = alert.due_date
                      AND (alert.kind <> %s OR flag.user_id IS NULL OR flag.user_id = alert.user_id)
                )
                """,
                self.ids,
                promises.OPEN,
                PROMISE,
            )
        )


class CrmHotSettler(models.AbstractModel):
    _inherit = "crm.hot.settler"

    def _write_outcomes(self, outcomes, instants, movers):
        """Close the alerts about flags without a deal. Those of a deal end with the deal."""
        result = super()._write_outcomes(outcomes, instants, movers)
        flag_ids = [flag.id for flag, _outcome in outcomes if not flag.lead_ref]
        if flag_ids:
            self.env["crm.hot.flag"].browse(flag_ids)._close_alerts()
        return result

from odoo import models
from odoo.tools import SQL

from ...ledger import promises
from .alert_kinds import IDLE, PROMISE

#: Fields of a flag that may end its alerts.
ENDING_FIELDS = frozenset(("outcome", "due_date", "user_id"))


class CrmHotFlag(models.Model):
    """Close the alerts of promises that are settled, extended, or given to another salesperson.

    A deal that is hot no longer needs no next action for being hot: that alert ends, too.
    """

    _inherit = "crm.hot.flag"

    def write(self, vals):
        result = super().write(vals)
        if not ENDING_FIELDS.isdisjoint(vals):
            self._close_alerts()
        return result

    def unlink(self):
        lead_refs = self._lead_refs()
        result = super().unlink()
        self._close_alerts(lead_refs)
        return result

    def _lead_refs(self):
        # sudo: alerts end with what they are about, also if the user has given the flag to somebody else.
        return [lead_ref for lead_ref in set(self.sudo().mapped("lead_ref")) if lead_ref]

    def _close_alerts(self, lead_refs=None):
        """Close those alerts about these flags and about their deals that are obsolete.

        :param list lead_refs: ids of the deals, for flags that were deleted
        """
        if lead_refs is None:
            self.flush_recordset(ENDING_FIELDS)
            lead_refs = self._lead_refs()
        self.env["crm.deal.alert"]._close(
            SQL(
                """
                (
                    alert.flag_ref = ANY(%(flag_ids)s) AND NOT EXISTS (
                        SELECT FROM crm_hot_flag flag
                        WHERE flag.id = alert.flag_ref AND flag.outcome = %(open)s AND flag.due_date = alert.due_date
                          AND (alert.kind <> %(promise)s OR flag.user_id IS NULL OR flag.user_id = alert.user_id)
                    )
                    OR alert.kind = %(idle)s AND alert.lead_ref > 0 AND alert.lead_ref = ANY(%(lead_refs)s::int[])
                       AND NOT EXISTS (
                        SELECT FROM crm_hot_flag flag WHERE flag.lead_ref = alert.lead_ref AND flag.outcome = %(open)s
                    )
                )
                """,
                flag_ids=self.ids,
                lead_refs=lead_refs,
                open=promises.OPEN,
                promise=PROMISE,
                idle=IDLE,
            )
        )


class CrmHotSettler(models.AbstractModel):
    _inherit = "crm.hot.settler"

    def _write_outcomes(self, outcomes, instants, movers):
        """Close the alerts about flags that were settled by an order or a payment.

        Flags that have a mover settle because their deal ends, and all alerts of the deal end with it.
        """
        result = super()._write_outcomes(outcomes, instants, movers)
        flag_ids = [flag.id for flag, _outcome in outcomes if flag.id not in movers]
        if flag_ids:
            self.env["crm.hot.flag"].browse(flag_ids)._close_alerts()
        return result

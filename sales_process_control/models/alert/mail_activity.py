from odoo import models
from odoo.tools import SQL

from .crm_deal_alert import CLOSED, DONE

#: Fields that end an alert: it is marked as done, or made a sales action.
ENDING_FIELDS = frozenset(("active", "activity_type_id"))


class MailActivity(models.Model):
    """Close the alert of an activity that a person marks as done, cancels, or makes a sales action."""

    _inherit = "mail.activity"

    def write(self, vals):
        if ENDING_FIELDS.isdisjoint(vals):
            return super().write(vals)
        alerts = self._of_alerts()
        result = super().write(vals)
        (alerts - alerts._of_alerts())._close_alerts(DONE)
        return result

    def unlink(self):
        # Before the call: PostgreSQL clears the activity of the alert.
        self._of_alerts()._close_alerts(CLOSED)
        return super().unlink()

    def _of_alerts(self):
        """Return those of these activities that are planned and of the type of alerts."""
        alert_type_id = self._alert_type_id()
        # sudo: only type and state are read, as Odoo does in the same calls.
        return self.filtered(lambda one: one.sudo().activity_type_id.id == alert_type_id and one.sudo().active)

    def _close_alerts(self, state):
        """Close the alerts of these activities.

        :param str state: DONE or CLOSED
        """
        if self:
            found = SQL("alert.activity_id = ANY(%s)", self.ids)
            self.env["crm.deal.alert"]._close(found, state, deletes_activities=False)

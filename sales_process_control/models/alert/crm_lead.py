from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.tools import SQL

from ...const import GROUP_INTERNAL
from .alerting import is_alerting


class CrmLead(models.Model):
    """Whether a deal has open alerts, so that a deal without one costs no statement when it moves or makes progress."""

    _inherit = "crm.lead"

    has_open_alert = fields.Boolean(
        readonly=True, copy=False, groups=GROUP_INTERNAL, help="A user was alerted to the opportunity."
    )

    @api.model
    def _computed_field_names(self):
        return super()._computed_field_names() | {"has_open_alert"}

    def unlink(self):
        self._close_alerts()
        return super().unlink()

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Subscribe nobody for an alert: a team leader would get each message of the customer from then on."""
        if is_alerting(self.env.cr):
            return True
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)

    def _merge_dependences(self, opportunities):
        # Before the call: Odoo moves the activities of the deals that are merged away to the one that stays.
        opportunities._close_alerts()
        return super()._merge_dependences(opportunities)

    def _close_alerts(self, condition=None):
        """Close the open alerts on these deals.

        :param SQL condition: only those of `alert` that meet it; all by default
        """
        alerted = self._with_open_alerts()
        if alerted:
            found = SQL("alert.lead_ref = ANY(%s) AND %s", alerted.ids, condition or SQL("TRUE"))
            self.env["crm.deal.alert"]._close(found)

    def _with_open_alerts(self):
        """Return those of these deals that have open alerts. Deals may have been deleted."""
        # sudo: alerts end with what they are about, whoever changes the deal.
        leads = self.sudo()
        try:
            return leads.filtered("has_open_alert")
        except MissingError:
            return leads.exists().filtered("has_open_alert")

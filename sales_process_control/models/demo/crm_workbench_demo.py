from datetime import datetime, time, timedelta, timezone

from odoo import Command, api, models
from odoo.fields import Domain

from ..screen.crm_screen_block import OPEN_DEAL
from .crm_pipeline_demo import CUSTOMERS

KEY_CUSTOMERS = ("Northwind Mills", "Fairview Insurance", "Silverline Logistics")
#: Meetings of today: (salesperson, subject, hour, index of the deal among the most advanced ones).
MEETINGS = (
    ("base.user_admin", "Walk through the plans", 11, 0),
    ("base.user_admin", "Price talk", 14, 1),
    ("sales_process_control.user_anna", "Visit the site", 10, 0),
    ("sales_process_control.user_david", "Show samples", 15, 0),
)
#: Activities of today: (salesperson, activity type, summary). The first one is on the third of the
#: salesperson's most advanced deals, the second one on the fourth, and so on.
CALLS = (
    ("base.user_admin", "mail.mail_activity_data_call", "Ask who signs"),
    ("base.user_admin", "mail.mail_activity_data_email", "Send the revised offer"),
    ("sales_process_control.user_anna", "mail.mail_activity_data_call", "Ask for the floor plan"),
)


class CrmWorkbenchDemo(models.AbstractModel):
    """Customers of a demonstration database, and the meetings and activities of today."""

    _name = "crm.workbench.demo"
    _description = "Workbench Demonstration"

    @api.model
    def _load(self):
        """Create the contacts, meetings and activities."""
        # Without messages and invitations.
        quiet = self.with_context(tracking_disable=True, mail_create_nolog=True, no_mail_to_attendees=True)
        quiet._make_customers()
        quiet._plan_the_day()

    def _make_customers(self):
        """Create contacts for the customers, and set them on the open deals, which have only company names."""
        domain = OPEN_DEAL & Domain("team_id", "in", self._teams().ids) & Domain("partner_id", "=", False)
        deals = self.env["crm.lead"].search(domain, limit=1000)
        customers = self.env["res.partner"].create(
            [{"name": name, "is_company": True, "is_key_customer": name in KEY_CUSTOMERS} for name in CUSTOMERS]
        )
        for customer in customers:
            deals.filtered(lambda deal, name=customer.name: deal.partner_name == name).partner_id = customer

    def _teams(self):
        return self.env.ref("sales_process_control.crm_team_direct") | self.env.ref(
            "sales_process_control.crm_team_partner"
        )

    def _most_advanced_deals(self, user):
        """Return the open deals of a salesperson, the most advanced and largest first."""
        deals = self.env["crm.lead"].search(OPEN_DEAL & Domain("user_id", "=", user.id), limit=1000)
        return deals.sorted(lambda deal: (-deal.stage_id.sequence, -deal.expected_revenue, deal.id))

    def _plan_the_day(self):
        today = self.env["crm.workbench.block"]._today()
        for user_xmlid, subject, hour, index in MEETINGS:
            user = self.env.ref(user_xmlid)
            deal = self._most_advanced_deals(user)[index]
            begin = self.env.tz.localize(datetime.combine(today, time(hour))).astimezone(timezone.utc)
            self.env["calendar.event"].create(
                {
                    "name": subject,
                    "start": begin.replace(tzinfo=None),
                    "stop": begin.replace(tzinfo=None) + timedelta(hours=1),
                    "user_id": user.id,
                    "partner_ids": [Command.set(user.partner_id.ids)],
                    "opportunity_id": deal.id,
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": deal.id,
                }
            )
        for index, (user_xmlid, activity_type, summary) in enumerate(CALLS, 2):
            user = self.env.ref(user_xmlid)
            self._most_advanced_deals(user)[index].activity_schedule(
                activity_type, date_deadline=today, summary=summary, user_id=user.id
            )

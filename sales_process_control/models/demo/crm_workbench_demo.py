from datetime import datetime, time, timedelta, timezone

from odoo import Command, api, models
from odoo.fields import Domain

from ..workbench.crm_workbench_block import OPEN_DEAL
from .crm_pipeline_demo import CUSTOMERS

#: Customers that somebody keeps an eye on, whatever they order today.
STARRED = ("Northwind Mills", "Fairview Insurance", "Silverline Logistics")
#: Meetings of the day: (salesperson, what about, hour, which of the open deals, the furthest first)
MEETINGS = (
    ("base.user_admin", "Walk through the plans", 11, 0),
    ("base.user_admin", "Price talk", 14, 1),
    ("sales_process_control.user_anna", "Visit the site", 10, 0),
    ("sales_process_control.user_david", "Show samples", 15, 0),
)
#: What is to be done today on the next of the deals: (salesperson, kind, summary)
CALLS = (
    ("base.user_admin", "mail.mail_activity_data_call", "Ask who signs"),
    ("base.user_admin", "mail.mail_activity_data_email", "Send the revised offer"),
    ("sales_process_control.user_anna", "mail.mail_activity_data_call", "Ask for the floor plan"),
)


class CrmWorkbenchDemo(models.AbstractModel):
    """A day of the sellers of a demonstration database: contacts for their customers, meetings and calls of today."""

    _name = "crm.workbench.demo"
    _description = "Workbench Demonstration"

    @api.model
    def _load(self):
        """Make the contacts, and fill the day."""
        # All of it is there as if it always had been: nobody is written to.
        quiet = self.with_context(tracking_disable=True, mail_create_nolog=True, no_mail_to_attendees=True)
        quiet._make_customers()
        quiet._plan_the_day()

    def _make_customers(self):
        """Give the open deals of the year contacts: until then their customers are names only."""
        domain = OPEN_DEAL & Domain("team_id", "in", self._teams().ids) & Domain("partner_id", "=", False)
        deals = self.env["crm.lead"].search(domain, limit=1000)
        customers = self.env["res.partner"].create(
            [{"name": name, "is_company": True, "is_key_customer": name in STARRED} for name in CUSTOMERS]
        )
        for customer in customers:
            deals.filtered(lambda deal, name=customer.name: deal.partner_name == name).partner_id = customer

    def _teams(self):
        return self.env.ref("sales_process_control.crm_team_direct") | self.env.ref(
            "sales_process_control.crm_team_partner"
        )

    def _furthest_deals(self, user):
        """The open deals of a salesperson, the furthest and largest first."""
        deals = self.env["crm.lead"].search(OPEN_DEAL & Domain("user_id", "=", user.id), limit=1000)
        return deals.sorted(lambda deal: (-deal.stage_id.sequence, -deal.expected_revenue, deal.id))

    def _plan_the_day(self):
        today = self.env["crm.workbench.block"]._today()
        for name, about, hour, place in MEETINGS:
            user = self.env.ref(name)
            deal = self._furthest_deals(user)[place]
            begin = self.env.tz.localize(datetime.combine(today, time(hour))).astimezone(timezone.utc)
            self.env["calendar.event"].create(
                {
                    "name": about,
                    "start": begin.replace(tzinfo=None),
                    "stop": begin.replace(tzinfo=None) + timedelta(hours=1),
                    "user_id": user.id,
                    "partner_ids": [Command.set(user.partner_id.ids)],
                    "opportunity_id": deal.id,
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": deal.id,
                }
            )
        for place, (name, kind, summary) in enumerate(CALLS, 2):
            user = self.env.ref(name)
            self._furthest_deals(user)[place].activity_schedule(
                kind, date_deadline=today, summary=summary, user_id=user.id
            )

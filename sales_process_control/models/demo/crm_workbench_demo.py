from datetime import datetime, time, timedelta, timezone

from odoo import Command, api, models
from odoo.fields import Domain
from odoo.tools import LazyTranslate

from ..screen.crm_screen_block import OPEN_DEAL
from ..setup.language import in_language_of_database

_lt = LazyTranslate(__name__)

#: Meetings of today: (subject, salesperson, hour, index of the deal among the most advanced ones).
MEETINGS = (
    (_lt("Walk through the plans"), "base.user_admin", 11, 0),
    (_lt("Price talk"), "base.user_admin", 14, 1),
    (_lt("Price talk"), "base.user_demo", 13, 0),
    (_lt("Visit the site"), "sales_process_control.user_anna", 10, 0),
    (_lt("Show samples"), "sales_process_control.user_david", 15, 0),
    (_lt("Walk through the plans"), "sales_process_control.user_elena", 9, 1),
)
#: Activities of today: (summary, salesperson, activity type). The first one is on the third of the
#: salesperson's most advanced deals, the second one on the fourth, and so on.
CALLS = (
    (_lt("Ask who signs"), "base.user_admin", "mail.mail_activity_data_call"),
    (_lt("Send the revised offer"), "base.user_admin", "mail.mail_activity_data_email"),
    (_lt("Ask who signs"), "base.user_demo", "mail.mail_activity_data_call"),
    (_lt("Ask for the floor plan"), "sales_process_control.user_anna", "mail.mail_activity_data_call"),
    (_lt("Send the revised offer"), "sales_process_control.user_elena", "mail.mail_activity_data_email"),
)


class CrmWorkbenchDemo(models.AbstractModel):
    """The meetings and activities of today of a demonstration database."""

    _name = "crm.workbench.demo"
    _description = "Workbench Demonstration"

    @api.model
    def _load(self):
        """Create the meetings and activities."""
        # Without messages and invitations.
        quiet = in_language_of_database(self).with_context(
            tracking_disable=True, mail_create_nolog=True, no_mail_to_attendees=True
        )
        quiet._plan_the_day()

    def _most_advanced_deals(self, user):
        """Return the open deals of a salesperson, the most advanced and largest first."""
        deals = self.env["crm.lead"].search(OPEN_DEAL & Domain("user_id", "=", user.id), limit=1000)
        return deals.sorted(lambda deal: (-deal.stage_id.sequence, -deal.expected_revenue, deal.id))

    def _plan_the_day(self):
        today = self.env["crm.workbench.block"]._today()
        for subject, user_xmlid, hour, index in MEETINGS:
            user = self.env.ref(user_xmlid)
            deal = self._most_advanced_deals(user)[index]
            begin = self.env.tz.localize(datetime.combine(today, time(hour))).astimezone(timezone.utc)
            self.env["calendar.event"].create(
                {
                    "name": self.env._(subject),
                    "start": begin.replace(tzinfo=None),
                    "stop": begin.replace(tzinfo=None) + timedelta(hours=1),
                    "user_id": user.id,
                    "partner_ids": [Command.set(user.partner_id.ids)],
                    "opportunity_id": deal.id,
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": deal.id,
                }
            )
        for index, (summary, user_xmlid, activity_type) in enumerate(CALLS, 2):
            user = self.env.ref(user_xmlid)
            self._most_advanced_deals(user)[index].activity_schedule(
                activity_type, date_deadline=today, summary=self.env._(summary), user_id=user.id
            )

from datetime import timedelta

from odoo import Command, api, models
from odoo.tools import LazyTranslate

from ..alert.alert_candidates import AlertCandidates
from ..report_channel.crm_report_destination import DISCUSS
from ..report_channel.delivery_states import SENT
from ..report_channel.digest_schedule import DAILY, WEEKLY
from ..setup.language import in_language_of_database
from ..weekly_report.weekly_scope import OF_TEAM

_lt = LazyTranslate(__name__)

#: Names of the sales teams. Odoo loads those of other languages only after the demonstration.
TEAMS = {
    "sales_process_control.crm_team_direct": _lt("Direct Sales"),
    "sales_process_control.crm_team_partner": _lt("Partner Sales"),
}
#: The last working day is among so many days.
MOST_DAYS = 10


class CrmAlertDemo(models.AbstractModel):
    """What the jobs of a morning give: alerts of the last working day, weekly reports, and a digest in Discuss.

    The jobs themselves commit, and the reports would be sent by mail. The channels post to Discuss alone, so nothing
    leaves the database.
    """

    _name = "crm.alert.demo"
    _description = "Alert Demonstration"

    @api.model
    def _load(self):
        """Give the alerts, make the reports as samples for their readers, and post a digest."""
        company = self.env.ref("base.main_company")
        self._name_teams()
        self._give_alerts(company)
        self._make_reports()
        self._post_digest(self._make_channels(company))

    def _name_teams(self):
        """Name the teams in all installed languages: names of reports and channels are stored with those of teams."""
        teams = self.env["crm.team"].concat(*map(self.env.ref, TEAMS))
        self.env["crm.process.loader"]._translate(teams, "name", TEAMS.values())
        return teams

    def _give_alerts(self, company):
        context = self.env["crm.pipeline.reader"]._read_context()
        of_company = context.company(company.id)
        today = context.day_of(self.env.cr.now(), company.id)
        days = (today - timedelta(days=days) for days in range(MOST_DAYS))
        day = next((day for day in days if of_company.works_on(self.env, day)), today)
        alerter = self.env["crm.deal.alerter"].with_context(tz=of_company.tz).with_company(company)
        for user_id, candidates in AlertCandidates(alerter.env, company, day, company.id).by_person().items():
            alerter._alert_person(user_id, candidates, day)
        company.alerts_given_on = day

    def _make_reports(self):
        reason = in_language_of_database(self).env._("Made with the demonstration data. No mail was sent.")
        for leader in ("base.user_admin", "sales_process_control.user_elena"):
            reader = self.env["crm.weekly.report"].with_user(self.env.ref(leader))
            reader._make_sample(OF_TEAM).reason = reason

    def _make_channels(self, company):
        """Return two report channels of a channel in Discuss that only salespeople can open."""
        native, reader = in_language_of_database(self), self.env.ref("base.user_admin")
        team = native.env.ref("sales_process_control.crm_team_partner")
        sales = native.env["discuss.channel"].create(
            {
                "name": native.env._("Sales Digests"),
                "channel_type": "channel",
                "group_public_id": self.env.ref("sales_team.group_sale_salesman").id,
                "channel_partner_ids": [Command.link(user.partner_id.id) for user in reader | team.user_id],
            }
        )
        common = {
            "kind": DISCUSS,
            "channel_id": sales.id,
            "company_id": company.id,
            "reader_id": reader.id,
            "lang": native.env.lang or "en_US",
            "is_on": True,
        }
        # Without a message about the creation: models have their names in other languages only after the demonstration.
        destinations = native.env["crm.report.destination"].with_context(mail_create_nolog=True)
        return destinations.create(
            [
                {"name": native.env._("Sales, every Monday"), "interval": WEEKLY, **common},
                {
                    "name": native.env._("%s, every working day", team.name),
                    "interval": DAILY,
                    "team_id": team.id,
                    **common,
                },
            ]
        )

    def _post_digest(self, channels):
        """Post the last digest of the first channel, as *Send Now* does."""
        digest = self.env["crm.report.delivery"]._add_by_hand(channels[0], channels[0].reader_id)
        digest.content = digest._make_content()
        digest._post_to_discuss(digest._digest(digest.content))
        now = self.env.cr.now()
        digest.write({"state": SENT, "attempts": 1, "tried_at": now, "sent_at": now})

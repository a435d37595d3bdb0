from datetime import timedelta

from odoo import api, models

from ..alert.alert_candidates import AlertCandidates
from ..setup.language import in_language_of_database
from ..weekly_report.weekly_scope import OF_TEAM

#: The last working day is among so many days.
MOST_DAYS = 10


class CrmAlertDemo(models.AbstractModel):
    """What the jobs of a morning give: alerts of the last working day, and the weekly report of each team.

    The jobs themselves commit, and the reports would be sent by mail.
    """

    _name = "crm.alert.demo"
    _description = "Alert Demonstration"

    @api.model
    def _load(self):
        """Give the alerts, and make the reports as samples for their readers."""
        company = self.env.ref("base.main_company")
        self._give_alerts(company)
        self._make_reports()

    def _give_alerts(self, company):
        context = self.env["crm.pipeline.reader"]._read_context()
        of_company = context.company(company.id)
        today = context.day_of(self.env.cr.now(), company.id)
        days = (today - timedelta(days=days) for days in range(MOST_DAYS))
        day = next((day for day in days if of_company.works_on(self.env, day)), today)
        alerter = self.env["crm.deal.alerter"].with_context(tz=of_company.tz or "UTC").with_company(company)
        for user_id, candidates in AlertCandidates(alerter.env, company, day, company.id).by_person().items():
            alerter._alert_person(user_id, candidates, day)
        company.alerts_given_on = day

    def _make_reports(self):
        reason = in_language_of_database(self).env._("Made with the demonstration data. No mail was sent.")
        for leader in ("base.user_admin", "sales_process_control.user_elena"):
            reader = self.env["crm.weekly.report"].with_user(self.env.ref(leader))
            reader._make_sample(OF_TEAM).reason = reason

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

#: What is to be won in a month, by the XML id of the team or salesperson; None for the whole company.
TARGETS = {
    None: 260_000,
    "sales_process_control.crm_team_direct": 140_000,
    "sales_process_control.crm_team_partner": 110_000,
    "base.user_admin": 55_000,
    "sales_process_control.user_anna": 40_000,
    "sales_process_control.user_ben": 45_000,
    "sales_process_control.user_david": 50_000,
    "sales_process_control.user_elena": 60_000,
}
#: Months before the present one, and after it, that have targets: the next quarter has some whatever the month.
MONTHS_BACK, MONTHS_AHEAD = 12, 5


class CrmForecastDemo(models.AbstractModel):
    """Sales targets of a demonstration database."""

    _name = "crm.forecast.demo"
    _description = "Forecast Demonstration"

    @api.model
    def _load(self):
        """Create the targets of the teams, of their members and of the company."""
        this_month = fields.Date.context_today(self, self.env.cr.now()).replace(day=1)
        months = [this_month + relativedelta(months=month) for month in range(-MONTHS_BACK, MONTHS_AHEAD + 1)]
        company = self.env.ref("base.main_company")
        self.env["crm.sales.target"].create(
            [
                {"month": month, "amount": amount, "company_id": company.id, **self._owner(xmlid)}
                for xmlid, amount in TARGETS.items()
                for month in months
            ]
        )

    def _owner(self, xmlid):
        if not xmlid:
            return {}
        owner = self.env.ref(xmlid)
        return {"team_id" if owner._name == "crm.team" else "user_id": owner.id}

import json
from random import Random

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

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
#: Stages in which salespeople say how likely the deal is won: parts of their XML ids.
RATED_STAGES = ("needs", "bidding", "negotiation")
#: What they say in percent of deals that are won, and of others: they hope too much. What Odoo says of all.
SAID_OF_WON, SAID_OF_OTHERS, SAID_BY_ODOO = (50, 60, 70, 80, 90, 90), (20, 40, 50, 60, 70, 80), (15, 25, 35, 45, 55, 65)


class CrmForecastDemo(models.AbstractModel):
    """Sales targets of a demonstration database, and how likely salespeople said that its deals are won."""

    _name = "crm.forecast.demo"
    _description = "Forecast Demonstration"

    @api.model
    def _load(self):
        """Create the targets of the teams, of their members and of the company, and the likelihoods."""
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

        self._set_likelihoods()

    def _set_likelihoods(self):
        """Set a likelihood, and Odoo's probability of that day, on a third of the recorded progress."""
        random = Random(11)
        stages = [self.env.ref(f"sales_process_control.crm_stage_{name}").id for name in RATED_STAGES]
        recorded = self.env["crm.lead.progress"].search(
            [("visit_id.stage_id", "in", stages), ("lead_id", "!=", False)], order="date, id", limit=5000
        )
        rows = [
            {
                "id": progress.id,
                "likelihood": random.choice(SAID_OF_WON if progress.lead_id.won_status == "won" else SAID_OF_OTHERS),
                "odoo": random.choice(SAID_BY_ODOO),
            }
            for progress in recorded
            if random.random() < 1 / 3
        ]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead_progress progress
                SET likelihood = said.likelihood, odoo_probability = said.odoo
                FROM json_to_recordset(%s) AS said (id int, likelihood float8, odoo float8)
                WHERE progress.id = said.id
                """,
                json.dumps(rows),
            )
        )
        self.env["crm.lead.progress"].invalidate_model(flush=False)

    def _owner(self, xmlid):
        if not xmlid:
            return {}
        owner = self.env.ref(xmlid)
        return {"team_id" if owner._name == "crm.team" else "user_id": owner.id}

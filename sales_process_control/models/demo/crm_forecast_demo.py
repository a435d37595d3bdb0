import json
from random import Random

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: The targets of a year are so many times what was won in the last one.
GROWTH = 1.1
#: How much the target of a salesperson depends on what all won on average, instead of on what the salesperson won.
COMMON_SHARE = 0.5
#: Targets by the month, as shares of the monthly average.
SEASONS = (0.9, 0.8, 1.1, 1.0, 1.05, 1.15, 0.9, 0.8, 1.1, 1.0, 1.05, 1.15)
#: Months before the present one, and after it, that have targets: the next quarter has some whatever the month.
MONTHS_BACK, MONTHS_AHEAD = 12, 5
#: Stages in which salespeople say how likely the deal is won: parts of their XML ids.
RATED_STAGES = ("needs", "bidding", "negotiation")
#: What they say in percent of deals that are won, and of others: they hope too much. What Odoo says of the same.
SAID_OF_WON, SAID_OF_OTHERS = (50, 60, 70, 80, 90, 90), (10, 20, 40, 50, 60, 70, 80)
ODOO_OF_WON, ODOO_OF_OTHERS = (25, 35, 45, 55, 65, 75), (5, 15, 15, 25, 35, 45, 55)


class CrmForecastDemo(models.AbstractModel):
    """Sales targets of a demonstration database, and how likely salespeople said that its deals are won."""

    _name = "crm.forecast.demo"
    _description = "Forecast Demonstration"

    @api.model
    def _load(self):
        """Create the targets of the salespeople, of their teams and of the company, and the likelihoods."""
        this_month = fields.Date.context_today(self, self.env.cr.now()).replace(day=1)
        months = [this_month + relativedelta(months=month) for month in range(-MONTHS_BACK, MONTHS_AHEAD + 1)]
        company = self.env.ref("base.main_company")
        yearly_targets = self._yearly_targets()
        values = []
        for month in months:
            of_month = {"month": month, "company_id": company.id}
            total = 0
            for team, yearly in yearly_targets.items():
                monthly = {user: round(amount / 12 * SEASONS[month.month - 1], -3) for user, amount in yearly.items()}
                values += [{**of_month, "user_id": user.id, "amount": amount} for user, amount in monthly.items()]
                values.append({**of_month, "team_id": team.id, "amount": sum(monthly.values())})
                total += sum(monthly.values())
            values.append({**of_month, "amount": total})
        self.env["crm.sales.target"].create(values)
        self._set_likelihoods()

    def _yearly_targets(self):
        """Return {team: {salesperson: what is to be won in a year}}."""
        teams = self.env.ref("sales_process_control.crm_team_direct") | self.env.ref(
            "sales_process_control.crm_team_partner"
        )
        since = self.env.cr.now() - relativedelta(years=1)
        targets = {team: {} for team in teams}
        for team, user, won in self.env["crm.lead"]._read_group(
            [("team_id", "in", teams.ids), ("won_status", "=", "won"), ("date_closed", ">=", since)],
            ["team_id", "user_id"],
            ["expected_revenue:sum"],
        ):
            targets[team][user] = won
        wins = [won for found in targets.values() for won in found.values()]
        common = COMMON_SHARE * sum(wins) / len(wins)
        return {
            team: {user: GROWTH * (common + (1 - COMMON_SHARE) * won) for user, won in found.items()}
            for team, found in targets.items()
        }

    def _set_likelihoods(self):
        """Set a likelihood, and Odoo's probability of that day, on a third of the recorded progress."""
        random = Random(11)
        stages = [self.env.ref(f"sales_process_control.crm_stage_{name}").id for name in RATED_STAGES]
        recorded = self.env["crm.lead.progress"].search(
            [("visit_id.stage_id", "in", stages), ("lead_id", "!=", False)], order="date, id", limit=5000
        )
        rows = []
        for progress in recorded:
            if random.random() < 1 / 3:
                is_won = progress.lead_id.won_status == "won"
                said = random.choice(SAID_OF_WON if is_won else SAID_OF_OTHERS)
                odoo = random.choice(ODOO_OF_WON if is_won else ODOO_OF_OTHERS)
                rows.append({"id": progress.id, "likelihood": said, "odoo": odoo})
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

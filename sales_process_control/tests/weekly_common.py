from datetime import date, datetime

from odoo import Command

from ..models.weekly_report.weekly_content import WeeklyContent
from ..models.weekly_report.weekly_scope import WeeklyScope
from .common import PipelineCase

#: The week that the reports are about: Monday 9 to Sunday 15 March 2026. It is the morning after it.
WEEK = date(2026, 3, 9)
MONDAY = datetime(2026, 3, 16, 8, 30)


class WeeklyCase(PipelineCase):
    """A team with a leader, and a week in which something happened to its deals. All clocks show UTC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Report = cls.env["crm.weekly.report"]
        cls.env["crm.hot.flag"].search([]).unlink()
        cls.env["crm.sales.target"].search([]).unlink()
        cls.env["crm.team"].search([("id", "not in", (cls.team | cls.other_team).ids)]).user_id = False
        cls.env["res.users"].search([]).weekly_report = False
        cls.company.resource_calendar_id.tz = "UTC"
        cls.env["res.company"].search([]).weekly_report_for_leaders = False
        cls.leader = cls.make_user(
            "weekly_leader", groups="sales_team.group_sale_salesman_all_leads", email="leader@example.com"
        )
        cls.team.user_id = cls.leader
        cls.seller.email = "seller@example.com"
        (cls.leader | cls.seller | cls.colleague | cls.manager).tz = "UTC"
        cls.env.cr.flush()

    def make_week(self):
        """Make deals that come in, move, slip and end in the week, and one of the other team; then it is Monday."""
        self.set_time(datetime(2026, 3, 3, 9))
        won, lost, moved, pushed, still = (
            self.make_deal(name=f"Deal {name}", expected_revenue=amount, date_deadline="2026-03-20")
            for name, amount in (
                ("won", 1000.5),
                ("lost", 200),
                ("moved", 300),
                ("pushed", 400.25),
                ("still", 77),
            )
        )
        self.make_deal(name="Of others", user_id=self.colleague.id, team_id=self.other_team.id, expected_revenue=5000)
        self.set_time(datetime(2026, 3, 10, 9))
        self.make_deal(name="Deal new", expected_revenue=50)
        moved.stage_id = self.needs
        pushed.date_deadline = "2026-05-20"
        self.pass_time(days=2)
        moved.write({"stage_id": self.bidding.id, "expected_revenue": 350})
        won.action_set_won()
        lost.action_set_lost()
        self.set_time(MONDAY)
        # Of the next week.
        still.expected_revenue = 80
        self.env.cr.flush()
        return {"won": won, "lost": lost, "moved": moved, "pushed": pushed, "still": still}

    def make_golden_history(self):
        """Make ten won and ten lost deals, so that chances are known, and store the forecasts of the nights."""
        self.set_time(datetime(2026, 1, 5, 9))
        deals = self.make_many(20)
        self.pass_time(days=8)
        deals[:10].action_set_won()
        deals[10:].action_set_lost()
        self.env.cr.flush()

    def reader_env(self, user):
        self.env.cr.flush()
        self.env.invalidate_all()
        return self.Report._reader_env(user)

    def content(self, user, team=None, week=WEEK):
        """Return the content of a report."""
        scope = WeeklyScope(week, user.id, team.id if team else False, False if team else user.id)
        return WeeklyContent(self.reader_env(user), scope).make()

    def rows(self, content, section):
        """Return the rows of a section by their keys."""
        [found] = [one for one in content["sections"] if one["key"] == section]
        return {row["key"]: row for row in found["rows"]}

    def opened(self, user, number):
        """Return the records that a link opens for a user."""
        env = self.Report._reader_env(user)
        return env[number["model"]].with_context(**number["context"]).search(number["domain"])

    def make_second_company(self):
        second = self.env["res.company"].create({"name": "Second Company"})
        abroad = self.make_user(
            "weekly_abroad",
            groups="sales_team.group_sale_manager",
            email="abroad@example.com",
            company_id=second.id,
            company_ids=[Command.set(second.ids)],
        )
        return second, abroad

    def reports_of(self, *users):
        """Return the reports of users that are no samples."""
        ids = [user.id for user in users]
        return self.Report.search([("user_id", "in", ids), ("is_sample", "=", False)])

from datetime import date, datetime

from odoo import Command

from ..models.alert.alert_kinds import SETTINGS
from .progress_common import ProgressCase

LIMIT = 10


class AlertCase(ProgressCase):
    """Deals in Bidding, with a limit of ten days; the company, in UTC, works from Monday to Friday.

    It is Monday, 2 March 2026. Team North has a leader, and all alerts are switched on.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Alert, cls.Flag = cls.env["crm.deal.alert"], cls.env["crm.hot.flag"]
        cls.Alert.search([]).unlink()
        cls.Flag.search([]).unlink()
        cls.env["res.company"].search([]).write(dict.fromkeys(SETTINGS.values(), False))
        cls.company.resource_calendar_id = cls.working_week("UTC")
        cls.company.write({**dict.fromkeys(SETTINGS.values(), True), "alerts_per_day": 5, "alerts_given_on": False})
        cls.bidding.rotting_threshold_days = cls.talks.rotting_threshold_days = LIMIT
        groups = "sales_team.group_sale_salesman_all_leads"
        cls.leader = cls.make_user("process_leader", groups=groups)
        cls.team.user_id = cls.leader
        cls.env.cr.flush()

    @classmethod
    def working_week(cls, tz):
        """A calendar that works from nine to five, from Monday to Friday."""
        days = [
            Command.create(
                {"name": str(day), "dayofweek": str(day), "hour_from": 9, "hour_to": 17, "day_period": "morning"}
            )
            for day in range(5)
        ]
        return cls.env["resource.calendar"].create({"name": f"Week {tz}", "tz": tz, "attendance_ids": days})

    def bid(self, name="Deal", **values):
        return self.make_deal(name=name, stage_id=self.bidding.id, **values)

    def flag(self, deal, due_date, **values):
        self.env.cr.flush()
        values = {"note": "Signs soon", "lead_id": deal.id, "due_date": due_date, **values}
        return self.Flag.with_user(self.seller).create(values).with_user(self.env.user)

    def alert(self):
        """Run the job, as it runs every hour."""
        self.env.cr.flush()
        self.env["crm.deal.alerter"]._cron_alert()
        self.env.cr.flush()
        self.env.invalidate_all()

    def alert_again(self):
        """Run the job as if it had not finished today."""
        self.env["res.company"].search([]).alerts_given_on = False
        self.alert()

    def alerts_of(self, *records):
        """[(kind, login of the person)] of open alerts, in the order in which they were given."""
        ids = [record.id for record in records]
        alerts = self.Alert.search([("state", "=", "open"), ("lead_ref", "in", ids)], order="id")
        return [(alert.kind, alert.user_id.login) for alert in alerts]

    def activities_of(self, record):
        """Planned activities of alerts on a deal or a customer."""
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("activity_type_id", "=", self.env["mail.activity"]._alert_type_id()),
            ],
            order="id",
        )

    def stalled_deal(self, **values):
        """A deal that is stalled on Friday, 13 March; this is today afterwards."""
        deal = self.bid(**values)
        self.set_time(datetime(2026, 3, 13, 12))
        return deal

    def alerted_deal(self, **values):
        """A stalled deal whose salesperson has the alert."""
        deal = self.stalled_deal(**values)
        self.alert()
        self.assertEqual(self.alerts_of(deal), [("stalled", "process_seller")])
        return deal


MONDAY = date(2026, 3, 16)

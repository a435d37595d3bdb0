from dataclasses import replace
from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ..forecast.forecast_scope import DEFAULT_PERIOD, ForecastScope, period_name
from ..forecast.forecast_snapshot import SnapshotReader
from ..forecast.sales_targets import against_target
from ..recording.day_texts import day_text

#: The stored forecast of a week ago may be so many days older, where the nightly job did not run.
DAYS_OLDER = 3


class CrmWeeklyForecast(models.AbstractModel):
    """How much will be won in the quarter, against the target, and how that changed in the last week."""

    _name = "crm.weekly.forecast"
    _inherit = "crm.weekly.block"
    _description = "Weekly Report: Forecast"

    _block_key = "forecast"
    _block_sequence = 30

    def _title(self):
        return self.env._("Forecast")

    def _read_block(self, scope):
        around = ForecastScope.of(DEFAULT_PERIOD, SnapshotReader(self.env).latest_day(), **scope.filters())
        total = self.env["crm.forecast.total"]._read_block(around)
        # The evening before the week may be before the period: the forecast was one of the next period then.
        earliest = scope.day_before - timedelta(days=DAYS_OLDER)
        trail = self.env["crm.forecast.trail"]._read_block(self._stored_scope(scope, around), earliest)
        title = self.env._("Forecast of %s", period_name(self.env, around.period))
        rows = [*self._parts(total), *self._against(around, total), *self._changed(scope, total, trail, earliest)]
        section = self._section("forecast", title, rows, self._left_out_sentences(total["left_out"]))
        return [{**section, "trail": self._picture(around, trail)}]

    def _stored_scope(self, scope, around):
        """Return the scope of stored forecasts. Those of a team are stored with its company."""
        team = self.env["crm.team"].browse(scope.team_id or None)
        company_id = team.company_id.id if team.company_id in self.env.companies else False
        return replace(around, company_id=around.company_id or company_id)

    def _parts(self, total):
        parts = total["parts"]
        rows = [
            self._row("won", self.env._("Won so far"), total["won"], amount=parts["won_amount"]),
        ]
        if parts["total_amount"] is None:
            unknown = self.env._("not known yet")
            return [*rows, self._row("open", self.env._("Expected from open deals"), total["open"], text=unknown)]
        between = self.env._(
            "in eight of ten cases %(low)s to %(high)s",
            low=self._money(parts["amount_low"], parts["currency_id"]),
            high=self._money(parts["amount_high"], parts["currency_id"]),
        )
        return [
            *rows,
            self._row("open", self.env._("Expected from open deals"), total["open"], amount=parts["expected_amount"]),
            self._row("to_come", self.env._("Still to come"), amount=parts["to_come_amount"]),
            self._row("total", self.env._("Forecast"), amount=parts["total_amount"], detail=between),
        ]

    def _against(self, around, total):
        """Return target and gap; nothing without a target."""
        target = total["target"]
        if not target:
            return []
        snapshot = around.forecast(self.env).snapshot
        open_amount = sum(deal.amount for deal in snapshot.deals)
        against = against_target(target["amount"], total["parts"], open_amount)
        months = ""
        if target["months"] < target["all_months"]:
            months = self.env._("%(months)s of %(all)s months", months=target["months"], all=target["all_months"])
        rows = [self._row("target", self.env._("Target"), target["number"], amount=target["amount"], detail=months)]
        if against["gap"] is not False:
            below, above = self.env._("Below target"), self.env._("Above target")
            key, label = ("below", below) if against["gap"] < 0 else ("above", above)
            rows.append(self._row(key, label, amount=abs(against["gap"])))
        return rows

    def _changed(self, scope, total, trail, earliest):
        """Return how much the forecast changed since the evening before the week; nothing where none is stored.

        :param earliest: the first day whose stored forecast is taken for that of this evening
        """
        days = [day for day in trail["days"] if earliest.isoformat() <= day["day"] <= scope.day_before.isoformat()]
        now = total["parts"]["total_amount"]
        if not days or now is None:
            return []
        day = days[-1]["day"]
        name = day_text(self.env, fields.Date.to_date(day))
        number = self._number(
            1,
            self.env._("Stored Forecasts"),
            "crm.forecast",
            Domain(trail["all"]["domain"]) & Domain("day", "=", day),
            views=["list"],
        )
        label = self.env._("Change since %s", name)
        return [
            self._row("changed", label, number, amount=now - days[-1]["total_amount"], is_amount=True, is_signed=True)
        ]

    @staticmethod
    def _picture(around, trail):
        """Return what the picture of the stored forecasts shows, False with fewer than two nights."""
        days = [
            {name: day[name] for name in ("day", "won_amount", "total_amount", "amount_low", "amount_high")}
            for day in trail["days"]
            if day["day"] >= around.eve.isoformat()
        ]
        return {"days": days, "target": trail["target"]} if len(days) > 1 else False

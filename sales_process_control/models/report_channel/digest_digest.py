from datetime import date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...const import GROUP_SALESPERSON
from ...ledger import kinds, promises
from ..forecast.forecast_scope import DEFAULT_PERIOD, ForecastScope

KPI_ACTION = "sales_process_control.crm_digest_kpi_action"
WON, LOST, CHANGE, KEPT, FORECAST = (
    "kpi_pipeline_won",
    "kpi_pipeline_lost",
    "kpi_pipeline_change",
    "kpi_promises_kept",
    "kpi_sales_forecast",
)
#: The longest of the periods of a digest, which Odoo calls 30 days: a link shows the records of all of them.
LINK_PERIOD = relativedelta(months=1)


class Days(NamedTuple):
    """Whole days of a company.

    :param before: the day at whose end they begin
    :param last: the last day
    """

    before: date
    last: date


class DigestDigest(models.Model):
    """Figures of sales that have a past, as the screens show them (docs/definitions.md, Digests).

    The values are those of the receiver: with the record rules of the user, in the currency of the user's company. A
    figure is about the whole days of the company in its period, the current day left out, as the sales funnel is.
    """

    _inherit = "digest.digest"

    kpi_pipeline_won = fields.Boolean("Opportunities Won, Sales Funnel")
    kpi_pipeline_won_value = fields.Integer(compute="_compute_pipeline_values")
    kpi_pipeline_lost = fields.Boolean("Opportunities Lost")
    kpi_pipeline_lost_value = fields.Integer(compute="_compute_pipeline_values")
    kpi_pipeline_change = fields.Boolean("Change of the Pipeline")
    kpi_pipeline_change_value = fields.Monetary(compute="_compute_pipeline_values")
    kpi_promises_kept = fields.Boolean("Promises Kept")
    kpi_promises_kept_value = fields.Integer(compute="_compute_kpi_promises_kept_value")
    kpi_sales_forecast = fields.Boolean("Sales Forecast of the Quarter")
    kpi_sales_forecast_value = fields.Monetary(compute="_compute_kpi_sales_forecast_value")

    @api.depends_context("start_datetime", "end_datetime", "uid", "company", "allowed_company_ids")
    def _compute_pipeline_values(self):
        self._check_sells()
        for digest in self:
            days = digest._whole_days()
            bars = digest._read_bars(days) if days else {}
            digest.kpi_pipeline_won_value = -bars.get(kinds.WON, (0, 0.0))[0]
            digest.kpi_pipeline_lost_value = -bars.get(kinds.LOST, (0, 0.0))[0]
            change = bars.get("closing", (0, 0.0))[1] - bars.get("opening", (0, 0.0))[1]
            digest.kpi_pipeline_change_value = digest._in_currency_of_receiver(change)

    @api.depends_context("start_datetime", "end_datetime", "uid", "company", "allowed_company_ids")
    def _compute_kpi_promises_kept_value(self):
        self._check_sells()
        for digest in self:
            days = digest._whole_days()
            reports = digest._of_company().env["crm.hot.report"]
            digest.kpi_promises_kept_value = reports.search_count(digest._kept_domain(days)) if days else 0

    @api.depends_context("start_datetime", "end_datetime", "uid", "company", "allowed_company_ids")
    def _compute_kpi_sales_forecast_value(self):
        self._check_sells()
        for digest in self:
            days = digest._whole_days()
            total = digest._read_forecast(days.last) if days else 0.0
            digest.kpi_sales_forecast_value = digest._in_currency_of_receiver(total)

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        own = self.with_user(user).with_company(company)
        last = own._last_day()
        for kpi in (WON, LOST, CHANGE, KEPT, FORECAST):
            query = {"kpi": kpi, "company": own._figure_company().id, "day": last.isoformat()}
            actions[kpi] = f"{KPI_ACTION}?{urlencode(query)}"
        return actions

    # ------------------------------------------------------------
    # CALLS OF THE BROWSER
    # ------------------------------------------------------------

    @api.model
    def open_kpi(self, kpi, company_id, day):
        """Return the action that shows the records behind a figure, of the month up to a day, by day.

        :param str kpi: name of the figure's field
        :param int company_id: the company that the figure is about
        :param str day: the last day, as YYYY-MM-DD
        :return: a window action
        :raises UserError: if there is no such figure, company or day
        :raises AccessError: if the user does not sell
        """
        self._check_sells()
        is_day = isinstance(day, str) and len(day) == len("YYYY-MM-DD")
        try:
            last = datetime.strptime(day if is_day else "", "%Y-%m-%d").date()
            today = last + timedelta(days=1)
            days = Days(today - LINK_PERIOD - timedelta(days=1), last)
        except (ValueError, OverflowError):
            raise UserError(self.env._("The link has no day.")) from None
        if kpi not in (WON, LOST, CHANGE, KEPT, FORECAST) or company_id not in self.env.user.company_ids.ids:
            raise UserError(self.env._("This figure does not exist."))
        model, domain, group = self.with_context(allowed_company_ids=[company_id])._records_of(kpi, days)
        return {
            "type": "ir.actions.act_window",
            "name": self.fields_get([kpi], ["string"])[kpi]["string"],
            "res_model": model,
            "domain": list(domain),
            "context": {"allowed_company_ids": [company_id], "group_by": group, "search_disable_custom_filters": True},
            "views": [(False, "list"), (False, "form")],
            "target": "current",
        }

    def _records_of(self, kpi, days):
        """Return model, domain and grouping of the records behind a figure."""
        if kpi == KEPT:
            return "crm.hot.report", self._kept_domain(days), "closed_at:day"
        if kpi == FORECAST:
            trail = self._read_trail(days.last)
            since = Domain("day", ">", days.before.isoformat()) & Domain("day", "<=", days.last.isoformat())
            return "crm.forecast", Domain(trail["all"]["domain"]) & since, "day:day"
        domain = Domain("day", ">", days.before.isoformat()) & Domain("day", "<=", days.last.isoformat())
        if kpi != CHANGE:
            domain &= Domain("kind", "=", kinds.WON if kpi == WON else kinds.LOST)
        return "crm.pipeline.movement", domain, "day:day"

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _check_sells(self):
        """Check that the receiver sells. Odoo leaves figures out of a digest that raise an AccessError.

        :raises AccessError: if not
        """
        if not self.env.user.has_group(GROUP_SALESPERSON):
            raise AccessError(self.env._("Sales figures are available to salespeople only."))

    def _figure_company(self):
        """Return the company that the figures are about: that of the digest, else that of the receiver."""
        # sudo: only the id is used. The companies of an environment are checked when records are read.
        return self.sudo().company_id.sudo(False) or self.env.company

    def _of_company(self):
        """Return this digest in the figures' company alone, as if the receiver had selected it.

        :raises AccessError: if the receiver may not enter the company
        """
        company = self._figure_company()
        if company not in self.env.user.company_ids:
            raise AccessError(self.env._("You do not have access to the company of these figures."))
        return self.with_context(allowed_company_ids=company.ids).sudo(False)

    def _last_day(self):
        """Return the last whole day of the figures' company."""
        context = self.env["crm.pipeline.reader"]._read_context()
        return context.day_of(self.env.cr.now(), self._figure_company().id) - timedelta(days=1)

    def _whole_days(self):
        """Return the whole days of the period of a digest, None if there is no period, or no whole day in it.

        :rtype: Days
        """
        instants = (self.env.context.get("start_datetime"), self.env.context.get("end_datetime"))
        if not all(isinstance(instant, datetime) for instant in instants):
            return None
        context, company_id = self.env["crm.pipeline.reader"]._read_context(), self._figure_company().id
        # Odoo gives instants in UTC, whatever time zone they say.
        start, end = (context.day_of(instant.replace(tzinfo=None), company_id) for instant in instants)
        last = self._last_day()
        days = Days(start - timedelta(days=1), min(end - timedelta(days=1), last))
        return days if days.before < days.last else None

    def _read_bars(self, days):
        """Return (count, amount) by kind of the waterfall of the sales funnel between two days."""
        funnel = (
            self._of_company().env["crm.pipeline.movement"].get_funnel(days.last.isoformat(), days.before.isoformat())
        )
        return {bar["kind"]: (bar["number"]["value"], bar["number"]["amount"]) for bar in funnel["waterfall"]}

    def _kept_domain(self, days):
        """Return the hot flags that were kept on some days as a domain."""
        domain = Domain("outcome", "=", promises.KEPT)
        return (
            domain
            & Domain("closed_at", ">", days.before.isoformat())
            & Domain("closed_at", "<=", days.last.isoformat())
        )

    def _read_trail(self, day):
        """Return the stored forecasts of the quarter of a day, as the Sales Forecast shows them."""
        scope = ForecastScope.of(DEFAULT_PERIOD, day, company_id=self._figure_company().id)
        return self._of_company().env["crm.forecast.trail"]._read_block(scope)

    def _read_forecast(self, day):
        """Return the forecast that was stored on a day, or on the latest night of its quarter before; else 0."""
        nights = [night for night in self._read_trail(day)["days"] if night["day"] <= day.isoformat()]
        return nights[-1]["total_amount"] if nights else 0.0

    def _in_currency_of_receiver(self, amount):
        """Convert an amount of the figures' company for the receiver: Odoo shows the currency of the receiver's one."""
        company = self._figure_company()
        if company.currency_id == self.env.company.currency_id:
            return amount
        return company.currency_id._convert(
            amount, self.env.company.currency_id, company, fields.Date.context_today(self)
        )

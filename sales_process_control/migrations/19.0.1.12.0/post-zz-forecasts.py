"""Store the forecasts of the past twelve months, as they would have been known then."""

from odoo import SUPERUSER_ID, api
from odoo.addons.sales_process_control.models.forecast.forecast_store import FORECAST_SECONDS


def migrate(cr, version):
    """Fill the new table. The daily job does what takes too long here."""
    if version:
        api.Environment(cr, SUPERUSER_ID, {})["crm.forecast"]._rebuild(seconds=FORECAST_SECONDS)

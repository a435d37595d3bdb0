"""Sales targets, and how much will be won in a period: now, as of a past day, and stored every night.

See docs/definitions.md, Forecast. The chances of single deals are those of ``models/chance``.
"""

from . import crm_forecast
from . import crm_forecast_block
from . import crm_forecast_deals
from . import crm_forecast_owners
from . import crm_forecast_screen
from . import crm_forecast_total
from . import crm_forecast_trail
from . import crm_lead
from . import crm_sales_target

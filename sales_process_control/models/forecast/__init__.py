"""Sales targets, and how much will be won in a period: now, as of a past day, and stored every night.

The screen Sales Forecast shows it: start with `get_screen` in ``crm_forecast_screen.py``, then ``forecast_scope.py``.
Each ``crm_forecast_<key>.py`` with a key is a block. ``forecast_now.py`` computes what the screen and other programs
read.

See docs/definitions.md, Forecast. The chances of single deals are those of ``models/chance``.
"""

from . import crm_forecast
from . import crm_forecast_block
from . import crm_forecast_accuracy
from . import crm_forecast_deals
from . import crm_forecast_estimates
from . import crm_forecast_owners
from . import crm_forecast_screen
from . import crm_forecast_total
from . import crm_forecast_trail
from . import crm_lead
from . import crm_sales_target
from . import crm_workbench_totals

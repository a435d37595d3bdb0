"""The sales funnel: open deals at the end of any day, the movements between two days, and the shares of deals won.

All numbers are computed from the movement ledger and its balances (``models/recording``) under the record rules of the
user. Definitions: docs/definitions.md, Sales funnel.

Start with :mod:`.crm_pipeline_movement`: it has the methods that the browser calls, and the search fields that find the
ledger lines behind a number. :mod:`.crm_pipeline_day` has the deals that a number counts. :mod:`.funnel_reader`
computes sums, :mod:`.funnel_flow` follows single deals, :mod:`.funnel_money` converts and weights amounts,
:mod:`.funnel_screen` and :mod:`.funnel_workbook` arrange the results for the browser and for a spreadsheet.

Code that writes movements or balances belongs in ``models/recording``; the browser part is in ``static/src/funnel``.
"""

from . import crm_pipeline_day
from . import crm_pipeline_movement

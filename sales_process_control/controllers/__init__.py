"""HTTP routes: the spreadsheets of the sales funnel and of the Process Review, and the pages of the weekly report.

A controller reads its parameters and builds the response. The content comes from ``models``. Calls of the web client
need no controller: they are public methods of models.
"""

from . import crm_funnel
from . import crm_process_review
from . import crm_weekly_report

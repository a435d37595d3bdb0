"""HTTP routes: the spreadsheet of the sales funnel (:mod:`.crm_funnel`).

A controller reads its parameters and builds the response. The content comes from ``models``. Calls of the web client
need no controller: they are public methods of models.
"""

from . import crm_funnel

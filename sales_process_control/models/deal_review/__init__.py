"""The Deal Review: what each deal stands at, what changed since a day, and a row of totals above the list.

``crm_deal_review.py`` has the call of the browser. ``crm_lead.py`` has the columns of the list and the search field
that finds the deals behind a total; ``pipeline_change.py`` reads the movement ledger for both, ``deal_changes.py``
compares deals with an earlier day. See docs/definitions.md, Deal Review. Totals come from ``models/funnel`` and
``models/forecast``: nothing is computed here a second time.
"""

from . import crm_deal_review
from . import crm_lead

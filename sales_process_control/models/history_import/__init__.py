"""The import of another program's history into Odoo.

Belongs here: matching the names of a file with records, creating stages, lost reasons and opportunities with both
ledgers, the record of each import and its deletion ("take back"). Does not belong here: reading files and computing
states (``history``, without Odoo) and the dialog (``wizard/crm_stage_history_import.py``).

Start with ``crm_history_importer.py``: :meth:`examine` makes a plan, :meth:`begin` and :meth:`go_on` carry it out in
chunks. ``history_plan.py`` has the values that are passed between them. ``crm_history_matcher.py`` finds records,
``crm_history_maker.py`` writes opportunities. ``large_file.py`` imports a file of any size, part by part.
"""

from . import crm_history_importer
from . import crm_history_mapping
from . import crm_imported_history
from . import crm_lead

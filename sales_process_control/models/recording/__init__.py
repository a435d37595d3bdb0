"""Recording: keeps both ledgers in line with deals when they change.

Belongs here: both ledgers as models, the code that reads and writes their rows, fields of deals that follow from the
ledgers, the daily audit, weekly balances, working time, and services that later rooms share. Does not belong here: the
decision what a change means (``ledger/``), and anything of a later room. Later rooms extend the hooks
``_queries_with_rows`` and ``_after_recording`` of ``crm.pipeline.recorder``, and ``_after_loading`` of
``crm.pipeline.loader``.

Start with ``crm_lead.py``, which collects changed deals, and ``crm_pipeline_recorder.py``, which records them. It reads
deals through ``crm_pipeline_reader.py``, and reads and writes rows through ``ledger_store.py``.
``crm_pipeline_loader.py`` writes whole pasts at installation and import.
"""

from . import crm_computed_fields_mixin
from . import crm_elsewhere_mixin
from . import crm_lead_row_mixin
from . import crm_rate_mixin
from . import crm_write_check_mixin
from . import crm_lead
from . import crm_pipeline_audit
from . import crm_pipeline_audit_fields
from . import crm_pipeline_balance
from . import crm_pipeline_loader
from . import crm_pipeline_movement
from . import crm_pipeline_past
from . import crm_pipeline_reader
from . import crm_pipeline_recorder
from . import crm_stage
from . import crm_stage_visit
from . import res_company
from . import res_partner
from . import resource_calendar
from . import resource_calendar_attendance
from . import resource_calendar_leaves

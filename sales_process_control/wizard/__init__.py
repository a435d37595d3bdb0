"""Dialogs, and the actions of models that open them.

A dialog is `<model>.py` with `<model>_views.xml`. Files named after another model extend it with the actions that open
a dialog. `crm_stage_history_import*.py` import the history of another program. Rules of the subject belong in `models`.
"""

from . import base_partner_merge_automatic_wizard
from . import crm_history_importer
from . import crm_hot_flag
from . import crm_hot_flag_dialog
from . import crm_lead
from . import crm_lead_progress_dialog
from . import crm_process_loader
from . import crm_process_loader_stage
from . import crm_stage_history_import
from . import crm_stage_history_import_column
from . import crm_stage_history_import_deal
from . import crm_stage_history_import_fault
from . import crm_stage_history_import_file
from . import crm_stage_history_import_stage
from . import crm_stage_pass_dialog
from . import res_partner

from . import base_partner_merge_automatic_wizard
from . import crm_hot_flag_dialog
from . import crm_process_loader
from . import crm_stage_history_import
from . import crm_stage_history_import_chunks
from . import crm_stage_history_import_fault
from . import crm_stage_history_import_stage
from . import crm_stage_pass_dialog

from . import crm_lead_report_mixin
from . import crm_stage_report_mixin
from . import crm_hot_report
from . import crm_stage_conversion_report
from . import crm_stage_dwell_report
from . import crm_stage_step_report
from . import crm_stage_visit
from . import crm_win_report

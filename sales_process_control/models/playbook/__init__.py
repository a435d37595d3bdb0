from . import crm_lead
from . import crm_leaving_words
from . import crm_pipeline_reader
from . import crm_stage
from . import crm_stage_pass
from . import crm_stage_step
from . import ir_cron

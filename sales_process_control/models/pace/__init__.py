from . import crm_lead
from . import crm_lead_pace_sql
from . import crm_stage
from . import crm_pace_words

from . import crm_lead
from . import crm_process_entries
from . import crm_process_reader

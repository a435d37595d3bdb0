from . import crm_history_importer
from . import crm_history_maker
from . import crm_history_matcher
from . import crm_history_preparer
from . import crm_imported_history
from . import crm_lead

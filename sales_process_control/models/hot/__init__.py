from . import crm_hot_flag
from . import crm_hot_flag_raising
from . import crm_hot_flag_revision
from . import crm_hot_flag_settling
from . import crm_hot_settler
from . import crm_lead
from . import res_config_settings
from . import res_partner

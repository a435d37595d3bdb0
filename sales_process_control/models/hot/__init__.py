"""Hot flags: promises of customers to sign, order or pay.

Here belong the flags (`crm.hot.flag`), their revisions, their settlement, and the values of deals and customers that
follow from open flags: whether a deal is hot, and whether it needs attention. The dialog of a flag is in `wizard`, the
report on promises in `report`.

Start with `crm_hot_flag.py`. Terms: docs/definitions.md, Hot flags.
"""

from . import crm_hot_flag_mixin
from . import crm_hot_flag
from . import crm_hot_flag_chatter
from . import crm_hot_flag_owner
from . import crm_hot_flag_revision
from . import crm_hot_flag_settling
from . import crm_hot_settler
from . import crm_lead
from . import crm_lead_attention
from . import crm_lead_card
from . import crm_pipeline_audit
from . import crm_pipeline_recorder
from . import crm_progress_recorder
from . import mail_message
from . import mail_message_subtype
from . import mail_tracking_value
from . import res_config_settings
from . import res_partner

"""Deal alerts: activities by which Odoo tells people about deals that stand still and about overdue promises.

Here belong the alerts that were given (`crm.deal.alert`), the job that finds and gives them, and what closes them. That
the activity of an alert is no next action is decided in `progress` (`mail_activity.py`).

Start with `crm_deal_alerter.py`. Terms: docs/definitions.md, Deal alerts.
"""

from . import crm_deal_alert
from . import crm_deal_alerter
from . import crm_hot_flag
from . import crm_lead
from . import crm_pipeline_audit
from . import crm_pipeline_recorder
from . import crm_progress_recorder
from . import mail_activity
from . import res_company
from . import res_config_settings
from . import res_partner

"""The workbench: the page with which a salesperson begins the day.

Here belong the blocks of the page, the fields that they need on other models, the first page of CRM, and the messages
that keep open pages up to date. Statistics and the state of deals do not belong here: the blocks read them from the
rooms before this one.

Start with `get_workbench` in ``crm_lead.py``, then ``crm_workbench_block.py``, the base of all blocks. Each
``crm_workbench_<key>.py`` is a block, except ``crm_workbench_deals.py`` and ``crm_workbench_meetings.py``, which hold
what blocks share. ``workbench_scope.py`` says which deals a workbench is about. ``crm_workbench_state.py`` tells an
open page whether it has to read its blocks again.
``workbench_messages.py`` sends the messages; the models whose changes the page shows call it.
"""

from . import crm_workbench_block
from . import crm_workbench_deals
from . import crm_workbench_meetings
from . import calendar_attendee
from . import calendar_event
from . import crm_hot_flag
from . import crm_lead
from . import crm_pipeline_recorder
from . import crm_progress_recorder
from . import crm_workbench_attention
from . import crm_workbench_conversion
from . import crm_workbench_customers
from . import crm_workbench_funnel
from . import crm_workbench_hot
from . import crm_workbench_opportunities
from . import crm_workbench_sellers
from . import crm_workbench_state
from . import crm_workbench_today
from . import mail_activity
from . import res_config_settings
from . import res_partner
from . import res_users

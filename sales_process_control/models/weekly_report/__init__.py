"""The weekly report: what happened last week and what needs attention, by mail to leaders of teams and salespeople.

Start with ``crm_weekly_report.py``: a row for each report, which is sent once. ``weekly_sender.py`` is the hourly job,
``weekly_content.py`` has the blocks read with the rights of the reader, ``weekly_mail.py`` writes the mail. Each block
is a model, ``crm_weekly_<key>.py``, and takes its numbers from the screens: nothing is computed here a second time. See
docs/definitions.md, Weekly report. Alerts and other kinds of messages do not belong here.
"""

from . import crm_weekly_block
from . import crm_weekly_forecast
from . import crm_weekly_hot
from . import crm_weekly_next_action
from . import crm_weekly_pipeline
from . import crm_weekly_process
from . import crm_weekly_report
from . import crm_weekly_stalled
from . import ir_mail_server
from . import mail_mail
from . import res_company
from . import res_config_settings
from . import res_users

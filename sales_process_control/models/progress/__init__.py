"""Progress: what was done on deals, and when a deal last made progress.

Here belong the rows of progress (`crm.lead.progress`), how they come of done activities, meetings, customers' messages
and the dialog, the next activities that were planned (`crm.planned.activity`), and the customer's budget.
`crm.progress.recorder` is the only author of all rows and of `crm.lead.last_progress_at`. Whether a deal is slow or
stalled is the matter of `models/pace`. The dialog that records progress is in `wizard`.

Start with `crm_progress_recorder.py`. Terms: docs/definitions.md, Progress.
"""

from . import calendar_event
from . import crm_lead
from . import crm_lead_progress
from . import crm_pipeline_audit
from . import crm_pipeline_loader
from . import crm_pipeline_recorder
from . import crm_planned_activity
from . import crm_progress_past
from . import crm_progress_recorder
from . import crm_stage_step
from . import mail_activity
from . import mail_activity_type
from . import mail_message
from . import mail_thread

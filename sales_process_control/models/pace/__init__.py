"""Pace: whether a deal is on pace, slow or stalled, and the suggested limit of a stage.

Here belongs what follows from the stage limit, last progress and next activities. The limits are stored. The pace is
computed when it is read, as it changes with time. Which facts make the reason of a pace is decided by
`statistics/pace.py`.

Start with `crm_lead.py`. Terms: docs/definitions.md, Pace.
"""

from . import crm_lead
from . import crm_pipeline_audit
from . import crm_progress_recorder
from . import crm_stage

"""What stages expect of deals: sales actions, and the stage gate.

Here belong the sales actions of a stage (`crm.stage.step`), the rule of a stage for deals that leave it with required
sales actions open (`crm.stage.leaving_rule`), the overrides of that rule (`crm.stage.pass`) and the stages that can be
loaded (`six_stage_process.py`). Which actions a deal has taken is the matter of `models/progress`, which extends
`crm.stage.step`. Dialogs are in `wizard`.

Start with `crm_lead.py`: what happens when a person moves a deal on. Terms: docs/definitions.md, Playbook.
"""

from . import crm_lead
from . import crm_lead_steps
from . import crm_pipeline_audit
from . import crm_pipeline_reader
from . import crm_stage
from . import crm_stage_pass
from . import crm_stage_step
from . import ir_cron

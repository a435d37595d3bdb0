"""How likely deals are won (docs/definitions.md, Chance to sign).

``crm_stage_chance.py`` reads the visits and stores the chances of each stage and age, ``lead_chances.py`` finds the
chances of deals among them, ``crm_lead.py`` stores these on the deals: those that change
(``crm_pipeline_recorder.py``), and all of them every night.
"""

from . import crm_stage_chance
from . import crm_pipeline_reader
from . import crm_pipeline_recorder
from . import crm_stage_visit
from . import crm_lead

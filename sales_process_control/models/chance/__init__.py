"""How likely deals are won (docs/definitions.md, Chance to sign).

``crm_stage_chance.py`` reads the visits and stores the chances of each stage and age, ``crm_lead.py`` finds the chance
of a deal among them.
"""

from . import crm_stage_chance
from . import crm_lead

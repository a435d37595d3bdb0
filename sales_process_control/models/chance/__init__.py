"""How likely deals are signed (docs/definitions.md, Chance to sign).

``crm_stage_chance.py`` reads the visits and stores the chances of each stage and age.
"""

from . import crm_stage_chance

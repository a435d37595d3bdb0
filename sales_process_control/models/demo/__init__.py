"""The contents of a demonstration database.

Belongs here: builders that the XML files of ``demo/`` call, since their data depend on the day of installation. Static
records (stages, teams, users) are in the XML files. Does not belong here: anything that production code uses.

The builders run in this order: ``crm_pipeline_demo.py`` imports a year of opportunities, ``crm_hot_demo.py`` raises hot
flags on them, ``crm_progress_demo.py`` adds sales actions and customer feedback, ``crm_workbench_demo.py`` adds the
meetings and activities of today, ``crm_forecast_demo.py`` sets sales targets. Those that draw lots use random
generators of their own with fixed seeds, so that every installation gets the same data.
"""

from . import crm_forecast_demo
from . import crm_hot_demo
from . import crm_pipeline_demo
from . import crm_progress_demo
from . import crm_workbench_demo

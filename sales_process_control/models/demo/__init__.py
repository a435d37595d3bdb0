"""The contents of a demonstration database.

Belongs here: builders that the XML files of ``demo/`` call, since their data depend on the day of installation. Static
records (stages, teams, users) are in the XML files. Does not belong here: anything that production code uses.

The builders run in this order: ``crm_pipeline_demo.py`` creates customers and imports a year of opportunities,
``crm_hot_demo.py`` raises hot flags, ``crm_progress_demo.py`` adds sales actions and customer feedback,
``crm_workbench_demo.py`` adds the meetings and activities of today, ``crm_forecast_demo.py`` sets sales targets,
``crm_alert_demo.py`` gives alerts, makes weekly reports and posts a digest to Discuss.

``year.py`` draws the year by lot, in pure Python: of the years drawn it takes the first one that shows what each screen
is about, by the list in ``summary.py``. All random generators have fixed seeds: the same day gives the same data.
``customers.py`` and ``feedback.py`` hold the texts.
"""

from . import crm_alert_demo
from . import crm_forecast_demo
from . import crm_hot_demo
from . import crm_pipeline_demo
from . import crm_progress_demo
from . import crm_workbench_demo

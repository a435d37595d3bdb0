"""Models, one package for each subject.

The packages are imported in the order of their layers. A package uses and extends those before it, and none after it;
docs/house.md says what each holds. Files are named after the model that they define or extend, so that ``crm_lead.py``
recurs. Start with ``recording``.
"""

from . import recording
from . import playbook
from . import progress
from . import pace
from . import hot
from . import chance
from . import history_import
from . import funnel
from . import process
from . import screen
from . import workbench
from . import alert
from . import review
from . import forecast
from . import deal_review
from . import weekly_report
from . import report_channel
from . import setup
from . import demo

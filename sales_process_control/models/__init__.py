# In the order of the layers: each room extends what stands before it (docs/house.md).
from . import recording
from . import playbook
from . import progress
from . import pace
from . import hot
from . import history_import
from . import funnel
from . import process
from . import workbench
from . import demo

"""Models, one package for each subject.

The packages are imported in the order of their layers (docs/house.md). A package uses and extends those before it, and
none after it. Files are named after the model that they define or extend. Start with ``recording``.
"""

from . import recording
from . import playbook
from . import progress
from . import pace
from . import hot
from . import history_import
from . import process
from . import workbench
from . import funnel
from . import demo

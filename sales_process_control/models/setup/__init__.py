"""First steps: the set-up panel of the workbench, the guided tours, and the names of favourites.

Here belong the steps with which a company begins, each with its state, and what starts a guided tour. The state of a
step is read from what is there. Stored is only what cannot be read: that a company keeps its stages, which steps it
skips, and that it has put the panel away. What a step leads to belongs in the room of its subject.

Start with ``crm_workbench_setup.py``, the block of the workbench; ``setup_steps.py`` finds the states.
"""

from . import crm_workbench_setup
from . import ir_filters
from . import res_company
from . import res_users
from . import web_tour_tour

"""The Process page of a deal: its visits of stages, with the sales actions and the progress of each.

:mod:`.crm_lead` has the methods that the browser calls, :mod:`.process_reader` reads and describes the process. The
page is in ``static/src/process``.

The page only reads. Code that records progress belongs in ``models/progress``, the rules of sales actions in
``models/playbook``.
"""

from . import crm_lead

"""Reports: read-only models without a table, each a query on the ledgers, flags, progress and sales actions.

A report has two files here: ``crm_<name>_report.py`` with its fields and its query, and
``crm_<name>_report_views.xml`` with its views, action and menu item. :mod:`.crm_report_mixins` has what all reports
have in common. Each number is defined in docs/definitions.md.

Start with :mod:`.crm_stage_dwell_report`, the simplest one. A new report also needs an import below, a line in
``__manifest__.py``, its access right in ``security/ir.model.access.csv``, its record rules in
``security/crm_report_security.xml``, its numbers in docs/definitions.md, and a test of them. Tests that hold for all
reports find a new one by its mixin.

The `_depends` of a report must name all fields that its query reads. Odoo flushes these fields before it reads the
report, and code that writes their tables invalidates the report (``models/recording/report_cache.py``).

Screens that are not lists, pivots or graphs of rows (workbench, sales funnel) belong in ``models``.
"""

from . import crm_report_mixins
from . import crm_hot_report
from . import crm_lead_progress
from . import crm_stage_conversion_report
from . import crm_stage_conversion_statistics
from . import crm_stage_dwell_report
from . import crm_stage_step_report
from . import crm_stage_visit
from . import crm_win_report

"""Read from done activities, meetings and messages what brought each opportunity forward before this version."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Rebuild the progress of the past."""
    if version:
        api.Environment(cr, SUPERUSER_ID, {})["crm.lead.progress"].rebuild()

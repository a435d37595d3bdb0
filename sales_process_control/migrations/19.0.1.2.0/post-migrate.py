"""Rebuild progress from activities, meetings and messages from before this version."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Rebuild progress."""
    if version:
        api.Environment(cr, SUPERUSER_ID, {})["crm.lead.progress"].rebuild()

"""Set the sales team of progress rows from before this version."""


def migrate(cr, version):
    """Copy the sales team of the opportunity. The other new columns stay empty: their values are not known."""
    if version:
        cr.execute("""
            UPDATE crm_lead_progress progress SET team_id = lead.team_id
            FROM crm_lead lead
            WHERE lead.id = progress.lead_id AND progress.team_id IS NULL AND lead.team_id IS NOT NULL
        """)

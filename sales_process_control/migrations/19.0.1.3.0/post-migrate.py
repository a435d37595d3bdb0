"""Give the progress that was recorded before this version the sales team of its opportunity."""


def migrate(cr, version):
    """Fill the teams; nothing else of what is new can be known of the past."""
    if version:
        cr.execute("""
            UPDATE crm_lead_progress progress SET team_id = lead.team_id
            FROM crm_lead lead
            WHERE lead.id = progress.lead_id AND progress.team_id IS NULL AND lead.team_id IS NOT NULL
        """)

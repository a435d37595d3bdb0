"""Take sales teams of another company off hot flags."""


def migrate(cr, version):
    """Compare the company of the flag with that of its team, where both have one."""
    if version:
        cr.execute("""
            UPDATE crm_hot_flag flag SET team_id = NULL
            FROM crm_team team
            WHERE team.id = flag.team_id AND team.company_id <> flag.company_id
        """)

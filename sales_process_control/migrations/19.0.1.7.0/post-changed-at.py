"""Say of the stays that go on when something changed in them last: the recorder compares new instants with it."""


def migrate(cr, version):
    """Read it from the lines of the movement ledger."""
    if version:
        cr.execute("""
            UPDATE crm_stage_visit visit
            SET changed_at = line.date
            FROM crm_stage_visit stay
            CROSS JOIN LATERAL (
                SELECT max(date) AS date FROM crm_pipeline_movement
                WHERE lead_ref = stay.lead_ref AND is_correction IS NOT TRUE
            ) line
            WHERE stay.left_at IS NULL AND visit.id = stay.id AND line.date > visit.entered_at
        """)

"""Set when something last changed during an open visit: the recorder compares new instants with it."""


def migrate(cr, version):
    """Copy the date of the last movement line."""
    if version:
        cr.execute("""
            UPDATE crm_stage_visit visit
            SET changed_at = line.date
            FROM crm_stage_visit open_visit
            CROSS JOIN LATERAL (
                SELECT max(date) AS date FROM crm_pipeline_movement
                WHERE lead_ref = open_visit.lead_ref AND is_correction IS NOT TRUE
            ) line
            WHERE open_visit.left_at IS NULL AND visit.id = open_visit.id AND line.date > visit.entered_at
        """)

"""Keep the id of the stage of each visit, for the order of stages of equal sequence after one of them is deleted."""


def migrate(cr, version):
    """Add the column and copy the present stage. The ids of stages that are deleted already are not known."""
    if version:
        cr.execute("ALTER TABLE crm_stage_visit ADD COLUMN IF NOT EXISTS stage_ref integer")
        cr.execute("UPDATE crm_stage_visit SET stage_ref = stage_id WHERE stage_id IS NOT NULL AND stage_ref IS NULL")

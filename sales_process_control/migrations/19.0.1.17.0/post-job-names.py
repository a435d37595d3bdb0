"""Give scheduled actions the names of new databases. Their records are not updated with the module."""

#: XML id, name of versions up to 19.0.1.16.0, name since.
NAMES = (
    (
        "ir_cron_pipeline_audit",
        "CRM: prove the stage history and the pipeline movements",
        "CRM: check the stage history and the pipeline movements",
    ),
    (
        "ir_cron_settle_hot_flags",
        "CRM: settle hot flags by orders, payments and ends of opportunities",
        "CRM: close hot flags by orders, payments and ends of opportunities",
    ),
    ("ir_cron_rebuild_chances", "CRM: chances of opportunities to be won", "CRM: chances to win opportunities"),
    ("ir_cron_record_meetings", "CRM: progress by meetings that are over", "CRM: record meetings as progress"),
)


def migrate(cr, version):
    """Replace the English names that nobody has changed. Translations stay."""
    if not version:
        return
    for xml_id, old_name, new_name in NAMES:
        cr.execute(
            """
            UPDATE ir_act_server action SET name = action.name || jsonb_build_object('en_US', %s::text)
            FROM ir_cron cron JOIN ir_model_data data ON data.model = 'ir.cron' AND data.res_id = cron.id
            WHERE data.module = 'sales_process_control' AND data.name = %s
              AND action.id = cron.ir_actions_server_id AND action.name ->> 'en_US' = %s
            """,
            [new_name, xml_id, old_name],
        )
        cr.execute("UPDATE ir_cron SET cron_name = %s WHERE cron_name = %s", [new_name, old_name])

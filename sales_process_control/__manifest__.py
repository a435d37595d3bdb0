{
    "name": "Sales Process Control",
    "summary": "Where deals stay, how they end, and how the pipeline moves",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Sales Process Control contributors",
    "license": "LGPL-3",
    "depends": ["crm"],
    "data": [
        "security/ir.model.access.csv",
        "security/crm_stage_visit_security.xml",
        "security/crm_pipeline_movement_security.xml",
        "security/crm_imported_history_security.xml",
        "data/ir_cron_data.xml",
        "views/crm_stage_visit_views.xml",
        "views/crm_pipeline_movement_views.xml",
        "views/crm_lead_views.xml",
        "views/crm_imported_history_views.xml",
        "wizard/crm_stage_history_import_views.xml",
        "views/crm_menu_views.xml",
    ],
    "demo": [
        "demo/crm_lead_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "sales_process_control/static/src/stage_days/*",
        ],
        "web.assets_tests": [
            "sales_process_control/static/tests/tours/*.js",
        ],
    },
    "pre_init_hook": "pre_init_hook",
    "post_init_hook": "post_init_hook",
}

from . import (
    crm_workbench_block,
    crm_workbench_hot,
    crm_workbench_attention,
    crm_workbench_today,
    crm_workbench_opportunities,
    crm_workbench_customers,
    crm_workbench_sellers,
    crm_workbench_funnel,
    crm_workbench_conversion,
    crm_workbench_live,
    crm_lead,
)

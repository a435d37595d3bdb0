from . import (
    crm_pipeline_balance,
    crm_pipeline_standing,
    crm_funnel_reader,
    crm_funnel_flow,
    crm_funnel_share,
    crm_funnel_money,
    crm_funnel_screen,
    crm_funnel_weeks,
    crm_funnel_workbook,
    crm_pipeline_movement,
)

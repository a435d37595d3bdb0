"""Clear names of customers on hot flags that are names of deals: readers of a flag may not read its deal."""


def migrate(cr, version):
    """Clear the names of flags whose deal has no customer. Lists and the workbench name the deal beside them."""
    if version:
        cr.execute(
            """
            UPDATE crm_hot_flag flag SET customer_name = NULL FROM crm_lead lead
            WHERE lead.id = flag.lead_id AND flag.partner_id IS NULL AND flag.customer_name = lead.name
              AND lead.name NOT IN (COALESCE(lead.partner_name, ''), COALESCE(lead.contact_name, ''))
            """
        )

from odoo import models


class CrmLead(models.Model):
    """Has the ORM know amounts as they are stored: the recorder reads them where the ORM keeps them."""

    _inherit = "crm.lead"

    def _create(self, data_list):
        """Odoo stores the amount of a new deal as it was given, and keeps it rounded."""
        leads = super()._create(data_list)
        kept = leads._fields["expected_revenue"]._get_cache(leads.env)
        unlike = leads.browse(
            lead_id
            for lead_id, data in zip(leads._ids, data_list, strict=True)
            if kept.get(lead_id) != float(data["stored"].get("expected_revenue") or 0)
        )
        unlike.invalidate_recordset(["expected_revenue"], flush=False)
        return leads

    def _write_multi(self, vals_list):
        """Odoo rounds an amount by the currency that a deal has when it is stored, and keeps it as it was before."""
        result = super()._write_multi(vals_list)
        moved = self._written(vals_list, {"company_id"})
        if moved:
            moved.invalidate_recordset(["expected_revenue"], flush=False)
        return result

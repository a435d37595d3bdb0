from odoo import api, models
from odoo.tools import SQL


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["crm.pipeline.reader"]._forget_context()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(("currency_id", "resource_calendar_id")):
            self.env["crm.pipeline.reader"]._forget_context()
        if "currency_id" in vals:
            self._collect_deals_of_companies()
        return result

    def _collect_deals_of_companies(self):
        """Have open deals of these companies recorded: another currency is another place in the movement ledger."""
        companies = self.ids
        if self.env["crm.pipeline.reader"]._read_context().main_company_id in companies:
            without_company = SQL("OR company_id IS NULL")
        else:
            without_company = SQL()
        rows = self.env.execute_query(
            SQL(
                "SELECT lead_ref FROM crm_stage_visit WHERE left_at IS NULL AND (company_id = ANY(%s) %s)",
                companies,
                without_company,
            )
        )
        self.env["crm.lead"]._collect_pipeline_change([lead_ref for (lead_ref,) in rows])

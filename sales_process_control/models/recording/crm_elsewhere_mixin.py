from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Whether the deal of a row is gone and had another company in its last movement.
REMOVED_ELSEWHERE = """(%(lead_id)s IS NULL AND EXISTS (
    SELECT FROM (
        SELECT company_id FROM crm_pipeline_movement WHERE lead_ref = %(lead_ref)s ORDER BY id DESC LIMIT 1
    ) last
    WHERE last.company_id <> ALL(%(company_ids)s)
))"""


class CrmElsewhereMixin(models.AbstractModel):
    """Rows of a deal that had no company then, and is in a company of others now.

    CRM shows deals without a company to all companies. A row without a company stays visible to them, unless it says
    what became of the deal afterwards: rules of such models leave out rows of deals that are elsewhere
    (docs/definitions.md, Access). A deal that was deleted or merged stays in the company that it had last.

    A model with this mixin has the fields `lead_id`, `lead_ref` and `company_id`.
    """

    _name = "crm.elsewhere.mixin"
    _description = "Rows of Opportunities of Other Companies"

    is_elsewhere = fields.Boolean(
        "Now in Another Company",
        compute="_compute_is_elsewhere",
        search="_search_is_elsewhere",
        # sudo: only whether the company of the deal is one of the reader's is told.
        compute_sudo=True,
        help="The opportunity had no company then. Now it belongs to a company in which you do not work.",
    )

    @api.depends("company_id", "lead_id.company_id", "lead_ref")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_is_elsewhere(self):
        company_ids = self.env.companies.ids
        removed = self.filtered(lambda row: not row.company_id and not row.lead_id)
        last = self._last_companies(removed.mapped("lead_ref"))
        for row in self:
            company_id = row.lead_id.company_id.id if row.lead_id else last.get(row.lead_ref)
            row.is_elsewhere = not row.company_id and bool(company_id) and company_id not in company_ids

    @api.model
    def _last_companies(self, lead_refs):
        """Return the company of the last movement of each deal, by id of the deal, without deals of no company.

        SQL without record rules, see the compute.
        """
        if not lead_refs:
            return {}
        query = """
            SELECT DISTINCT ON (lead_ref) lead_ref, company_id
            FROM crm_pipeline_movement
            WHERE lead_ref = ANY(%s)
            ORDER BY lead_ref, id DESC
        """
        return dict(self.env.execute_query(SQL(query, list(set(lead_refs)))))

    def _search_is_elsewhere(self, operator, value):
        """Search by the present company of deals, for the record rules. Access rights are bypassed, as in the compute.

        A reader who works in all companies needs no query.
        """
        if operator != "in":
            return NotImplemented
        wanted = {bool(one) for one in value}
        if len(wanted) != 1:
            return Domain.TRUE if wanted else Domain.FALSE
        [is_wanted] = wanted
        company_ids = self.env.companies.ids
        if self.env["crm.pipeline.reader"]._read_context().companies.keys() <= {None, *company_ids}:
            return Domain.FALSE if is_wanted else Domain.TRUE
        leads = self.env["crm.lead"]

        def to_sql(model, alias, query):
            lead_id, lead_ref, company_id = (
                model._field_to_sql(alias, name, query) for name in ("lead_id", "lead_ref", "company_id")
            )
            others = [("company_id", "not in", [*company_ids, False])]
            deals = leads._search(others, active_test=False, bypass_access=True)
            deals.add_where(SQL("%s = %s", leads._field_to_sql(deals.table, "id", deals), lead_id))
            removed = SQL(REMOVED_ELSEWHERE, lead_id=lead_id, lead_ref=lead_ref, company_ids=company_ids)
            elsewhere = SQL("(%s IS NULL AND (EXISTS (%s) OR %s))", company_id, deals.select(), removed)
            return elsewhere if is_wanted else SQL("NOT %s", elsewhere)

        return Domain.custom(to_sql=to_sql)

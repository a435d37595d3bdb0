import json

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from ..models.funnel.funnel_workbook import FunnelWorkbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CrmFunnelController(http.Controller):
    """Downloads of the sales funnel."""

    @http.route("/sales_process_control/funnel/xlsx", type="http", auth="user", methods=["GET"], readonly=True)
    def download(self, day=None, before=None, domain="[]", currency_id=None, measure="amount", **_other):
        """Return the numbers of the sales funnel as a spreadsheet.

        :param str day: see :meth:`~.crm.pipeline.movement.get_funnel`, as are `before` and `currency_id`
        :param str domain: likewise, as JSON
        :param str measure: see :meth:`~.models.funnel.funnel_workbook.FunnelWorkbook.content`
        """
        try:
            filters = json.loads(domain or "[]")
            currency = int(currency_id or 0) or False
        except ValueError:
            message = request.env._("This link to a spreadsheet of the sales funnel is not complete.")
            raise UserError(message) from None
        env = request.env["crm.pipeline.movement"].with_context(**self._companies_of_browser()).env
        content = FunnelWorkbook(env).content(day or False, before or False, filters, currency, measure)
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(f"{env._('Sales Funnel')}.xlsx")),
            ],
        )

    def _companies_of_browser(self):
        """Return the context with the companies that are selected in the browser.

        A link has no context, but the web client keeps the selection in the cookie `cids`. Companies that the user does
        not belong to are left out.
        """
        own = request.env.user.company_ids.ids
        selected = [int(part) for part in request.cookies.get("cids", "").split("-") if part.isdecimal()]
        allowed = [company_id for company_id in selected if company_id in own]
        return {"allowed_company_ids": allowed} if allowed else {}

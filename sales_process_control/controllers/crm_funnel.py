import json

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CrmFunnelController(http.Controller):
    """The sales funnel as a file."""

    @http.route("/sales_process_control/funnel/xlsx", type="http", auth="user", methods=["GET"], readonly=True)
    def download(self, day=None, before=None, domain="[]", currency_id=None, measure="amount", **_other):
        """The numbers of the screen as a spreadsheet.

        :param str day: see :meth:`~.crm.pipeline.movement.get_funnel`, as are `before` and `currency_id`
        :param str domain: likewise, as JSON
        :param str measure: what is told of each cell of the flow and of each week: `count`, `amount` or `weighted`
        """
        env = request.env
        try:
            places = json.loads(domain or "[]")
            currency = int(currency_id or 0)
        except ValueError:
            raise UserError(env._("This link to a spreadsheet of the sales funnel is not complete.")) from None
        movements = env["crm.pipeline.movement"].with_context(**self._companies_of_browser())
        workbook = movements.env["crm.funnel.workbook"]
        content = workbook._make(day or False, before or False, places, currency or False, measure)
        return request.make_response(
            content,
            headers=[
                ("Content-Type", SPREADSHEET),
                ("Content-Disposition", content_disposition(f"{env._('Sales Funnel')}.xlsx")),
            ],
        )

    def _companies_of_browser(self):
        """The companies that are switched on in the browser, as far as they are the reader's."""
        own = request.env.user.company_ids.ids
        chosen = [int(part) for part in request.cookies.get("cids", "").split("-") if part.isdecimal()]
        allowed = [number for number in chosen if number in own]
        return {"allowed_company_ids": allowed} if allowed else {}

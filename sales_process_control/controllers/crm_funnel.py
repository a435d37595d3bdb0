import json

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..models.funnel.funnel_workbook import FunnelWorkbook
from .browser import companies_of_browser, spreadsheet_response


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
        except (ValueError, RecursionError):
            message = request.env._("This link to a spreadsheet of the sales funnel is incomplete.")
            raise UserError(message) from None
        env = request.env["crm.pipeline.movement"].with_context(**companies_of_browser()).env
        content = FunnelWorkbook(env).content(day or False, before or False, filters, currency, measure)
        return spreadsheet_response(content, env._("Sales Funnel"))

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..models.review.review_scope import DEFAULT_PERIOD
from ..models.review.review_workbook import ReviewWorkbook
from .browser import companies_of_browser, spreadsheet_response


class CrmProcessReviewController(http.Controller):
    """Downloads of the Process Review."""

    @http.route("/sales_process_control/review/xlsx", type="http", auth="user", methods=["GET"], readonly=True)
    def download(self, period=DEFAULT_PERIOD, team_id=None, user_id=None, company_id=None, **_other):
        """Return the numbers of the Process Review as a spreadsheet.

        :param str period: see :meth:`~.crm.process.review.get_review`, as are `team_id`, `user_id` and `company_id`
        """
        try:
            filters = [int(value or 0) or False for value in (team_id, user_id, company_id)]
        except ValueError:
            message = request.env._("This link to a spreadsheet of the Process Review is incomplete.")
            raise UserError(message) from None
        env = request.env["crm.process.review"].with_context(**companies_of_browser()).env
        return spreadsheet_response(ReviewWorkbook(env).content(period, *filters), env._("Process Review"))

from markupsafe import Markup
from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request
from odoo.tools import consteq

from ..models.recording.numbers import read_id
from ..models.weekly_report.res_users import NO_REPORT
from ..models.weekly_report.weekly_mail import OFF_PATH, off_token

OFF_TEMPLATE = "sales_process_control.crm_weekly_report_off"


class CrmWeeklyReportController(http.Controller):
    """The weekly report in the browser, and the page that switches it off."""

    @http.route(
        "/sales_process_control/weekly_report/<int:report_id>", type="http", auth="user", methods=["GET"], readonly=True
    )
    def show(self, report_id, **_other):
        """Return a report of the current user as a page.

        :param int report_id: the report
        :raises AccessError: if it is the report of somebody else
        """
        report = request.env["crm.weekly.report"]._find_own(report_id)
        return request.make_response(report._mail().page())

    # A mail program posts here without a session. The token is what a form's own secret is otherwise.
    @http.route(OFF_PATH, type="http", auth="public", methods=["GET", "POST"], csrf=False, save_session=False)
    def switch_off(self, user=None, token=None, **_other):
        """Switch the weekly report of a user off, without logging in.

        A POST switches it off: of a mail program (RFC 8058) or of the button on the page. A GET shows the page only,
        since scanners of mail open all links.

        :param str user: id of the user
        :param str token: see :func:`~.models.weekly_report.weekly_mail.off_token`
        """
        user_id = read_id(user)
        # Compared as bytes: texts with other letters than those of ASCII cannot be compared in constant time.
        given = str(token or "").encode(errors="replace")
        if not user_id or not consteq(off_token(request.env, user_id).encode(), given):
            raise NotFound()
        # sudo: the token shows that this person got the mail; only this preference is written.
        reader = request.env["res.users"].sudo().browse(user_id).exists()
        if not reader:
            raise NotFound()
        is_off = request.httprequest.method == "POST"
        if is_off:
            reader.weekly_report = NO_REPORT
        lang = request.env["res.lang"]._get_data(code=reader.lang or "en_US")
        values = {
            "is_off": is_off,
            "url": request.httprequest.full_path,
            "language": (reader.lang or "en_US").replace("_", "-"),
            "direction": lang.direction or "ltr",
        }
        page = request.env["ir.qweb"].with_context(lang=reader.lang)._render(OFF_TEMPLATE, values)
        return request.make_response(Markup("<!DOCTYPE html>\n") + page)

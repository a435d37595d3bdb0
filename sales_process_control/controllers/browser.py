"""What the controllers share: links have no context, so the selected companies come from a cookie."""

from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def companies_of_browser():
    """Return the context with the companies that are selected in the browser.

    A link has no context, but the web client keeps the selection in the cookie `cids`. Companies that the user does
    not belong to are left out.
    """
    own = {str(company_id): company_id for company_id in request.env.user.company_ids.ids}
    allowed = [own[part] for part in request.cookies.get("cids", "").split("-") if part in own]
    return {"allowed_company_ids": allowed} if allowed else {}


def spreadsheet_response(content, name):
    """Return the response that downloads a spreadsheet.

    :param bytes content: of the XLSX file
    :param str name: of the file, without its ending
    """
    return request.make_response(
        content,
        headers=[("Content-Type", XLSX), ("Content-Disposition", content_disposition(f"{name}.xlsx"))],
    )

from odoo import models

from .weekly_mail import PICTURE_NAME


class IrMailServer(models.Model):
    """Shows the picture of a weekly report inside the mail. Odoo sends pictures as attachments or by address only."""

    _inherit = "ir.mail_server"

    def _build_email__(self, email_from, email_to, subject, body, attachments=None, **options):
        is_shown = PICTURE_NAME in (body or "")
        inline = [one for one in attachments or [] if is_shown and one[0] == PICTURE_NAME]
        others = [one for one in attachments or [] if one not in inline]
        message = super()._build_email__(email_from, email_to, subject, body, attachments=others, **options)
        page = message.get_body(("html",)) if inline else None
        for name, content, _mimetype in inline if page else ():
            page.add_related(content, "image", "png", cid=f"<{name}>", disposition="inline", filename=name)
        return message

from odoo import api, models

from .automatic_mail import is_automatic


class MailThread(models.AbstractModel):
    """Mark automatic mails while their headers are known: Odoo does not store them.

    The type of the message stays `email`, since Odoo detects loops of automatic replies by it.
    """

    _inherit = "mail.thread"

    @api.model
    def message_parse(self, message, save_original=False):
        values = super().message_parse(message, save_original=save_original)
        # Everybody may call the gateway by RPC. Gateway scripts use the account of an administrator.
        if is_automatic(message) or not self.env.is_system():
            values["is_automatic"] = True
        return values

    def _get_message_create_valid_field_names(self):
        return super()._get_message_create_valid_field_names() | {"is_automatic"}

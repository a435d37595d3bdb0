from odoo import fields, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    is_automatic = fields.Boolean(
        "Automatic Mail",
        readonly=True,
        prefetch=False,
        help="The headers of the mail say that no person has written it, as of an out-of-office reply. On "
        "opportunities it is no progress. Messages from before the module was installed are not marked.",
    )

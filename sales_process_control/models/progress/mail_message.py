from odoo import SUPERUSER_ID, api, fields, models

from ...const import GROUP_INTERNAL


class MailMessage(models.Model):
    _inherit = "mail.message"

    is_automatic = fields.Boolean(
        "Automatic Email",
        readonly=True,
        prefetch=False,
        groups=GROUP_INTERNAL,
        help="The email was sent automatically, for example as an out-of-office reply, and is not progress of an "
        "opportunity. Emails from before the installation of this module are not marked.",
    )

    @api.model
    def default_get(self, fields):
        return super().default_get([name for name in fields if name != "is_automatic"])

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._without_mark(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._without_mark(vals))

    @api.model
    def _without_mark(self, vals):
        """Leave out the mark of automatic mails where a person sets it: the mail gateway posts as OdooBot."""
        if "is_automatic" not in vals or self.env.uid == SUPERUSER_ID:
            return vals
        return {name: value for name, value in vals.items() if name != "is_automatic"}

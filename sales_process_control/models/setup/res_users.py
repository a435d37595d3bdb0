from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...const import GROUP_INTERNAL, GROUP_SALES_MANAGER, GROUP_SALESPERSON

SELLER_TOUR = "sales_process_control_seller"
MANAGER_TOUR = "sales_process_control_manager"
#: Guided tours by name, with the group that each is for.
TOURS = {SELLER_TOUR: GROUP_SALESPERSON, MANAGER_TOUR: GROUP_SALES_MANAGER}


class ResUsers(models.Model):
    """Who takes a guided tour, and who sees the set-up panel although it was put away."""

    _inherit = "res.users"

    is_onboarding_borrowed = fields.Boolean(
        readonly=True,
        copy=False,
        groups=GROUP_INTERNAL,
        help="Odoo's onboarding is switched on only for a guided tour of this module, and is switched off when the "
        "tour ends.",
    )

    sales_setup_company_id = fields.Many2one(
        "res.company",
        "Set-Up Panel Shown For",
        readonly=True,
        copy=False,
        groups=GROUP_SALES_MANAGER,
        help="The company for which the user has asked for the set-up panel of the workbench after it was hidden.",
    )

    @api.model
    def start_sales_tour(self, name):
        """Prepare a guided tour for the current user.

        :param str name: name of the tour
        :return: the message at the end of the tour, in HTML
        :rtype: str
        :raises AccessError: for a user whom the tour is not for
        :raises UserError: for another name
        """
        user, group = self.env.user, TOURS.get(name) if isinstance(name, str) else None
        if not user.has_group(group or GROUP_SALESPERSON):
            raise AccessError(self.env._("This tour is available to salespeople and sales managers only."))
        if not group:
            raise UserError(self.env._("This tour does not exist."))
        if not user.tour_enabled:
            # sudo: users may not write themselves; Odoo lets each user switch the own onboarding.
            user.sudo().write({"tour_enabled": True, "is_onboarding_borrowed": True})
        # sudo: the message is a text for the user, in the user's language.
        tour = self.env["web_tour.tour"].sudo().search([("name", "=", name)], limit=1)
        return tour.rainbow_man_message or ""

    @api.model
    def switch_tour_enabled(self, val):
        """Forget, when the onboarding is switched off, what it was on for. "Stop Tour" does so."""
        result = super().switch_tour_enabled(val)
        if not result:
            self.env.user._give_onboarding_back()
        return result

    @api.model
    @api.readonly
    def get_workbench_home(self):
        """Return also what the help of the workbench offers.

        :return: in addition ``tours``: names of the guided tours for the current user; ``can_set_up``: whether the user
            may call up the set-up panel, which is not shown
        """
        user, home = self.env.user, super().get_workbench_home()
        return {
            **home,
            "tours": [name for name, group in TOURS.items() if user.has_group(group)],
            "can_set_up": user.has_group(GROUP_SALES_MANAGER) and not self.env["crm.workbench.setup"]._is_wanted(),
        }

    def _give_onboarding_back(self):
        """Switch Odoo's onboarding off again for users who have it on for a guided tour only."""
        users = self.sudo()  # sudo: users may not write themselves; this is what they had before the tour
        users.filtered("is_onboarding_borrowed").write({"tour_enabled": False, "is_onboarding_borrowed": False})

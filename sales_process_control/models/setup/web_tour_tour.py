from odoo import api, models

from .res_users import TOURS


class WebTourTour(models.Model):
    """The guided tours of this module are custom ones: Odoo starts none of them by itself.

    Odoo switches its onboarding on for a user who starts a tour by hand, and offers its own tours from then on. A user
    for whom it was off has asked for this tour only.
    """

    _inherit = "web_tour.tour"

    @api.model
    def consume(self, tourName):  # noqa: N803 the name is Odoo's
        if isinstance(tourName, str) and tourName in TOURS:
            self.env.user._give_onboarding_back()
        return super().consume(tourName)

    @api.model
    def get_current_tour(self):
        if self.env.user.sudo().is_onboarding_borrowed:  # sudo: the own preference
            return False
        return super().get_current_tour()

from odoo import api, models
from odoo.exceptions import AccessError

from ...const import GROUP_SALES_MANAGER, GROUP_SALESPERSON

#: System parameter: set once a sales manager has answered whether CRM opens on the workbench.
OFFERED = "sales_process_control.workbench_offered"
WORKBENCH_ACTION = "sales_process_control.crm_workbench_action"
WORKBENCH_MENU = "sales_process_control.crm_workbench_menu"
PIPELINE_MENU = "crm.menu_crm_opportunities"


class ResUsers(models.Model):
    """The first page of CRM for all users, and the first page after login of one user."""

    _inherit = "res.users"

    @api.model
    @api.readonly
    def get_workbench_home(self):
        """Return whether the workbench is the first page.

        :return: a dictionary: ``is_home``: whether the workbench is the first page of the current user after login;
            ``is_first``: whether CRM opens on it for all users; ``is_offered``: whether to ask the current user to
            open CRM on it
        :raises AccessError: for a user without sales rights
        """
        self._check_sells()
        is_first = self._is_workbench_first()
        # sudo: users may not read system parameters; only whether a question was answered is read.
        was_offered = self.env["ir.config_parameter"].sudo().get_param(OFFERED)
        return {
            "is_home": self.env.user.action_id.id == self.env.ref(WORKBENCH_ACTION).id,
            "is_first": is_first,
            "is_offered": not is_first and not was_offered and self.env.user.has_group(GROUP_SALES_MANAGER),
        }

    @api.model
    def set_workbench_home(self, is_home):
        """Make the workbench the first page of the current user after login, or stop that.

        :param bool is_home: whether the workbench is to be the first page
        :raises AccessError: for a user without sales rights
        """
        self._check_sells()
        action = self.env.ref(WORKBENCH_ACTION)
        if is_home:
            self.env.user.action_id = action.id
        elif self.env.user.action_id.id == action.id:
            self.env.user.action_id = False

    @api.model
    def answer_workbench_offer(self, is_wanted):
        """Store the answer of a sales manager whether CRM opens on the workbench. Nobody is asked again.

        :param bool is_wanted: whether CRM opens on the workbench for all users
        :raises AccessError: for a user who is no sales manager
        """
        if not self.env.user.has_group(GROUP_SALES_MANAGER):
            raise AccessError(self.env._("Only sales managers can decide which page CRM opens with."))
        # sudo: a sales manager may not write system parameters; this one only stores that the question was answered.
        self.env["ir.config_parameter"].sudo().set_param(OFFERED, "True")
        if is_wanted:
            self._set_workbench_first(True)

    @api.model
    def _is_workbench_first(self):
        """Return whether CRM opens on the workbench: its menu comes before that of the pipeline."""
        workbench, pipeline = self._first_menus()
        if not workbench or not pipeline:
            return False
        return (workbench.sequence, workbench.id) < (pipeline.sequence, pipeline.id)

    def _first_menus(self):
        """Return the menus of the workbench and of Odoo's pipeline, in superuser mode; empty for a deleted menu."""
        # sudo: the callers check who may change the order; nothing but the sequence of the menus is read or written.
        menus = self.env["ir.ui.menu"].sudo()
        found = [self.env.ref(name, raise_if_not_found=False) or menus for name in (WORKBENCH_MENU, PIPELINE_MENU)]
        return [menu.sudo() for menu in found]

    @api.model
    def _set_workbench_first(self, is_first):
        """Place the menu of the workbench before or after that of the pipeline. CRM opens on its first menu.

        :param bool is_first: whether the workbench comes first
        """
        workbench, pipeline = self._first_menus()
        if workbench and pipeline and bool(is_first) != self._is_workbench_first():
            workbench.sequence = pipeline.sequence + (-1 if is_first else 1)

    def _check_sells(self):
        if not self.env.su and not self.env.user.has_group(GROUP_SALESPERSON):
            raise AccessError(self.env._("The workbench is available to salespeople only."))

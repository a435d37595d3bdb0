from odoo import api, models
from odoo.exceptions import AccessError

from ...const import GROUP_SALES_MANAGER, GROUP_SALESPERSON

#: The workbench was offered to a manager as CRM's first page, and answered.
OFFERED = "sales_process_control.workbench_offered"
WORKBENCH_ACTION = "sales_process_control.crm_workbench_action"
WORKBENCH_MENU = "sales_process_control.crm_workbench_menu"
PIPELINE_MENU = "crm.menu_crm_opportunities"


class ResUsers(models.Model):
    """Which page a day in CRM begins with: for everybody, and for one person."""

    _inherit = "res.users"

    @api.model
    @api.readonly
    def get_workbench_home(self):
        """Where the workbench stands for the reader.

        :return: a dictionary: ``is_home``: whether it is the first page that he sees after logging in; ``is_first``:
            whether CRM opens on it for everybody; ``is_offered``: whether the reader is to be asked for that
        :raises AccessError: for a user without sales rights
        """
        self._check_sells()
        is_first = self._is_workbench_first()
        # In superuser mode: only whether a question was answered is read.
        was_offered = self.env["ir.config_parameter"].sudo().get_param(OFFERED)
        return {
            "is_home": self.env.user.action_id.id == self.env.ref(WORKBENCH_ACTION).id,
            "is_first": is_first,
            "is_offered": not is_first and not was_offered and self.env.user.has_group(GROUP_SALES_MANAGER),
        }

    @api.model
    def set_workbench_home(self, is_home):
        """Make the workbench the first page that the present user sees after logging in, or no longer.

        :param bool is_home: whether it is
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
        """A sales manager says whether CRM opens on the workbench for everybody; nobody is asked again.

        :param bool is_wanted: whether it does
        :raises AccessError: for anybody but a sales manager
        """
        if not self.env.user.has_group(GROUP_SALES_MANAGER):
            raise AccessError(self.env._("Only a sales manager decides with which page CRM opens."))
        # In superuser mode: a sales manager may not write parameters, and this one only says that he was asked.
        self.env["ir.config_parameter"].sudo().set_param(OFFERED, "True")
        if is_wanted:
            self._set_workbench_first(True)

    @api.model
    def _is_workbench_first(self):
        workbench, pipeline = self._first_menus()
        if not workbench or not pipeline:
            return False
        return (workbench.sequence, workbench.id) < (pipeline.sequence, pipeline.id)

    def _first_menus(self):
        """The menus of the workbench and of Odoo's pipeline; empty where somebody has deleted one."""
        # In superuser mode: who may decide it was found out before, and menus tell only in which order they stand.
        menus = self.env["ir.ui.menu"].sudo()
        found = [self.env.ref(name, raise_if_not_found=False) or menus for name in (WORKBENCH_MENU, PIPELINE_MENU)]
        return [menu.sudo() for menu in found]

    @api.model
    def _set_workbench_first(self, is_first):
        """CRM opens on the first of its pages: so the workbench's place in the menu is the setting."""
        workbench, pipeline = self._first_menus()
        if workbench and pipeline and bool(is_first) != self._is_workbench_first():
            workbench.sequence = pipeline.sequence + (-1 if is_first else 1)

    def _check_sells(self):
        if not self.env.user.has_group(GROUP_SALESPERSON):
            raise AccessError(self.env._("The workbench is for those who sell."))

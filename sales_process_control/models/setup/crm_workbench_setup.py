from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...const import GROUP_SALES_MANAGER
from ..workbench.crm_workbench_block import Watched
from .setup_steps import OPEN, SKIPPABLE, SetupReader


class CrmWorkbenchSetup(models.AbstractModel):
    """The set-up panel of the company in use, for sales managers, until it is put away.

    Odoo's module `onboarding` is not used: it stores the state of a step when code reports it, where this panel reads
    what is there; it knows no skipped step; and it draws its panel above a list, on the server.
    """

    _name = "crm.workbench.setup"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Set-Up"

    _block_key = "setup"
    _block_sequence = 3
    _block_is_later = True

    def _is_wanted(self):
        """Return whether the reader is a sales manager who has the panel: it was not put away, or called up since."""
        user, company = self.env.user, self.env.company
        if not user.has_group(GROUP_SALES_MANAGER):
            return False
        # sudo: only the two decisions about the panel are read.
        return not company.sudo().is_sales_setup_put_away or user.sudo().sales_setup_company_id == company

    def _read_block(self, _scope):
        reader = self._reader()
        steps = reader.read_steps()
        return {
            "company": {"id": reader.company.id, "name": reader.company.name},
            "steps": steps,
            "done_count": sum(step["state"] != OPEN for step in steps),
        }

    def _watched(self, _scope):
        return [
            Watched("crm.stage", Domain.TRUE),
            Watched("crm.team", Domain.TRUE),
            Watched("crm.sales.target", Domain("company_id", "=", self.env.company.id)),
        ]

    def _reader(self):
        """Return a reader of the company in use alone, whatever other companies are selected."""
        return SetupReader(self.with_context(allowed_company_ids=self.env.company.ids))

    # ------------------------------------------------------------
    # WHAT A SALES MANAGER DECIDES
    # ------------------------------------------------------------

    @api.model
    def put_away(self):
        """Put the set-up panel of the company in use away.

        :raises AccessError: for a user who is no sales manager
        """
        self._write_company(is_sales_setup_put_away=True)
        user = self.env.user.sudo()  # sudo: users may not write themselves; see `call_up`.
        if user.sales_setup_company_id == self.env.company:
            user.sales_setup_company_id = False

    @api.model
    def call_up(self):
        """Show the set-up panel of the company in use to the current user again, and to nobody else.

        It is the only panel that the user has called up. Nothing is stored where the panel is shown to everybody: it
        goes when it is put away.

        :raises AccessError: for a user who is no sales manager
        """
        self._check_manages()
        if not self._is_wanted():
            # sudo: users may not write themselves; the field only says whether the panel is shown to this user.
            self.env.user.sudo().sales_setup_company_id = self.env.company

    @api.model
    def keep_stages(self, is_kept=True):
        """Store whether the company in use works with its stages as they are.

        :param bool is_kept: whether it does
        :raises AccessError: for a user who is no sales manager
        """
        self._write_company(is_keeping_stages=bool(is_kept))

    @api.model
    def skip_step(self, key, is_skipped=True):
        """Skip a step of the company in use, or take that back. A step that is done stays done.

        :param str key: key of a step that can be skipped
        :param bool is_skipped: whether it is skipped
        :raises AccessError: for a user who is no sales manager
        :raises UserError: for another key
        """
        self._check_manages()
        if not isinstance(key, str) or key not in SKIPPABLE:
            raise UserError(self.env._("The set-up has no such step."))
        skipped = self._reader().skipped() - {key} | ({key} if is_skipped else set())
        self._write_company(skipped_setup_steps=",".join(sorted(skipped)))

    @api.model
    def take_suggested_limits(self, confirmed):
        """Store suggested limits of the company in use as days to rot of its stages that have no limit of their own.

        :param list confirmed: [id of a stage, days] of each suggestion that the user has seen; others are left alone
        :return: how many stages got a limit
        :rtype: int
        :raises AccessError: for a user who is no sales manager
        """
        self._check_manages()
        reader, count = self._reader(), 0
        for stage, days, _visits in reader.suggestions(reader.stages()):
            if isinstance(confirmed, list) and [stage.id, days] in confirmed:
                stage.rotting_threshold_days = days
                count += 1
        return count

    def _check_manages(self):
        if not self.env.su and not self.env.user.has_group(GROUP_SALES_MANAGER):
            raise AccessError(self.env._("Only sales managers can set up CRM."))

    def _write_company(self, **values):
        self._check_manages()
        # sudo: sales managers may not write companies; these fields only say what the panel shows to sales managers.
        self.env.company.sudo().write(values)

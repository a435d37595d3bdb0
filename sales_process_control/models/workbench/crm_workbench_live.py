import logging

from odoo import SUPERUSER_ID, api, models
from odoo.fields import Domain

from .crm_workbench_block import OPEN_DEAL

_logger = logging.getLogger(__name__)

#: What the browser listens to. The message has no content: what one may see is read by oneself.
MESSAGE = "sales_process_control.workbench"
TOUCHED = "crm.workbench.touched"


class CrmWorkbenchLive(models.AbstractModel):
    """Tells sellers that something on their workbench was changed by somebody else: one message a transaction."""

    _name = "crm.workbench.live"
    _description = "Workbench Messages"

    def _touch(self, user_ids=(), lead_ids=(), partner_ids=(), changed_by=None):
        """Have sellers told after the commit, and only then; nothing is read or written before it.

        :param user_ids: numbers of the sellers; who changes something himself is not told
        :param lead_ids: numbers of deals whose sellers, as they are after the commit, are told too
        :param partner_ids: numbers of customers: their salespersons, as they are after the commit, and the sellers of
            their open deals
        :param int changed_by: who has changed something, if it is not the present user
        """
        changer = changed_by or self.env.uid
        users = {user_id for user_id in user_ids if user_id and user_id != changer}
        if not (users or lead_ids or partner_ids):
            return
        data = self.env.cr.postcommit.data
        if TOUCHED not in data:
            data[TOUCHED] = (set(), set(), set(), changer)
            self.env.cr.postcommit.add(self._tell)
        for known, found in zip(data[TOUCHED], (users, lead_ids, partner_ids), strict=False):
            known.update(found)

    def _tell(self):
        """Send the messages in a transaction of their own: it is about one that has ended, and cannot spoil it."""
        users, leads, partners, changer = self.env.cr.postcommit.data.pop(TOUCHED)
        try:
            with self.env.registry.cursor() as cr:
                self.with_env(api.Environment(cr, SUPERUSER_ID, {}))._send(users, leads, partners, changer)
        except Exception:
            # Whoever waits for the message sees the change when he comes back to the page.
            _logger.info("The workbenches of users %s were not told of a change", sorted(users), exc_info=True)

    @api.model
    def _send(self, user_ids, lead_ids, partner_ids, changer):
        told = {*user_ids}
        if lead_ids or partner_ids:
            told |= self._sellers_of(lead_ids, partner_ids) - {changer}
        # Neither names nor their order matter: most often it is one seller, while somebody waits for his answer.
        users = self.env["res.users"].search_fetch(
            [("id", "in", list(told)), ("share", "=", False)], ["partner_id"], order="id"
        )
        for user in users:
            user._bus_send(MESSAGE, {})

    def _sellers_of(self, lead_ids, partner_ids):
        """Numbers of the sellers of deals, of the salespersons of customers, and of the sellers of their open deals."""
        deals, salespersons = Domain("id", "in", list(lead_ids)), self.env["res.users"]
        if partner_ids:
            of_customer = Domain("partner_id", "in", list(partner_ids)) | Domain(
                "partner_id.commercial_partner_id", "in", list(partner_ids)
            )
            deals |= OPEN_DEAL & of_customer
            salespersons = self.env["res.partner"].browse(partner_ids).exists().user_id
        groups = self.env["crm.lead"].with_context(active_test=False)._read_group(deals, ["user_id"])
        return {*salespersons.ids, *(seller.id for [seller] in groups if seller)}

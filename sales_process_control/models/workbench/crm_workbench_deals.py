from odoo import models


class CrmWorkbenchDeals(models.AbstractModel):
    """Base of the blocks with rows of deals. The rows of all blocks of one call are described together."""

    _name = "crm.workbench.deals"
    _inherit = ["crm.workbench.block", "crm.screen.deals"]
    _description = "Deals on the Workbench"

    def _find_rows(self, scope):
        """Return what the block finds out about its deals before they are described.

        :return: list of dictionaries, each with the `id` of a deal that is shown
        """
        raise NotImplementedError

    def _prepare_block(self, scope):
        """Find the deals, so that the first block that shows deals can describe those of the others, too."""
        scope.found_rows[self._block_key] = self._find_rows(scope)

    def _found_rows(self, scope):
        """Return the result of :meth:`_find_rows`."""
        if self._block_key not in scope.found_rows:
            self._prepare_block(scope)
        return scope.found_rows[self._block_key]

    def _describe_found(self, scope):
        """Return the rows of the deals of this block, in their order."""
        ids = [row["id"] for row in self._found_rows(scope)]
        described = scope.described_deals
        if not described.keys() >= set(ids):
            found = {row["id"] for rows in scope.found_rows.values() for row in rows}
            described.update((row["id"], row) for row in self._describe_deals(sorted(found - described.keys())))
        return [described[lead_id] for lead_id in ids]

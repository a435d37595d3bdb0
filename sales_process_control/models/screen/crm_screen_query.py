from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import AccessError, UserError

from ...const import GROUP_ALL_DOCUMENTS, GROUP_SALESPERSON
from ..recording.company_money import CompanyMoney


class CrmScreenQuery(models.AbstractModel):
    """Base of the screens that people filter by a team, a salesperson and a company."""

    _name = "crm.screen.query"
    _description = "Screen With Filters"

    @api.model
    def _check_filters(self, refusal, **filters):
        """Return filters that came from the browser, False for none.

        :param str refusal: message for what is no id
        :param filters: `team_id`, `user_id`, `company_id`
        :rtype: dict
        :raises UserError: for filters that are no ids
        :raises AccessError: for a company that the reader has not selected
        """
        filters = {name: value or False for name, value in filters.items()}
        if not all(value is False or type(value) is int for value in filters.values()):
            raise UserError(refusal)
        if filters["company_id"] and filters["company_id"] not in self.env.companies.ids:
            raise AccessError(self.env._("You have not selected this company."))
        return filters

    @api.model
    def _read_screen(self, base, scope, keys, refusal):
        """Return the blocks of a screen, and which of them are read in a second call.

        :param base: base model of the blocks
        :param scope: what the blocks are about
        :param keys: keys of the blocks to read, None for those of the first call
        :param str refusal: message for a block that is unknown
        :return: dictionary with `later` and `blocks`
        :raises UserError: for an unknown block
        """
        of_screen = base._blocks_of_screen()
        later = [key for key, block in of_screen.items() if block._block_is_later]
        if keys is None:
            keys = [key for key in of_screen if key not in later]
        # Keys come from the browser and need not be hashable.
        if not isinstance(keys, list | tuple) or not all(key in list(of_screen) for key in keys):
            raise UserError(refusal)
        return {"later": later, "blocks": base._read_blocks({key: of_screen[key] for key in keys}, scope)}

    @api.model
    def _describe_filters(self, scope):
        """Return the filters of a scope, and what the reader may choose from.

        :param DealFilters scope: the filters
        :rtype: dict
        """
        return {
            "team_id": scope.team_id,
            "user_id": scope.user_id,
            "company_id": scope.company_id,
            "companies": [{"id": company.id, "name": company.name} for company in self.env.companies],
            "seller_domain": self._seller_domain(),
            "may_compare_all": self.env.user.has_group(GROUP_ALL_DOCUMENTS),
            "currency_id": CompanyMoney(self.env).currency_id(),
        }

    @api.model
    def _seller_domain(self):
        """Return the users of the selected companies who may sell, as a domain for the browser."""
        sellers = self.env.ref(GROUP_SALESPERSON)
        return [
            ("id", "!=", SUPERUSER_ID),
            ("all_group_ids", "in", sellers.ids),
            ("company_ids", "in", self.env.companies.ids),
        ]

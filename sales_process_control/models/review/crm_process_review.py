from odoo import api, fields, models
from odoo.exceptions import UserError

from ..funnel.funnel_reader import FunnelReader
from .review_scope import DEFAULT_PERIOD, MONTHS, ReviewScope, before_name, period_names


class CrmProcessReview(models.AbstractModel):
    """The Process Review: one page about where the process goes wrong, and where it goes well."""

    _name = "crm.process.review"
    _inherit = "crm.screen.query"
    _description = "Process Review"

    @api.model
    @api.readonly
    def get_review(self, period=DEFAULT_PERIOD, team_id=False, user_id=False, company_id=False, blocks=None):
        """Return the review of a period, or some blocks of it, under the record rules of the reader.

        :param str period: `month`, `quarter` (both up to today), `3_months`, `6_months` or `12_months`
        :param int team_id: a sales team; rows count that were the team's at that time
        :param int user_id: a salesperson, likewise
        :param int company_id: one of the companies that the reader has selected
        :param list blocks: keys of the blocks to read; by default those with which the page is painted
        :return: a dictionary:

            - ``period``; ``periods``: a list of ``key`` and ``name``; ``today``, ``start``, ``end``, ``before_start``,
              ``before_end``: days as YYYY-MM-DD; ``before_name``: the period before as part of a sentence
            - ``team_id``, ``user_id``, ``company_id``; ``companies``: a list of ``id`` and ``name``
            - ``is_filtered``: whether numbers are compared with those of the company
            - ``seller_domain``: users among whom the reader chooses a salesperson
            - ``may_compare_all``: whether the reader may choose teams and salespeople
            - ``currency_id``: the currency of converted amounts
            - ``later``: keys of the blocks to be read in a second call
            - ``blocks``: content of each block by its key, or ``{"error": reason}`` where it could not be read. Each
              count in it comes with ``model``, ``domain``, ``context`` and ``name`` of the records that it counts
        :raises UserError: for an unknown period or block, and for filters that are no ids
        :raises AccessError: for a company that the reader has not selected, and for a user without rights in CRM
        """
        self.env["crm.stage.visit"].check_access("read")
        scope = self._scope(period, team_id, user_id, company_id)
        refusal = self.env._("The Process Review has no such block.")
        return {
            **self._describe_scope(scope),
            **self._read_screen(self.env["crm.review.block"], scope, blocks, refusal),
        }

    @api.model
    def _scope(self, period, team_id, user_id, company_id):
        """Return the scope of a request.

        :rtype: ReviewScope
        :raises UserError: for an unknown period, and for filters that are no ids
        :raises AccessError: for a company that the reader has not selected
        """
        if period not in list(MONTHS):
            raise UserError(self.env._("The Process Review has no such period."))
        refusal = self.env._("Choose no more than one team, one salesperson and one company.")
        filters = self._check_filters(refusal, team_id=team_id, user_id=user_id, company_id=company_id)
        return ReviewScope.of(period, self._today(filters["company_id"]), **filters)

    @api.model
    def _today(self, company_id):
        """Return the current day of a company, or the latest one of the reader's companies."""
        if not company_id:
            return FunnelReader(self.env).today()
        return self.env["crm.pipeline.reader"]._read_context().day_of(self.env.cr.now(), company_id)

    @api.model
    def _describe_scope(self, scope):
        days = ("start", "end", "before_start", "before_end")
        return {
            "period": scope.period,
            "periods": [{"key": key, "name": name} for key, name in period_names(self.env).items()],
            "before_name": before_name(self.env, scope.period),
            "today": fields.Date.to_string(scope.end),
            **{name: fields.Date.to_string(getattr(scope, name)) for name in days},
            "is_filtered": scope.is_filtered,
            **self._describe_filters(scope),
        }

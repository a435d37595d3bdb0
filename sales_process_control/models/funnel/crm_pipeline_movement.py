from odoo import api, models
from odoo.fields import Domain


class CrmPipelineMovement(models.Model):
    # Beside the columns of the ledger: what they add up to at the end of a day.
    _inherit = "crm.pipeline.movement"

    @api.model
    @api.readonly
    def funnel_at(self, day, domain=()):
        """The funnel as it stood at the end of a day, of what the reader may see; for other programs, too.

        Its records are the lines of this ledger with ``standing_on`` that day.

        :param day: a date, or the text of one, in the time zone of each company's working calendar; not in the future
        :param domain: of which places: on the fields of a place (`stage_id`, `team_id`, `user_id`, `company_id`,
            `currency_id`, `date_deadline`) and on its deal (`lead_id`, `lead_ref`), and what lies behind them
        :return: a dictionary a stage and currency with anything in it, in the order of stages: ``stage_id`` and
            ``currency_id`` (false for none, and for what is gone), ``deal_count``, and ``amount``: expected revenue in
            that currency. Recurring revenue is left out
        :raises UserError: for what is no day, a day to come, or a domain on anything else
        """
        self.browse().check_access("read")
        reader = self.env["crm.funnel.reader"]
        rows = reader._read_standing(reader._check_day(day), reader._check_places(domain))
        order = {stage.id or None: rank for rank, stage in enumerate(self._stages_in_order({row[0] for row in rows}))}
        # A stage that this transaction cannot see any more counts as none does.
        rows.sort(key=lambda row: (order.get(row[0], len(order)), row[1] or 0))
        return [
            {
                "stage_id": stage_id or False,
                "currency_id": currency_id or False,
                "deal_count": count,
                "amount": float(amount),
            }
            for stage_id, currency_id, count, amount in rows
        ]

    @api.model
    @api.readonly
    def get_funnel(self, day=False, before=False, domain=(), currency_id=False):
        """What the sales funnel shows of two days, of what the reader may see.

        Each number is a dictionary: ``value``, the count of opportunities; ``amount`` and ``weighted``, in the currency
        that is shown, unrounded; ``records``: how many lines of this ledger ``domain`` finds; ``name``, ``model``.

        :param day: a date or the text of one; today if not given
        :param before: an earlier day; 30 days earlier if not given
        :param domain: see :meth:`funnel_at`
        :param int currency_id: in which currency amounts are shown, at the rate of today: one of those of the reader's
            companies; that of the company in which he works if not given
        :return: a dictionary:

            - ``day``, ``before``, ``today``, ``first_day`` (of the ledger, false if it is empty); ``estimated``: which
              of `day` and `before` rest on what was rebuilt
            - ``currency_id``, ``currencies``, ``is_converted``, ``has_recurring``
            - ``stages``: of each with anything on either day ``stage_id``, ``name``, ``share`` by which it is weighted
              (its counts are false where they are not the reader's to know), and the numbers ``day`` and ``before``
            - ``totals``: the numbers of all stages
            - ``waterfall``: ``kind``, ``effect``, ``name``, ``number`` from the opening over the kinds with lines to
              the closing; value, amount and weighted each add up
            - ``flow``: ``columns`` and ``rows``, in which ``cells`` have the ``key`` of their column; those with
              nothing in them are left out. Counts add up to both days. Amounts are those of the earlier day, so rows
              add up to it; of deals that came in meanwhile, those of their end
        :raises UserError: for bad days, places and currencies
        """
        self.browse().check_access("read")
        return self.env["crm.funnel.screen"]._read_days(day, before, domain, currency_id)

    @api.model
    @api.readonly
    def get_funnel_weeks(self, domain=(), currency_id=False):
        """The funnel at the end of each week since the ledger began, 104 at most, and today.

        :param domain: see :meth:`funnel_at`
        :param int currency_id: see :meth:`get_funnel`
        :return: a dictionary: ``stages``, with ``stage_id`` and ``name``, in their order; ``points``: ``day``,
            ``is_estimated``, and ``stages``: of each stage the count, the amount and the weighted amount
        :raises UserError: for bad places and currencies
        """
        self.browse().check_access("read")
        return self.env["crm.funnel.weeks"]._read_weeks(domain, currency_id)

    @api.model
    def _stages_in_order(self, stage_ids):
        """Stages in their order, and at last an empty one where None is among the numbers."""
        stages = self.env["crm.stage"]
        # Searched for: a deletion beside a move may leave the number of a stage that is gone, until the daily job.
        known = Domain("id", "in", [number for number in stage_ids if number])
        found = list(stages.search_fetch(known, ["name", "sequence"], order="sequence, id"))
        return [*found, stages] if None in stage_ids else found

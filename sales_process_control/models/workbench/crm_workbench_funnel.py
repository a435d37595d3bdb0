from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..funnel.crm_pipeline_day import DAY_KEY
from ..funnel.funnel_reader import FunnelReader
from ..recording.company_money import CompanyMoney

#: The funnel of today is compared with the funnel of so many days ago.
DAYS_BEFORE = 30


class CrmWorkbenchFunnel(models.AbstractModel):
    """Open deals by stage, today and some weeks ago (docs/definitions.md, Sales funnel)."""

    _name = "crm.workbench.funnel"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Funnel"

    _block_key = "funnel"
    _block_sequence = 70
    _block_is_later = True

    def _read_block(self, scope):
        movements = self.env["crm.pipeline.movement"]
        day = self._today() - timedelta(days=DAYS_BEFORE)
        money = CompanyMoney(self.env)
        today = self._read_today(scope, money)
        reader = FunnelReader(self.env)
        standing = reader.standing(day, scope.domain())
        before = self._add_up(standing, money)
        currency_id = money.currency_id()
        stages = movements._stages_in_order(today.keys() | before.keys())
        return {
            "day": day.isoformat(),
            "is_estimated": reader.is_estimated(day, reader.bounds(scope.domain())),
            "has_recurring": self.env.user.has_group("crm.group_use_recurring_revenues"),
            "currency_id": currency_id,
            "left_out": self._left_out(scope, standing, money),
            "stages": [
                self._describe_stage(scope, stage, day, today[stage.id or None], before[stage.id or None])
                for stage in stages
            ],
        }

    def _left_out(self, scope, standing, money):
        """Return the amounts of today that are in no sum. Currencies of the earlier day only have an amount of 0.

        :param standing: open deals of the earlier day, see :meth:`.FunnelReader.standing`
        """
        left_out = money.left_out(self._open_deals(scope))
        rates = money.rates({currency_id for _stage, currency_id, *_sums in standing})
        missing = {currency_id for _stage, currency_id, *_sums in standing if rates[currency_id] is None}
        missing -= {described["currency_id"] for described in left_out}
        return left_out + money.describe_left_out(dict.fromkeys(missing, 0))

    def _read_today(self, scope, money):
        """Return (count, amount) of the open deals by id of the stage, in the currency of the reader's company."""
        leads = self.env["crm.lead"]
        query = leads._search(self._open_deals(scope))
        stage = leads._field_to_sql(query.table, "stage_id", query)
        amount = money.amount_sql(query.table, query)
        query.groupby = stage
        query.order = None
        rows = self.env.execute_query(query.select(stage, SQL("count(*), sum(%s)::float8", amount)))
        return defaultdict(lambda: (0, 0.0), {stage_id: (count, total) for stage_id, count, total in rows})

    def _add_up(self, rows, money):
        """Return (count, amount) by id of the stage, in the currency of the reader's company, at the rates of today.

        :param rows: (stage id, currency id, count, amount) of each stage and currency
        :param CompanyMoney money: converts amounts
        """
        rates = money.rates({currency_id for _stage, currency_id, *_sums in rows})
        found = defaultdict(lambda: (0, 0.0))
        for stage_id, currency_id, count, amount in rows:
            earlier_count, earlier_amount = found[stage_id]
            found[stage_id] = earlier_count + count, earlier_amount + float(amount) * (rates[currency_id] or 0)
        return found

    def _describe_stage(self, scope, stage, day, today, before):
        name, currency_id = stage.name or self.env._("Without a stage"), CompanyMoney(self.env).currency_id()
        in_stage = Domain("stage_id", "=", stage.id)
        return {
            "stage_id": stage.id,
            "name": name,
            "today": self._number(
                today[0],
                self.env._("Open Opportunities: %s", name),
                "crm.lead",
                self._open_deals(scope) & in_stage,
                amount=today[1],
                currency_id=currency_id,
            ),
            "before": self._number(
                before[0],
                self.env._("%(stage)s on %(day)s", stage=name, day=format_date(self.env, day)),
                "crm.pipeline.day",
                Domain("day", "=", day.isoformat()) & in_stage & scope.domain(),
                context={DAY_KEY: day.isoformat()},
                amount=before[1],
                currency_id=currency_id,
            ),
            "change": today[0] - before[0],
        }

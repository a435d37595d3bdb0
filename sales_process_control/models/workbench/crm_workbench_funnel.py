from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..funnel.crm_pipeline_day import DAY_KEY
from ..funnel.funnel_reader import FunnelReader
from ..recording.company_money import CompanyMoney
from ..screen.crm_screen_block import OPEN_DEAL

#: The funnel of today is compared with the funnel of so many days ago.
DAYS_BEFORE = 30


class CrmWorkbenchFunnel(models.AbstractModel):
    """Open deals of one process by stage, today and some weeks ago (docs/definitions.md, Sales funnel)."""

    _name = "crm.workbench.funnel"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Funnel"

    _block_key = "funnel"
    _block_sequence = 70
    _block_is_later = True

    def _read_block(self, scope):
        day = self._today() - timedelta(days=DAYS_BEFORE)
        money, process = CompanyMoney(self.env), scope.process(self.env)
        domain = scope.domain() & process.domain()
        today = self._read_today(domain, money)
        reader = FunnelReader(self.env)
        standing = [row for row in reader.standing(day, domain) if self._is_shown(row[0], process)]
        before = self._add_up(standing, money)
        currency_id = money.currency_id()
        shown = [stage_id for stage_id in today.keys() | before.keys() if self._is_shown(stage_id, process)]
        stages = self.env["crm.pipeline.movement"]._stages_in_order(shown)
        return {
            "processes": [
                {"stage_ids": list(one.stage_ids), "name": one.name, "deals": one.deals}
                for one in scope.processes(self.env)
            ],
            "process": list(process.stage_ids),
            "elsewhere": self._describe_elsewhere(domain, today, process, currency_id),
            "day": day.isoformat(),
            "is_estimated": reader.is_estimated(day, reader.bounds(domain)),
            "has_recurring": self.env.user.has_group("crm.group_use_recurring_revenues"),
            "currency_id": currency_id,
            "left_out": self._left_out(OPEN_DEAL & domain, standing, money),
            "stages": [
                self._describe_stage(domain, stage, day, today[stage.id or None], before[stage.id or None])
                for stage in stages
            ],
        }

    @staticmethod
    def _is_shown(stage_id, process):
        """Return whether deals in a stage have a line: deals without a stage have one, too."""
        return stage_id is None or stage_id in process.stage_ids

    def _describe_elsewhere(self, domain, today, process, currency_id):
        """Return the open deals in stages that their team does not use."""
        sums = [found for stage_id, found in today.items() if not self._is_shown(stage_id, process)]
        in_others = Domain("stage_id", "!=", False) & Domain("stage_id", "not in", process.stage_ids)
        return self._number(
            sum(count for count, _amount in sums),
            self.env._("Deals in Stages That Their Team Does Not Use"),
            "crm.lead",
            OPEN_DEAL & domain & in_others,
            amount=sum(amount for _count, amount in sums),
            currency_id=currency_id,
        )

    def _watched(self, scope):
        return [*super()._watched(scope), self._watched_movements(scope)]

    def _left_out(self, open_deals, standing, money):
        """Return the amounts of today that are in no sum. Currencies of the earlier day only have an amount of 0.

        :param Domain open_deals: the deals of today, as a domain on `crm.lead`
        :param standing: open deals of the earlier day, see :meth:`.FunnelReader.standing`
        """
        left_out = money.left_out(open_deals)
        rates = money.rates({currency_id for _stage, currency_id, *_sums in standing})
        missing = {currency_id for _stage, currency_id, *_sums in standing if rates[currency_id] is None}
        missing -= {described["currency_id"] for described in left_out}
        return left_out + money.describe_left_out(dict.fromkeys(missing, 0))

    def _read_today(self, domain, money):
        """Return (count, amount) of the open deals by id of the stage, in the currency of the reader's company."""
        leads = self.env["crm.lead"]
        query = leads._search(OPEN_DEAL & domain)
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

    def _describe_stage(self, domain, stage, day, today, before):
        name, currency_id = stage.name or self.env._("No stage"), CompanyMoney(self.env).currency_id()
        in_stage = Domain("stage_id", "=", stage.id)
        return {
            "stage_id": stage.id,
            "name": name,
            "today": self._number(
                today[0],
                self.env._("Open Opportunities: %s", name),
                "crm.lead",
                OPEN_DEAL & domain & in_stage,
                amount=today[1],
                currency_id=currency_id,
            ),
            "before": self._number(
                before[0],
                self.env._("%(stage)s on %(day)s", stage=name, day=format_date(self.env, day)),
                "crm.pipeline.day",
                Domain("day", "=", day.isoformat()) & in_stage & domain,
                context={DAY_KEY: day.isoformat()},
                amount=before[1],
                currency_id=currency_id,
            ),
            "change": today[0] - before[0],
        }

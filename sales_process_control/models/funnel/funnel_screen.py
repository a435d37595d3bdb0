"""What the sales funnel shows: two days beside each other, and the weeks since the ledger began."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from odoo.fields import Domain
from odoo.tools import format_date

from ...ledger import kinds
from ..recording.crm_pipeline_balance import monday_of
from ..recording.crm_pipeline_movement import KINDS
from .crm_pipeline_day import DAY_KEY, LEFT_KEY
from .funnel_flow import ENTERED, LEFT, Cell, FunnelFlow, stage_key
from .funnel_money import FunnelMoney, Worth
from .funnel_periods import chosen_days, period_names
from .funnel_reader import FunnelReader

#: Kinds of ends after which a deal can be reopened.
REOPENABLE = {kinds.WON, kinds.LOST}
#: Most weeks that are shown.
MAX_WEEKS = 104


def stage_name(env, stage):
    """Return the name of a stage, with a label for deals without a stage."""
    return stage.name or env._("No stage")


class TwoDays:
    """Numbers of two days and of the time between them, in one currency.

    :param FunnelReader reader: reads the ledgers
    :param FunnelMoney money: converts and weights amounts
    :param date before: the earlier day
    :param date day: the later day
    :param Domain domain: see :meth:`.FunnelReader.check_domain`
    """

    def __init__(self, reader, money, before, day, domain):
        self.before, self.day, self.domain = before, day, domain
        self.days = {"day": day, "before": before}
        rows = {"before": reader.standing(before, domain)}
        changes = reader.changes_by_kind(domain, before, day)
        rows["day"] = reader.standing_after(rows["before"], changes)
        moved = FunnelFlow(reader).moved(before, day, domain, changes)
        #: :class:`Worth` of the deals that moved, by (origin key, target key).
        self.moved = money.worth_by([((origin, target), *row) for origin, target, *row in moved])
        #: :class:`Worth` by stage id, by "day" and "before".
        self.standing = {
            which: money.worth_by([(stage_id, stage_id, *sums) for stage_id, *sums in found])
            for which, found in rows.items()
        }
        #: :class:`Worth` and number of lines by kind of movement.
        self.kinds = money.worth_by(
            [(kind, stage_id, currency_id, *sums) for kind, stage_id, currency_id, _lines, *sums in changes]
        )
        self.line_counts = {}
        for kind, _stage_id, _currency_id, lines, *_sums in changes:
            self.line_counts[kind] = self.line_counts.get(kind, 0) + lines
        #: :class:`Worth` by kind of end, of the deals that were reopened since.
        reopened = reader.reopened_ends(domain, before, day) if self.line_counts.keys() & REOPENABLE else []
        self.reopened = money.worth_by(reopened)
        currency_ids = {row[1] for found in rows.values() for row in found} | {row[2] for row in changes}
        #: Amounts in currencies without a rate, by "day" and "before".
        self.left_out = {
            which: money.left_out(
                [(row[1], row[-1]) for row in found] + [(currency_id, Decimal(0)) for currency_id in currency_ids]
            )
            for which, found in rows.items()
        }
        self.is_converted = not currency_ids <= {None, money.currency_id}
        stage_ids = {row[0] for found in rows.values() for row in found}
        self.stages = reader.movements._stages_in_order(stage_ids)

    def total(self, which):
        """Return the :class:`Worth` of all stages on one of both days, "day" or "before"."""
        return sum(self.standing[which].values(), Worth())

    def flow(self):
        """Return the :class:`Worth` by (origin key, target key), with the deals that did not move."""
        found = dict(self.moved)
        for stage_id, standing in self.standing["before"].items():
            key = stage_key(stage_id)
            moved = sum((worth for (origin, _target), worth in self.moved.items() if origin == key), Worth())
            found[key, key] = found.get((key, key), Worth()) + standing - moved
        return {cell: worth for cell, worth in found.items() if worth.count}


class FunnelScreen:
    """Describes two days for the browser, each number with the records that add up to it.

    :param Environment env: the user and the allowed companies
    """

    def __init__(self, env):
        self.env = env
        self._kind_labels = dict(env["crm.pipeline.movement"]._fields["kind"]._description_selection(env))

    def describe(self, day, before, domain, currency_id, period):
        """Return two days, see :meth:`~.crm.pipeline.movement.get_funnel`."""
        reader = FunnelReader(self.env)
        before, day, period = chosen_days(reader, day, before, period)
        domain = reader.check_domain(domain)
        money = FunnelMoney(self.env, currency_id)
        bounds = reader.bounds(domain)
        days = TwoDays(reader, money, before, day, domain)
        return {
            "day": day.isoformat(),
            "before": before.isoformat(),
            "today": reader.today().isoformat(),
            "period": period,
            "periods": [{"key": key, "name": name} for key, name in period_names(self.env).items()],
            "first_day": bounds[0].isoformat() if bounds[0] else False,
            "estimated": [name for name, one in days.days.items() if reader.is_estimated(one, bounds)],
            "currency_id": money.currency_id,
            "currencies": [{"id": currency.id, "name": currency.name} for currency in money.currencies],
            "is_converted": days.is_converted,
            "has_shares": money.has_shares,
            "has_chances": money.has_chances,
            "left_out": days.left_out,
            "has_recurring": self.env.user.has_group("crm.group_use_recurring_revenues"),
            "stages": [self._describe_stage(days, stage, money.share(stage.id)) for stage in days.stages],
            "totals": {which: self._total(days, which) for which in days.days},
            "waterfall": self._describe_waterfall(days),
            "flow": self._describe_flow(days),
        }

    def _number(self, worth, name, domain, **more):
        """Return a number that opens the records that add up to it.

        :param Worth worth: the number
        :param str name: title of the list of records
        :param Domain domain: finds the records
        :param more: `model`, `context`, `records`, `lines`: see :meth:`~.crm.pipeline.movement.get_funnel`
        """
        return {
            "value": worth.count,
            "amount": float(worth.amount),
            "weighted": float(worth.weighted),
            "expected": float(worth.expected),
            "records": worth.count,
            "name": name,
            "model": "crm.pipeline.movement",
            "domain": list(domain),
            "context": {},
            **more,
        }

    def _number_on_day(self, days, which, worth, name, place=Domain.TRUE):
        """Return the number of deals that are open on one of both days, "day" or "before".

        :param Domain place: a further condition on the deals
        """
        day = days.days[which].isoformat()
        deals = days.domain & place
        return self._number(
            worth,
            name,
            deals & Domain("day", "=", day),
            model="crm.pipeline.day",
            context={DAY_KEY: day},
            lines=list(deals & Domain("standing_on", "=", day)),
        )

    def _describe_stage(self, days, stage, share):
        name = stage_name(self.env, stage)
        in_stage = Domain("stage_id", "=", stage.id)
        numbers = {
            which: self._number_on_day(
                days,
                which,
                days.standing[which][stage.id or None],
                self.env._("%(stage)s on %(day)s", stage=name, day=format_date(self.env, day)),
                in_stage,
            )
            for which, day in days.days.items()
        }
        sequence = stage.sequence if stage else False
        return {"stage_id": stage.id, "name": name, "sequence": sequence, "share": share, **numbers}

    def _total(self, days, which):
        day = format_date(self.env, days.days[which])
        return self._number_on_day(days, which, days.total(which), self.env._("Pipeline on %s", day))

    def _describe_waterfall(self, days):
        between = days.domain & Domain("is_correction", "=", False)
        between &= Domain("day", ">", days.before.isoformat())
        between &= Domain("day", "<=", days.day.isoformat())
        bars = []
        for kind, _label in KINDS:
            if kind in days.line_counts:
                name, domain = self._kind_labels[kind], between & Domain("kind", "=", kind)
                number = self._number(days.kinds[kind], name, domain, records=days.line_counts[kind])
                bar = {"kind": kind, "effect": kinds.EFFECTS[kind], "name": name, "number": number}
                if kind in REOPENABLE:
                    bar["reopened"] = self._describe_reopened(days, kind, domain)
                bars.append(bar)
        return [
            {"kind": "opening", "name": self.env._("Opening"), "number": self._total(days, "before")},
            *bars,
            {"kind": "closing", "name": self.env._("Closing"), "number": self._total(days, "day")},
        ]

    def _describe_reopened(self, days, kind, domain):
        """Return the number of the ends of a kind after which the deals were reopened."""
        worth = days.reopened[kind]
        name = self.env._("%s, reopened since", self._kind_labels[kind])
        return self._number(worth, name, domain & Domain("is_reopened", "=", True), records=abs(worth.count))

    def _describe_flow(self, days):
        stages = {stage_key(stage.id): stage_name(self.env, stage) for stage in days.stages}
        ends = {end: self._kind_labels[end] for end in kinds.ENDS}
        columns = {**stages, **ends, LEFT: self.env._("Filtered out")}
        rows = {**stages, ENTERED: self.env._("Came in")}
        rank = {key: position for position, key in enumerate(stages)}
        flow = days.flow()
        return {
            "columns": [{"key": key, "name": name} for key, name in columns.items()],
            "rows": [
                {
                    "key": origin,
                    "name": name,
                    "cells": [
                        self._describe_cell(days, rank, (origin, name), (target, goal), flow[origin, target])
                        for target, goal in columns.items()
                        if (origin, target) in flow
                    ],
                }
                for origin, name in rows.items()
                if any(key[0] == origin for key in flow)
            ],
        }

    def _describe_cell(self, days, rank, origin, target, worth):
        cell = Cell(
            days.before.isoformat(),
            days.day.isoformat(),
            origin[0],
            target[0],
            list(days.domain),
        )
        if cell.is_entered:
            direction = "in"
        elif cell.target_stage_id is None:
            direction = "out"
        elif cell.is_same:
            direction = "same"
        else:
            direction = "forward" if rank[cell.target] > rank[cell.origin] else "back"
        name = self.env._("From %(origin)s to %(target)s", origin=origin[1], target=target[1])
        domain = Domain("flow_cell", "=", cell.as_text())
        context = {LEFT_KEY: True} if cell.is_passing else {DAY_KEY: cell.stands_on}
        number = self._number(worth, name, domain, model="crm.pipeline.day", context=context, lines=list(domain))
        return {"key": cell.target, "direction": direction, "number": number}


class FunnelWeeks:
    """Describes the funnel at the end of each week for the browser.

    :param Environment env: the user and the allowed companies
    """

    def __init__(self, env):
        self.env = env

    def describe(self, domain, currency_id):
        """Return the weeks, see :meth:`~.crm.pipeline.movement.get_funnel_weeks`."""
        reader = FunnelReader(self.env)
        domain = reader.check_domain(domain)
        money = FunnelMoney(self.env, currency_id)
        bounds = reader.bounds(domain)
        if not bounds[0]:
            return {"currency_id": money.currency_id, "stages": [], "points": [], "left_out": []}
        days = self._days(bounds[0], reader.today())
        standing = reader.standing(days[0], domain)
        # With a single day, that day is today, which need not be a Sunday as `changes_by_week` requires.
        changes = reader.changes_by_week(domain, days[0], days[-1]) if len(days) > 1 else []
        rows = [((days[0], stage_id), stage_id, *sums) for stage_id, *sums in standing]
        for monday, stage_id, *sums in changes:
            day = min(monday + timedelta(days=6), days[-1])
            rows.append(((day, stage_id), stage_id, *sums))
        stages = reader.movements._stages_in_order({stage_id for _key, stage_id, *_sums in rows})
        changed = money.worth_by(rows)
        points, standing = [], defaultdict(Worth)
        for day in days:
            for stage in stages:
                standing[stage] += changed[day, stage.id or None]
            points.append(
                {
                    "day": day.isoformat(),
                    "is_estimated": reader.is_estimated(day, bounds),
                    "stages": [self._numbers(standing[stage]) for stage in stages],
                }
            )
        return {
            "currency_id": money.currency_id,
            "left_out": money.left_out((row[2], row[-1]) for row in rows),
            "stages": [{"stage_id": stage.id, "name": stage_name(self.env, stage)} for stage in stages],
            "points": points,
        }

    @staticmethod
    def _days(first_day, today):
        """Return the Sundays since the first day of the ledger, and today."""
        sunday = monday_of(today) - timedelta(days=1)
        sundays = [sunday - timedelta(weeks=weeks) for weeks in range(MAX_WEEKS)]
        return [*reversed([day for day in sundays if day >= first_day]), today]

    @staticmethod
    def _numbers(worth):
        return [worth.count, float(worth.amount), float(worth.weighted), float(worth.expected)]

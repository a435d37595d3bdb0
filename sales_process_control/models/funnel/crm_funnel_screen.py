from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...ledger import ENDS
from ...ledger import kinds as movement_kinds
from ..recording.crm_pipeline_movement import KINDS
from .crm_funnel_flow import ENTERED, LEFT, Cell, key_of
from .crm_funnel_money import Worth

#: So many days before the day lies the one with which it is compared, if nobody says otherwise.
DAYS_BEFORE = 30


class CrmFunnelScreen(models.AbstractModel):
    """What the sales funnel shows of two days, each number with the lines behind it."""

    _name = "crm.funnel.screen"
    _inherit = ["crm.funnel.money"]
    _description = "Sales Funnel"

    def _read_days(self, day, before, domain, currency_id):
        """See :meth:`~.crm.pipeline.movement.get_funnel`."""
        reader = self.env["crm.funnel.reader"]
        today = reader._today()
        day = reader._check_day(day or today)
        before, day = reader._check_days(before or day - timedelta(days=DAYS_BEFORE), day)
        places = reader._check_places(domain)
        currencies = self._currencies()
        currency_id = self._check_currency(currency_id, currencies)
        bounds = reader._read_bounds(places)
        facts = Facts(self, before, day, places, currency_id)
        return {
            "day": fields.Date.to_string(day),
            "before": fields.Date.to_string(before),
            "today": fields.Date.to_string(today),
            "first_day": fields.Date.to_string(bounds[0]) if bounds[0] else False,
            "estimated": [
                name for name, one in (("day", day), ("before", before)) if reader._is_estimated(one, bounds)
            ],
            "currency_id": currency_id,
            "currencies": [{"id": currency.id, "name": currency.name} for currency in currencies],
            "is_converted": facts.is_converted,
            "has_recurring": self.env.user.has_group("crm.group_use_recurring_revenues"),
            "stages": [self._describe_stage(facts, stage) for stage in facts.stages],
            "totals": {"day": self._total(facts, "day"), "before": self._total(facts, "before")},
            "waterfall": self._describe_waterfall(facts),
            "flow": self._describe_flow(facts),
        }

    # ------------------------------------------------------------
    # NUMBERS
    # ------------------------------------------------------------

    def _number(self, worth, name, domain, records=None):
        """A number that opens the lines behind it.

        :param Worth worth: what it tells
        :param str name: what the list of the lines is called
        :param Domain domain: which finds them
        :param int records: how many it finds, if not as many as deals
        """
        return {
            "value": worth.count,
            "amount": float(worth.amount),
            "weighted": float(worth.weighted),
            "records": worth.count if records is None else records,
            "name": name,
            "model": "crm.pipeline.movement",
            "domain": list(domain),
        }

    def _standing(self, facts, which, stage=None):
        """The domain of the lines that stand on one of both days."""
        standing = facts.places & Domain("standing_on", "=", fields.Date.to_string(facts.days[which]))
        return standing if stage is None else standing & Domain("stage_id", "=", stage.id)

    def _stage_name(self, stage):
        return stage.name or self.env._("Without a stage")

    def _describe_stage(self, facts, stage):
        told = {
            which: self._number(
                facts.standing[which][stage.id or None],
                self.env._("%(stage)s on %(day)s", stage=self._stage_name(stage), day=format_date(self.env, day)),
                self._standing(facts, which, stage),
            )
            for which, day in facts.days.items()
        }
        share = facts.shares.get(stage.id or None, facts.shares[None])
        return {"stage_id": stage.id, "name": self._stage_name(stage), "share": share, **told}

    def _total(self, facts, which):
        day = format_date(self.env, facts.days[which])
        return self._number(facts.total(which), self.env._("Pipeline on %s", day), self._standing(facts, which))

    # ------------------------------------------------------------
    # WATERFALL
    # ------------------------------------------------------------

    def _describe_waterfall(self, facts):
        names = dict(self.env["crm.pipeline.movement"]._fields["kind"]._description_selection(self.env))
        between = facts.places
        between &= Domain("day", ">", fields.Date.to_string(facts.before))
        between &= Domain("day", "<=", fields.Date.to_string(facts.day))
        bars = [
            {
                "kind": kind,
                "effect": movement_kinds.EFFECTS[kind],
                "name": names[kind],
                "number": self._number(
                    facts.kinds[kind], names[kind], between & Domain("kind", "=", kind), facts.line_counts[kind]
                ),
            }
            for kind, _name in KINDS
            if kind in facts.line_counts
        ]
        return [
            {"kind": "opening", "name": self.env._("Opening"), "number": self._total(facts, "before")},
            *bars,
            {"kind": "closing", "name": self.env._("Closing"), "number": self._total(facts, "day")},
        ]

    # ------------------------------------------------------------
    # FLOW
    # ------------------------------------------------------------

    def _describe_flow(self, facts):
        names = {key_of(stage.id): self._stage_name(stage) for stage in facts.stages}
        kinds = dict(self.env["crm.pipeline.movement"]._fields["kind"]._description_selection(self.env))
        columns = {**names, **{end: kinds[end] for end in ENDS}, LEFT: self.env._("Out of view")}
        rows = {**names, ENTERED: self.env._("Came in")}
        rank = {key: number for number, key in enumerate(names)}
        flow = facts.flow()
        return {
            "columns": [{"key": key, "name": name} for key, name in columns.items()],
            "rows": [
                {
                    "key": origin,
                    "name": name,
                    "cells": [
                        self._describe_cell(facts, rank, (origin, name), (target, goal), flow[origin, target])
                        for target, goal in columns.items()
                        if (origin, target) in flow
                    ],
                }
                for origin, name in rows.items()
                if any(key[0] == origin for key in flow)
            ],
        }

    def _describe_cell(self, facts, rank, origin, target, worth):
        cell = Cell(
            fields.Date.to_string(facts.before),
            fields.Date.to_string(facts.day),
            origin[0],
            target[0],
            list(facts.places),
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
        return {"key": cell.target, "direction": direction, "number": self._number(worth, name, domain)}


class Facts:
    """What the ledger says of two days and the time between, in one currency."""

    def __init__(self, screen, before, day, places, currency_id):
        self.before, self.day, self.places = before, day, places
        self.days = {"day": day, "before": before}
        self._screen, self._currency_id = screen, currency_id
        self._env = env = screen.env
        self.shares = env["crm.funnel.share"]._read_shares()
        reader = env["crm.funnel.reader"]
        rows = {"before": reader._read_standing(before, places)}
        kinds = reader._read_kinds(places, before, day)
        rows["day"] = reader._standing_after(rows["before"], kinds)
        moved = env["crm.funnel.flow"]._read_moved(before, day, places, kinds)
        self.moved = self._add_up([((origin, target), *row) for origin, target, *row in moved])
        self.standing = {
            which: self._add_up([(stage_id, stage_id, *sums) for stage_id, *sums in found])
            for which, found in rows.items()
        }
        self.kinds = self._add_up([(kind, stage, currency, *sums) for kind, stage, currency, _lines, *sums in kinds])
        self.line_counts = {}
        for kind, _stage, _currency, lines, *_sums in kinds:
            self.line_counts[kind] = self.line_counts.get(kind, 0) + lines
        used = {row[1] for found in rows.values() for row in found} | {row[2] for row in kinds}
        self.is_converted = not used <= {None, currency_id}
        self.stages = env["crm.pipeline.movement"]._stages_in_order(
            {row[0] for found in rows.values() for row in found}
        )

    def _add_up(self, rows):
        return self._screen._worth_by(rows, self._currency_id, self.shares)

    def total(self, which):
        """What all stages held on one of both days."""
        return sum(self.standing[which].values(), Worth())

    def flow(self):
        """:class:`Worth` by (key of the origin, key of the target); who did not move included."""
        found = dict(self.moved)
        for stage_id, standing in self.standing["before"].items():
            key = key_of(stage_id)
            moved = sum((worth for (origin, _target), worth in self.moved.items() if origin == key), Worth())
            stayed = standing - moved
            found[key, key] = found.get((key, key), Worth()) + stayed
        return {cell: worth for cell, worth in found.items() if worth.count}

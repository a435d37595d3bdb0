"""Compare both ledgers, as pivots show them, with `plain_pipeline`.

The methods `differences_of_...` yield one text for each difference.
"""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import plain_funnel
import pytest

TOLERANCE = 1e-6


class LedgerTables:
    """Reads the ledgers of a database through the ORM as a sales manager at a given time.

    `_read_group` (for code), `formatted_read_group` (for lists and graphs) and `formatted_read_grouping_sets` (for
    pivots) must return the same values.
    """

    def __init__(self, database, now):
        self.database = database
        self.now = now

    def __enter__(self):
        import odoo
        from odoo.modules.registry import Registry

        self.cursor = Registry(self.database).cursor()
        # Open visits count up to this time.
        self.cursor._now = self.now
        env = odoo.api.Environment(self.cursor, odoo.api.SUPERUSER_ID, {})
        self.env = env(user=env.ref("base.user_admin"))
        self.zone = env.company.resource_calendar_id.tz
        return self

    def __exit__(self, *_exception):
        self.cursor.close()

    def grouped(self, model, domain, by, aggregates):
        """Return {keys of the group: values}, after comparing the three methods of reading."""
        records = self.env[model]
        plain = {
            tuple(key.display_name if hasattr(key, "_name") else key for key in row[: len(by)]): row[len(by) :]
            for row in records._read_group(domain, by, aggregates)
        }
        groups = records.formatted_read_group(domain, by, aggregates)
        [[*sets]] = records.formatted_read_grouping_sets(domain, [by], aggregates)
        for formatted in (groups, sets):
            found = {
                tuple(shown(key, group[key]) for key in by): tuple(group[aggregate] for aggregate in aggregates)
                for group in formatted
            }
            assert found.keys() == plain.keys()
            for key, values in plain.items():
                # The sum of floats depends on the order of its terms.
                assert found[key] == pytest.approx(values, rel=1e-12)
        return plain

    def differences_of_visits(self, expected, until):
        """Compare visits by stage and outcome, entries, first visits, conversions and days.

        :param datetime until: instant up to which open visits count
        """
        model = "crm.stage.visit"
        counts = self.grouped(model, [], ["stage_id", "outcome"], ["__count"])
        yield from unequal("visits", {key: count for key, (count,) in counts.items()}, expected.outcomes())
        entries = self.grouped(model, [("outcome", "!=", "correction")], ["stage_id"], ["__count", "days:sum"])
        expected_values = Counter(row.stage for row in expected.rows() if row.outcome != "correction")
        yield from unequal("entries", {stage: count for (stage,), (count, _days) in entries.items()}, expected_values)
        days = expected.days(until)
        for (stage,), (_count, found) in entries.items():
            if abs(found - days[stage]) > TOLERANCE:
                yield f"days in {stage}: {found!r} in the ledger, {days[stage]!r} in the file"
        everything = self.grouped(model, [], ["stage_id"], ["days:sum"])
        for (stage,), (found,) in everything.items():
            if abs(found - days.get(stage, 0)) > TOLERANCE:
                yield f"days in {stage} with corrections: {found!r} in the ledger, {days.get(stage)!r} in the file"
        firsts, converted = expected.firsts()
        for name, domain, expected_values in (
            ("first times", [("is_first", "=", True)], firsts),
            ("conversions", [("is_first", "=", True), ("converted_at", "!=", False)], converted),
        ):
            found = self.grouped(model, domain, ["stage_id"], ["__count", "lead_ref:count_distinct"])
            yield from unequal(name, {stage: count for (stage,), (count, _deals) in found.items()}, expected_values)
            yield from unequal(
                f"{name} by deal", {stage: deals for (stage,), (_count, deals) in found.items()}, expected_values
            )

    def differences_of_months(self, expected):
        """Compare the content of each stage at the end of each month, and now."""
        for day in expected.month_ends():
            found = self.grouped(
                "crm.pipeline.movement", [("day", "<=", day)], ["stage_id"], ["deal_count:sum", "amount:sum"]
            )
            sums = {stage: (count, money(amount)) for (stage,), (count, amount) in found.items()}
            content = {stage: numbers for stage, numbers in sums.items() if any(numbers)}
            yield from unequal(f"held at the end of {day}", content, expected.held(day))
        live = self.grouped(
            "crm.lead", [("won_status", "=", "pending")], ["stage_id"], ["__count", "expected_revenue:sum"]
        )
        live = {stage: (count, money(amount)) for (stage,), (count, amount) in live.items()}
        yield from unequal("open now", live, expected.held(expected.month_ends()[-1]))

    def differences_of_funnels(self, expected, days=30):
        """Compare the funnel of random days, and waterfall and flow between random pairs of days."""
        random, movements = Random(days), self.env["crm.pipeline.movement"]
        names = {stage.id: stage.name for stage in self.env["crm.stage"].search([])}
        first, last = plain_funnel.days_of_log(expected)
        span = (last - first).days
        for _day in range(days):
            day = first + timedelta(days=random.randrange(span + 1))
            content = {
                names[row["stage_id"]]: (row["deal_count"], money(row["amount"])) for row in movements.funnel_at(day)
            }
            yield from unequal(f"funnel of {day}", content, expected.held(day))
            before, day = sorted(first + timedelta(days=number) for number in random.sample(range(-1, span + 1), 2))
            found = movements.get_funnel(day, before)
            bars = {
                bar["kind"]: (bar["number"]["records"], bar["number"]["value"], money(bar["number"]["amount"]))
                for bar in found["waterfall"]
            }
            for which, end in ((before, "opening"), (day, "closing")):
                stood = expected.held(which).values()
                count, amount = sum(sums[0] for sums in stood), sum(sums[1] for sums in stood)
                yield from unequal(f"{end} of {before} to {day}", {end: bars.pop(end)}, {end: (count, count, amount)})
            yield from unequal(f"waterfall from {before} to {day}", bars, plain_funnel.waterfall(expected, before, day))
            keys = {f"stage:{number}": name for number, name in names.items()}
            cells = {
                (keys.get(row["key"], row["key"]), keys.get(cell["key"], cell["key"])): cell["number"]["value"]
                for row in found["flow"]["rows"]
                for cell in row["cells"]
            }
            yield from unequal(f"flow from {before} to {day}", cells, plain_funnel.flow(expected, before, day))

    def differences_of_movements(self, expected):
        """Compare lines, counts and amounts by kind and by month."""
        found = self.grouped(
            "crm.pipeline.movement", [], ["kind", "is_correction"], ["__count", "deal_count:sum", "amount:sum"]
        )
        found = {key: (lines, count, money(amount)) for key, (lines, count, amount) in found.items()}
        yield from unequal("movements", found, expected.movements())
        months = self.grouped("crm.pipeline.movement", [], ["day:month"], ["deal_count:sum", "amount:sum"])
        expected_values = defaultdict(lambda: (0, Decimal(0)))
        for deal in expected.deals.values():
            for at, _kind, count, amount, _is_correction in deal.lines:
                month = expected.day(at).replace(day=1)
                expected_values[month] = expected_values[month][0] + count, expected_values[month][1] + amount
        months = {day: (count, money(amount)) for (day,), (count, amount) in months.items()}
        yield from unequal("months", months, expected_values)


def shown(key, value):
    """Return the name of a formatted group: a record's name, or the first day of a month."""
    if ":" in key:
        return date.fromisoformat(value[0])
    return value[1] if isinstance(value, (tuple, list)) else value


def money(amount):
    """Round a sum of amounts to cents."""
    return round(Decimal(str(amount)), 2)


def unequal(name, found, expected_values):
    """Yield a text for each key at which two tables differ. A missing value equals zero."""
    for key in sorted({*found, *expected_values}, key=str):
        left, right = found.get(key), expected_values.get(key)
        if left != right and (left or right):
            yield f"{name} {key}: {left} in the ledger, {right} in the file"

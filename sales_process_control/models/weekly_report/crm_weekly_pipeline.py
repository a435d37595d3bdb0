from collections import defaultdict

from odoo import models
from odoo.fields import Domain

from ...ledger import kinds
from ..recording.company_money import CompanyMoney
from ..recording.day_texts import day_text

#: Ends of the waterfall.
TOTALS = ("opening", "closing")
#: Kinds of which both lines cancel, in the order of their rows.
MOVES = (*kinds.STAGE_MOVES, *kinds.DATE_MOVES)


class CrmWeeklyPipeline(models.AbstractModel):
    """The pipeline of the last week: what changed, what moved, and its stages before and after.

    All of it is the sales funnel of two days: lines of the ledger that do not change any more.
    """

    _name = "crm.weekly.pipeline"
    _inherit = "crm.weekly.block"
    _description = "Weekly Report: Pipeline"

    _block_key = "pipeline"
    _block_sequence = 20

    def _title(self):
        return self.env._("Pipeline Last Week")

    def _read_block(self, scope):
        funnel = self.env["crm.pipeline.movement"].get_funnel(
            scope.last_day.isoformat(), scope.day_before.isoformat(), list(scope.domain())
        )
        moves = self._moves(funnel["waterfall"])
        left_out = self._left_out_sentences(funnel["left_out"]["day"])
        # Titles of a digest of some days name no week: the days stand above them.
        changes, moved = self._title(), self.env._("Moved Last Week")
        if not scope.is_week:
            changes, moved = self.env._("Pipeline"), self.env._("Moved")
        return [
            self._section("changes", changes, self._changes(funnel["waterfall"]), left_out, is_exact=True),
            self._section(
                "moves",
                moved,
                moves,
                [] if moves else [self.env._("No deal moved.")],
                is_exact=True,
            ),
            self._section(
                "funnel",
                self.env._("Sales Funnel"),
                self._stages(funnel),
                then=day_text(self.env, scope.day_before),
                is_exact=True,
                now=day_text(self.env, scope.last_day),
            ),
        ]

    def _changes(self, waterfall):
        """Return the bars of the waterfall as rows, which add up from the opening to the closing.

        Moves whose lines cancel change nothing: they are rows of :meth:`_moves`.
        """
        return [
            self._row(
                bar["kind"],
                bar["name"],
                bar["number"],
                amount=bar["number"]["amount"],
                is_signed=bar["kind"] not in TOTALS,
            )
            for bar in waterfall
            if bar["kind"] in TOTALS or bar["number"]["value"] or bar["number"]["amount"]
        ]

    def _moves(self, waterfall):
        """Return the moves of the week. The line that puts a deal into its new place counts, with its amount."""
        bars = {bar["kind"]: bar for bar in waterfall if bar["kind"] in MOVES}
        into = Domain("deal_count", ">", 0)
        found = self._read_moves(Domain.OR([Domain(bar["number"]["domain"]) for bar in bars.values()]) & into)
        return [
            self._row(
                kind,
                bars[kind]["name"],
                self._number(
                    found[kind][0],
                    bars[kind]["name"],
                    "crm.pipeline.movement",
                    Domain(bars[kind]["number"]["domain"]) & into,
                ),
                amount=found[kind][1],
            )
            for kind in MOVES
            if kind in bars and found[kind][0]
        ]

    def _read_moves(self, domain):
        """Return (number, amount) of moves by kind, amounts in the currency of the reader."""
        rows = self.env["crm.pipeline.movement"]._read_group(domain, ["kind", "currency_id"], ["__count", "amount:sum"])
        rates = CompanyMoney(self.env).rates({currency.id or None for _kind, currency, _count, _amount in rows})
        found = defaultdict(lambda: (0, 0.0))
        for kind, currency, count, amount in rows:
            total, money = found[kind]
            found[kind] = total + count, money + amount * (rates[currency.id or None] or 0.0)
        return found

    def _stages(self, funnel):
        return [
            self._row(
                f"stage_{stage['stage_id'] or 0}",
                stage["name"],
                stage["day"],
                amount=stage["day"]["amount"],
                then=stage["before"],
            )
            for stage in funnel["stages"]
        ]

from dataclasses import replace

from odoo import models
from odoo.fields import Domain

from ...statistics import ENOUGH
from .estimates_reader import BAND, BANDS, CHANCE, ODOO, SELLER, EstimateCell, read_estimates


class CrmForecastEstimates(models.AbstractModel):
    """Who estimates well: of the deals that were rated alike, how many were signed.

    Definitions: docs/definitions.md, Quality of estimates.
    """

    _name = "crm.forecast.estimates"
    _inherit = "crm.forecast.block"
    _description = "Forecast: Estimates"

    _block_key = "estimates"
    _block_sequence = 60
    _block_is_later = True

    def _read_block(self, scope):
        found = {(source, band): rest for source, band, *rest in read_estimates(self.env, scope)}
        filters = {"today": scope.today.isoformat(), **scope.filters()}
        labels = {
            SELLER: self.env._("Salespeople"),
            ODOO: self.env._("Odoo's Probability"),
            CHANCE: self.env._("Chance to Sign"),
        }
        return {
            "deals": sum(count for (source, _band), (count, *_rest) in found.items() if source == SELLER),
            "sources": [
                self._describe_source(source, label, [found.get((source, band)) for band in range(BANDS)])
                for source, label in labels.items()
            ],
            "bands": [
                {
                    "low": band * BAND,
                    "high": (band + 1) * BAND,
                    "cells": [
                        self._describe_cell(
                            label, EstimateCell(source, band, False, **filters), *found.get((source, band), (0, 0))[:2]
                        )
                        for source, label in labels.items()
                    ],
                }
                for band in reversed(range(BANDS))
            ],
        }

    def _describe_source(self, source, label, bands):
        """Return how many deals a source has rated, how many of them were signed, and what it said on average."""
        bands = [band for band in bands if band]
        count, won, percents = (sum(band[index] for band in bands) for index in range(3))
        return {
            "key": source,
            "name": label,
            "count": count,
            "signed": won,
            "said": percents / count / 100 if count >= ENOUGH else False,
            "share": won / count if count >= ENOUGH else False,
        }

    def _describe_cell(self, label, cell, count, won):
        words = {"who": label, "low": cell.band * BAND, "high": (cell.band + 1) * BAND}
        return {
            "deals": self._deals_number(count, self.env._("%(who)s: %(low)s to %(high)s%%", **words), cell),
            "signed": self._deals_number(
                won, self.env._("%(who)s: %(low)s to %(high)s%%, Signed", **words), replace(cell, is_signed=True)
            ),
            "share": won / count if count >= ENOUGH else False,
        }

    def _deals_number(self, count, name, cell):
        domain = Domain("estimate_cell", "=", cell.as_text())
        # Lost deals are archived.
        return self._number(count, name, "crm.lead", domain, context={"active_test": False})

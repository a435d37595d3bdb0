from odoo import models
from odoo.fields import Domain

from ...statistics import ENOUGH
from .estimates_reader import BAND, BANDS, CHANCE, ODOO, SELLER, read_estimates


class CrmForecastEstimates(models.AbstractModel):
    """Who estimates well: of the deals that were rated alike, how many were signed.

    Definitions: docs/definitions.md, Who estimates well.
    """

    _name = "crm.forecast.estimates"
    _inherit = "crm.forecast.block"
    _description = "Forecast: Who Estimates Well"

    _block_key = "estimates"
    _block_sequence = 60
    _block_is_later = True

    def _read_block(self, scope):
        found = {(source, band): rest for source, band, *rest in read_estimates(self.env, scope)}
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
                        self._describe_cell(label, band, found.get((source, band), (0, 0, 0.0, [], [])))
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

    def _describe_cell(self, label, band, found):
        count, won, _percents, lead_ids, won_ids = found
        low, high = band * BAND, (band + 1) * BAND
        words = {"who": label, "low": low, "high": high}
        return {
            "deals": self._deals_number(count, self.env._("%(who)s: %(low)s to %(high)s%%", **words), lead_ids),
            "signed": self._deals_number(
                won, self.env._("%(who)s: %(low)s to %(high)s%%, Signed", **words), won_ids or []
            ),
            "share": won / count if count >= ENOUGH else False,
        }

    def _deals_number(self, count, name, lead_ids):
        # Ids: no domain on deals says which likelihood was the first. Lost deals are archived.
        return self._number(count, name, "crm.lead", Domain("id", "in", lead_ids), context={"active_test": False})

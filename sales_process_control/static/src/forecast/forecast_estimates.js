import { _t } from "@web/core/l10n/translation";
import { isKnown, percentLabel } from "../kit/numbers";
import { ofLabel } from "../screen/number_labels";
import { PartOfNumber } from "../screen/part_of_number";
import { ForecastBlock } from "./forecast_block";

/** Who estimates well: of the deals that were rated alike, how many were signed. */
export class ForecastEstimates extends ForecastBlock {
    static template = "sales_process_control.ForecastEstimates";
    static components = { ...ForecastBlock.components, PartOfNumber };

    get isEmpty() {
        return !!this.props.data && !this.props.data.deals;
    }

    get columns() {
        return [_t("Estimate"), ...this.props.data.sources.map(({ name }) => name)];
    }

    get rows() {
        return this.props.data.bands.map(({ low, high, cells }) => ({
            key: String(low),
            name: _t("%(low)s to %(high)s", { low, high: percentLabel(high / 100) }),
            cells: cells.map((cell) => ({
                ...cell,
                shareLabel: isKnown(cell.share) ? _t("(%s)", percentLabel(cell.share)) : "",
            })),
        }));
    }

    /** What each source said on average, and how many were signed. */
    get averages() {
        return this.props.data.sources.map(({ count, signed, said, share }) => {
            if (!count) {
                return _t("not known yet");
            }
            return isKnown(share)
                ? _t("estimated %(said)s, signed %(share)s", { said: percentLabel(said), share: percentLabel(share) })
                : _t("signed %s", ofLabel(signed, count));
        });
    }

    /** Of how many deals Odoo's probability or the chance is known, where it is not known of all. */
    get unknownNotes() {
        const { deals, sources } = this.props.data;
        return sources
            .filter(({ count }) => count < deals)
            .map(({ key, count }) =>
                key === "odoo"
                    ? _t(
                          "Odoo's probability is known for %s. It is recorded with progress since this version.",
                          ofLabel(count, deals)
                      )
                    : _t("The chance is known for %s.", ofLabel(count, deals))
            );
    }
}

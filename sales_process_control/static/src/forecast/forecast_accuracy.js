import { _t } from "@web/core/l10n/translation";
import { ofLabel } from "../screen/number_labels";
import { ForecastBlock } from "./forecast_block";
import { countLabel, isKnown, percentLabel, shortMoneyLabel } from "../kit/numbers";
import { expectedCountLabel } from "./forecast_labels";

/** How good forecasts were: those of past periods at their first day, and what was won in them. */
export class ForecastAccuracy extends ForecastBlock {
    static template = "sales_process_control.ForecastAccuracy";

    get isEmpty() {
        return !!this.props.data && !this.props.data.periods.length;
    }

    get emptyText() {
        return (
            this.props.data.reason ||
            _t("No forecast of a past period is stored yet. Forecasts are stored every night.")
        );
    }

    get isQuarterly() {
        return this.props.answer?.period_kind === "quarter";
    }

    get columns() {
        return [this.isQuarterly ? _t("Quarter") : _t("Month"), _t("Forecast"), _t("Range"), _t("Won")];
    }

    get rows() {
        return this.props.data.periods.map((period) => ({
            ...period,
            forecastLabel: this.format(period.expected),
            rangeLabel: _t("%(low)s to %(high)s", { low: this.format(period.low), high: this.format(period.high) }),
            wonLabel: this.format(this.wonOf(period)),
            sign: period.is_inside ? "✓" : "✗",
            place: this.placeOf(period),
        }));
    }

    wonOf({ won }) {
        return this.props.data.measure === "amount" ? won.amount : won.value;
    }

    placeOf(period) {
        if (period.is_inside) {
            return _t("in the range");
        }
        return this.wonOf(period) < period.low ? _t("below") : _t("above");
    }

    format(value) {
        return this.props.data.measure === "amount"
            ? shortMoneyLabel(value, this.currencyId)
            : expectedCountLabel(value);
    }

    /** What the periods say together; none of it where these are few. */
    get sentences() {
        const { periods, fewest, inside, inside_share: share, off_by: error, others } = this.props.data;
        const count = periods.length;
        if (count < fewest) {
            return [
                this.isQuarterly
                    ? _t("The accuracy is shown after %s quarters.", fewest)
                    : _t("The accuracy is shown after %s months.", fewest),
            ];
        }
        const insideLabel = ofLabel(inside, count);
        return [
            isKnown(share)
                ? _t("%(inside)s in the range (%(share)s); 8 of 10 are expected.", {
                      inside: insideLabel,
                      share: percentLabel(share),
                  })
                : _t("%s in the range; 8 of 10 are expected.", insideLabel),
            isKnown(error)
                ? _t("The forecast was off by %s of what was won.", percentLabel(error))
                : _t("Nothing was won, so the accuracy is not known."),
            ...others.map((other) => this.otherLabel(other, count)),
        ];
    }

    /** How far another method was off, beside the forecast of the same periods. */
    otherLabel({ key, count, off_by: error, own_off_by: ownError }, allPeriods) {
        const name = key === "odoo" ? _t("By Odoo's probabilities") : _t("Weighted by stage");
        const known = ofLabel(count, allPeriods);
        if (!isKnown(error)) {
            return count
                ? _t("%(method)s: not known yet (recorded in %(known)s)", { method: name, known })
                : _t("%s: not known yet", name);
        }
        return count < allPeriods
            ? _t("%(method)s: off by %(error)s in %(known)s, the forecast by %(own)s in these", {
                  method: name,
                  error: percentLabel(error),
                  known,
                  own: percentLabel(ownError),
              })
            : _t("%(method)s: off by %(error)s", { method: name, error: percentLabel(error) });
    }

    get heading() {
        const count = countLabel(this.props.data.periods.length);
        return this.isQuarterly ? _t("last %s quarters", count) : _t("last %s months", count);
    }

    get hasRebuilt() {
        return this.props.data.periods.some((period) => period.is_rebuilt);
    }
}

import { _t } from "@web/core/l10n/translation";
import { ReviewBlock } from "./review_block";
import { daysOrUnknown, rateLabel } from "../screen/conversion_labels";
import { countLabel, isKnown, moneyLabel } from "../kit/numbers";
import { ofLabel } from "../screen/number_labels";

/** Sales cycle, average won amount, and win rate, in all and by amount. */
export class ReviewResults extends ReviewBlock {
    static template = "sales_process_control.ReviewResults";

    getWonLabel(number) {
        return _t("%s won", countLabel(number.value));
    }

    get cycle() {
        const { median, p90, won_median: wonMedian, won } = this.props.data.cycle;
        return {
            median: isKnown(median) ? _t("within %s", daysOrUnknown(median)) : daysOrUnknown(median),
            p90: isKnown(p90) ? _t("within %s", daysOrUnknown(p90)) : daysOrUnknown(p90),
            isKnown: isKnown(median),
            wonLabel: isKnown(wonMedian) ? _t("Won deals only: half within %s.", daysOrUnknown(wonMedian)) : "",
            numbers: [{ number: won, label: _t("%s won of those that came in", countLabel(won.value)) }],
        };
    }

    get size() {
        const { average, won } = this.props.data.size;
        const { currency_id: currencyId } = this.props.data;
        return {
            average: isKnown(average) ? moneyLabel(average, currencyId) : _t("not known yet"),
            numbers: [
                {
                    number: won,
                    label: _t("%(count)s won, %(amount)s", {
                        count: countLabel(won.value),
                        amount: moneyLabel(won.amount || 0, currencyId),
                    }),
                },
            ],
        };
    }

    get win() {
        const { rate, interval, won, decided } = this.props.data.win;
        return {
            rate: this.getRate(rate, interval, won, decided),
            isTooFew: !isKnown(rate) && decided.value > 0,
            numbers: [
                { number: won, label: this.getWonLabel(won) },
                { number: decided, label: _t("%s won or lost", countLabel(decided.value)) },
            ],
        };
    }

    getRate(rate, interval, won, decided) {
        if (isKnown(rate)) {
            return rateLabel(rate, interval);
        }
        return decided.value ? ofLabel(won.value, decided.value) : _t("no outcome yet");
    }

    get bands() {
        return this.props.data.bands.map((band, index) => ({
            ...band,
            key: index,
            label: this.getRate(band.rate, band.interval, band.won, band.decided),
        }));
    }
}

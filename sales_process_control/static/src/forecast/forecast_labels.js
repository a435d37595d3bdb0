import { _t } from "@web/core/l10n/translation";
import { isZeroLabel, numberLabel } from "../kit/numbers";

/** Numbers of deals have at most one decimal. */
const SMALLEST = 0.1;

/** Return a number of deals that are expected, with one decimal if it is small. */
export function expectedCountLabel(count) {
    return numberLabel(count, count < 10 && Math.round(10 * count) % 10 ? 1 : 0);
}

/**
 * Return how many deals are still to come, with their amount: "about 4.6 deals still to come ($ 72K)".
 *
 * @param {number} count
 * @param {string} amountLabel amount as the headline has it; empty where deals are counted only
 * @returns {string} empty where the number and the amount both read as zero
 */
export function arrivalsLabel(count, amountLabel) {
    const countLabel = expectedCountLabel(count);
    const isFew = isZeroLabel(countLabel);
    if (!amountLabel) {
        return isFew ? "" : _t("about %s deals still to come", countLabel);
    }
    if (isFew) {
        return isZeroLabel(amountLabel)
            ? ""
            : _t("fewer than %(count)s deals still to come (%(amount)s)", {
                  count: numberLabel(SMALLEST, 1),
                  amount: amountLabel,
              });
    }
    return _t("about %(count)s deals still to come (%(amount)s)", { count: countLabel, amount: amountLabel });
}

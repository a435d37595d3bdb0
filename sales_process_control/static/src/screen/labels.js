import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";

/**
 * Format an amount in whole units. Screens are overviews and have little room.
 *
 * @param {number|false} amount
 * @param {number|false} [currencyId]
 * @returns {string} empty without an amount
 */
export function amountLabel(amount, currencyId) {
    return amount ? formatCurrency(amount, currencyId, { digits: [false, 0] }) : "";
}

/**
 * Tell between which values the rate of a group will be that is too young for a rate.
 *
 * @param {Object} stage `at_least` and `at_most` between 0 and 1, false where the server sends the rate or no rate; numbers
 *  `settled` and `stayed`
 * @returns {string} for example "at least 52%, at most 81% (55 of 77 decided)"
 */
export function boundsLabel({ at_least: atLeast, at_most: atMost, settled, stayed }) {
    if (typeof atLeast !== "number") {
        return "";
    }
    return _t("at least %(low)s, at most %(high)s (%(decided)s of %(stayed)s decided)", {
        low: percentLabel(atLeast),
        high: percentLabel(atMost),
        decided: settled.value,
        stayed: stayed.value,
    });
}

function toPercent(share) {
    return Math.round(100 * share);
}

function percentLabel(share) {
    return _t("%s%%", toPercent(share));
}

/**
 * Format a rate with its confidence interval, for example "58% (49 to 66)".
 *
 * @param {number|false} rate between 0 and 1; the server sends false where there are too few records
 * @param {number[]|false} interval lower and upper bound
 * @returns {string} empty without a rate
 */
export function rateLabel(rate, interval) {
    if (typeof rate !== "number") {
        return "";
    }
    const share = percentLabel(rate);
    if (!interval) {
        return share;
    }
    return _t("%(share)s (%(low)s to %(high)s)", { share, low: toPercent(interval[0]), high: toPercent(interval[1]) });
}

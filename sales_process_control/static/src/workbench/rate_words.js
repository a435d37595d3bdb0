import { _t } from "@web/core/l10n/translation";

function percent(share) {
    return Math.round(100 * share);
}

/**
 * A share with how sure one can be of it: "58% (49 to 66)". Where too little is known the server gives none, and counts
 * stand alone.
 *
 * @param {number|false} rate between 0 and 1
 * @param {number[]|false} interval
 * @returns {string}
 */
export function rateLabel(rate, interval) {
    if (typeof rate !== "number") {
        return "";
    }
    const share = _t("%s%%", percent(rate));
    if (!interval) {
        return share;
    }
    return _t("%(share)s (%(low)s to %(high)s)", { share, low: percent(interval[0]), high: percent(interval[1]) });
}

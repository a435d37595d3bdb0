import { formatCurrency } from "@web/core/currency";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

/** Return whether the server has sent a value: it sends false where nothing is known. */
export function isKnown(value) {
    return typeof value === "number" && Number.isFinite(value);
}

export function countLabel(count) {
    return formatFloat(count, { digits: [false, 0] });
}

/** Return a share as a percentage; empty where nothing is known. */
export function percentLabel(share) {
    return isKnown(share) ? _t("%s%%", Math.round(100 * share)) : "";
}

/** Return an amount in whole units; empty where nothing is known. */
export function moneyLabel(amount, currencyId) {
    return isKnown(amount) ? formatCurrency(amount, currencyId, { digits: [false, 0] }) : "";
}

/**
 * Format an amount in whole units. Screens are overviews and have little room.
 *
 * @param {number|false} amount
 * @param {number|false} [currencyId]
 * @returns {string} empty without an amount, also for zero
 */
export function amountLabel(amount, currencyId) {
    return amount ? moneyLabel(amount, currencyId) : "";
}

/** @param {string|false} day serialized date */
export function dayLabel(day) {
    return day ? formatDate(deserializeDate(day)) : "";
}

/** Return "6 of 8". */
export function ofLabel(part, whole) {
    return _t("%(part)s of %(whole)s", { part: countLabel(part), whole: countLabel(whole) });
}

/** Return "1 deal" or "12 deals". */
export function dealsLabel(count) {
    return count === 1 ? _t("1 deal") : _t("%s deals", countLabel(count));
}

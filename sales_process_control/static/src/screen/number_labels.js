import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { countLabel, moneyLabel } from "../kit/numbers";

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

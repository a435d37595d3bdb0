import { formatCurrency } from "@web/core/currency";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { daysLabel } from "../kit/stage_days";

/** Fewer visits than this are not enough for what usually happens. */
export const FEW = 10;

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

/** Return a number of days; "not known yet" where nothing is known. */
export function daysOrUnknown(days) {
    return isKnown(days) ? daysLabel(Math.round(days)) : _t("not known yet");
}

/** Return an amount in whole units; empty where nothing is known. */
export function moneyLabel(amount, currencyId) {
    return isKnown(amount) ? formatCurrency(amount, currencyId, { digits: [false, 0] }) : "";
}

/** @param {string|false} day serialized date */
export function dayLabel(day) {
    return day ? formatDate(deserializeDate(day)) : "";
}

/** Return "6 of 8". */
export function ofLabel(part, whole) {
    return _t("%(part)s of %(whole)s", { part: countLabel(part), whole: countLabel(whole) });
}

/**
 * Return a rate with the interval in which it lies, for example "58% (49 to 66)".
 *
 * @param {number|false} rate
 * @param {number[]|false} interval
 * @returns {string} empty without a rate
 */
export function rateLabel(rate, interval) {
    if (!isKnown(rate)) {
        return "";
    }
    return interval
        ? _t("%(rate)s %(interval)s", { rate: percentLabel(rate), interval: intervalLabel(interval) })
        : percentLabel(rate);
}

/** Return "(49 to 66)". */
export function intervalLabel([low, high]) {
    return _t("(%(low)s to %(high)s)", { low: Math.round(100 * low), high: Math.round(100 * high) });
}

/**
 * Return the conversion of a stage in words: a rate, the values between which it will be, or counts.
 *
 * @param {Object} stage of the server
 * @returns {string}
 */
export function conversionLabel(stage) {
    const { rate, interval, at_least: atLeast, at_most: atMost, went_on: wentOn, decided } = stage;
    if (isKnown(rate)) {
        return rateLabel(rate, interval);
    }
    if (isKnown(atLeast)) {
        return _t("at least %(low)s, at most %(high)s", { low: percentLabel(atLeast), high: percentLabel(atMost) });
    }
    return decided.value ? ofLabel(wentOn.value, decided.value) : _t("nothing decided yet");
}

import { _t } from "@web/core/l10n/translation";
import { daysLabel } from "../kit/stage_days";
import { countLabel, isKnown, percentLabel } from "../kit/numbers";
import { ofLabel } from "./number_labels";

/** Return a number of days; "not known yet" where nothing is known. */
export function daysOrUnknown(days) {
    return isKnown(days) ? daysLabel(Math.round(days)) : _t("not known yet");
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
 * Return the conversion of a stage in words: a rate, the values between which it will be, or counts: "58% (49 to 66)",
 * "52% to 81%" or "6 of 8".
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
        return rangeLabel(atLeast, atMost);
    }
    return decided.value ? ofLabel(wentOn.value, decided.value) : _t("no outcome yet");
}

/** Return "52% to 81%". */
export function rangeLabel(low, high) {
    return _t("%(low)s to %(high)s", { low: percentLabel(low), high: percentLabel(high) });
}

/**
 * Tell between which values the rate of a group will be that is too young for a rate.
 *
 * @param {Object} stage `at_least` and `at_most` between 0 and 1, false where the server sends the rate or no rate; numbers
 *  `settled` and `stayed`
 * @returns {string} for example "52% to 81% (55 of 77 moved on or lost)"
 */
export function boundsLabel({ at_least: atLeast, at_most: atMost, settled, stayed }) {
    if (!isKnown(atLeast)) {
        return "";
    }
    return _t("%(low)s to %(high)s (%(ended)s of %(stayed)s moved on or lost)", {
        low: percentLabel(atLeast),
        high: percentLabel(atMost),
        ended: countLabel(settled.value),
        stayed: countLabel(stayed.value),
    });
}

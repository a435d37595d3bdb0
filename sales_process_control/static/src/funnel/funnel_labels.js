import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { countLabel, exactMoneyLabel, moneyLabel, numberLabel, shortNumberLabel } from "../kit/numbers";

/** Measures, with the key that a number of the server has for each. */
export const MEASURES = {
    count: { label: _t("Count"), key: "value" },
    amount: { label: _t("Amount"), key: "amount" },
    weighted: { label: _t("Weighted"), key: "weighted" },
    chance: { label: _t("By Chance"), key: "expected" },
};

/** Smaller differences between amounts are rounding errors of floating-point sums. */
export const HALF_A_CENT = 0.005;
/** Relative precision of floating-point numbers: 15 significant digits with a margin. */
const PRECISION = 1e-14;

/**
 * @param {Object} number of the server: {value, amount, weighted, expected}
 * @param {"count"|"amount"|"weighted"|"chance"} measure
 * @returns {number}
 */
export function valueOf(number, measure) {
    return number[MEASURES[measure].key];
}

/** Return a count, or an amount with cents and currency: "$ 3,865,000.25". */
export function fullLabel(value, measure, currencyId) {
    return measure === "count" ? countLabel(value) : exactMoneyLabel(value, currencyId);
}

/** Return a count, or an amount in whole units with the currency: "$ 3,865,000". Amounts below 1 have cents. */
export function roundedLabel(value, measure, currencyId) {
    if (measure === "count" || (value && Math.abs(value) < 1)) {
        return fullLabel(value, measure, currencyId);
    }
    return moneyLabel(value, currencyId);
}

/** Return the same without the currency: "3,865,000". */
export function plainLabel(value, measure) {
    return numberLabel(value, measure !== "count" && value && Math.abs(value) < 1 ? 2 : 0);
}

/** Return a label that is short enough for a bar of a chart: "3.87M". Amounts below 100 have cents. */
export function shortLabel(value, measure) {
    if (measure === "count") {
        return countLabel(value);
    }
    const hasCents = Math.abs(value) < 100 && !Number.isInteger(value);
    return hasCents ? numberLabel(value, 2) : shortNumberLabel(value);
}

/** Return the serialized day after another one. */
export function dayAfter(day) {
    return serializeDate(deserializeDate(day).plus({ days: 1 }));
}

/**
 * Return the difference between an expected sum and the sum of numbers; 0 if it is a rounding error.
 *
 * @param {Object[]} numbers
 * @param {Object} expected number with the expected sum
 * @param {"count"|"amount"|"weighted"|"chance"} measure
 * @returns {number} positive if something is missing
 */
export function missingFrom(numbers, expected, measure) {
    const total = numbers.reduce((sum, number) => sum + valueOf(number, measure), 0);
    const expectedValue = valueOf(expected, measure);
    const difference = expectedValue - total;
    return Math.abs(difference) < Math.max(HALF_A_CENT, Math.abs(expectedValue) * PRECISION) ? 0 : difference;
}

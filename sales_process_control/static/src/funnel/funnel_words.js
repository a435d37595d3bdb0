import { formatCurrency } from "@web/core/currency";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

/** What is measured, and where a number of the server has it. */
export const MEASURES = {
    count: { label: _t("Count"), key: "value" },
    amount: { label: _t("Amount"), key: "amount" },
    weighted: { label: _t("Weighted"), key: "weighted" },
};

/** Below half a cent nothing is missing: what is added up here is rounded as all numbers of a computer are. */
const HALF_A_CENT = 0.005;

/** @returns {number} */
export function valueOf(number, measure) {
    return number[MEASURES[measure].key];
}

/** A number in full, an amount to the cent. */
export function fullLabel(value, measure, currencyId) {
    return measure === "count" ? formatFloat(value, { digits: [false, 0] }) : formatCurrency(value, currencyId);
}

/** What is to be taken in at a glance: whole units, and the cents where there is nothing else. */
export function glanceLabel(value, measure, currencyId) {
    if (measure === "count" || (value && Math.abs(value) < 1)) {
        return fullLabel(value, measure, currencyId);
    }
    return formatCurrency(value, currencyId, { digits: [false, 0] });
}

/** The same beside what says the currency. */
export function plainLabel(value, measure) {
    const digits = measure !== "count" && value && Math.abs(value) < 1 ? 2 : 0;
    return formatFloat(value, { digits: [false, digits] });
}

/** What has room above a bar: 3,865k. */
export function shortLabel(value, measure) {
    if (measure === "count" || Math.abs(value) < 1000) {
        const digits = measure === "count" || Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : 2;
        return formatFloat(value, { digits: [false, digits] });
    }
    return formatFloat(value, { humanReadable: true, decimals: 0, minDigits: 2 });
}

/** A change says which way it went. */
export function signed(label, value) {
    return value > 0 ? `+${label}` : label;
}

/** @param {string} day as the server writes it */
export function dayLabel(day) {
    return day ? formatDate(deserializeDate(day)) : "";
}

/** A day where there is little room: "24 Oct". */
export function shortDayLabel(day) {
    return deserializeDate(day).toLocaleString({ day: "numeric", month: "short" });
}

export function dealsLabel(count) {
    return count === 1 ? _t("1 deal") : _t("%s deals", fullLabel(count, "count"));
}

/** How much is missing between what numbers add up to and what they should; 0 where it is a matter of rounding. */
export function missing(numbers, sum, measure) {
    const total = numbers.reduce((so, number) => so + valueOf(number, measure), 0);
    const difference = valueOf(sum, measure) - total;
    // As exact as such numbers are: 15 digits.
    const exactness = Math.abs(valueOf(sum, measure)) * 1e-14;
    return Math.abs(difference) < Math.max(HALF_A_CENT, exactness) ? 0 : difference;
}

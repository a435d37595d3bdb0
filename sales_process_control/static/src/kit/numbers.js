import { formatCurrency, getCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { memoize } from "@web/core/utils/functions";
import { formatFloat } from "@web/core/utils/numbers";
import { nbsp } from "@web/core/utils/strings";

// Every screen formats counts, amounts and shares with these functions.

const MINUS = "\u2212";
/** Numbers from here on are shortened where there is little room. */
const SHORT_FROM = 10_000;
const MOST_TIMES = 10;
/** The digits are those of all other numbers: Odoo has no others. */
const COMPACT = { notation: "compact", maximumSignificantDigits: 3, numberingSystem: "latn" };
/** Making a format takes far longer than using it. */
const compactFormat = memoize((language) => new Intl.NumberFormat(language, COMPACT));

/** Return whether the server has sent a value: it sends false where nothing is known. */
export function isKnown(value) {
    return typeof value === "number" && Number.isFinite(value);
}

/** Return whether a label reads as zero: all its digits are 0. */
export function isZeroLabel(label) {
    return !/[1-9]/.test(label);
}

/**
 * Format a number with a minus sign before all else, the symbol of a currency included: "−$ 25,000".
 *
 * @param {number} value
 * @param {(value: number) => string} format of a number that is not negative
 * @returns {string} without a sign if all digits are 0
 */
function withSign(value, format) {
    const text = format(Math.abs(value));
    return value < 0 && !isZeroLabel(text) ? MINUS + text : text;
}

/** Return the label of a change: an increase has a plus sign, unless it reads as zero. */
export function signedLabel(label, value) {
    return value > 0 && !isZeroLabel(label) ? `+${label}` : label;
}

/** Return a number in digits of the user's language, for example "1,234" or "2.5". */
export function numberLabel(value, digits = 0) {
    return withSign(value, (size) => formatFloat(size, { digits: [false, digits] }));
}

/** Return a number with those of two decimals that are not 0: "2.5". */
export function exactNumberLabel(value) {
    return withSign(value, (size) => formatFloat(size, { trailingZeros: false }));
}

export function countLabel(count) {
    return numberLabel(count);
}

/** Return a share as a percentage; empty where nothing is known. */
export function percentLabel(share) {
    return isKnown(share) ? _t("%s%%", numberLabel(Math.round(100 * share))) : "";
}

/** Return an amount in whole units; empty where nothing is known. */
export function moneyLabel(amount, currencyId) {
    return isKnown(amount) ? withSign(amount, (size) => formatCurrency(size, currencyId, { digits: [false, 0] })) : "";
}

/** Return an amount with the decimals of its currency: "$ 3,865,000.25". */
export function exactMoneyLabel(amount, currencyId) {
    return withSign(amount, (size) => formatCurrency(size, currencyId));
}

/** Return how many times one amount is another: "2.7×". More than ten times says nothing more. */
export function timesLabel(times) {
    return _t("%s×", times > MOST_TIMES ? `>${MOST_TIMES}` : numberLabel(times, 1));
}

/**
 * Return a large number in few characters as the user's language does, for example "500K", in Chinese "50万". Where the
 * language has no short form, as German for thousands, it is the full number: a rounded one would look exact.
 */
function compactLabel(value) {
    const text = compactFormat(user.lang).format(value);
    return /\p{Letter}/u.test(text) ? text : numberLabel(value);
}

/** Return a number in few characters, for example "3.87M". */
export function shortNumberLabel(value) {
    return Math.abs(value) < SHORT_FROM ? numberLabel(value) : withSign(value, compactLabel);
}

/** Return an amount in few characters, for example "$ 500K"; empty where nothing is known. */
export function shortMoneyLabel(amount, currencyId) {
    if (!isKnown(amount) || Math.abs(amount) < SHORT_FROM) {
        return moneyLabel(amount, currencyId);
    }
    return withSign(amount, (size) => inCurrency(compactLabel(size), currencyId));
}

/** Put the symbol of a currency where Odoo puts it. */
function inCurrency(text, currencyId) {
    const currency = getCurrency(currencyId);
    if (!currency) {
        return text;
    }
    const parts = currency.position === "after" ? [text, currency.symbol] : [currency.symbol, text];
    return parts.join(nbsp);
}

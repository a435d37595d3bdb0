import { formatCurrency, getCurrency } from "@web/core/currency";
import { deserializeDate } from "@web/core/l10n/dates";
import { user } from "@web/core/user";
import { isKnown, moneyLabel } from "./number_labels";

/** Amounts below this are shown in whole units. */
const SHORT_FROM = 10_000;
const MILLION = 1_000_000;
const CHINESE = { notation: "compact", maximumSignificantDigits: 3 };

/**
 * Return an amount in few characters, for example "$ 500k"; empty where nothing is known. In Chinese, where amounts are
 * counted in ten thousands, it is "50万".
 */
export function shortMoneyLabel(amount, currencyId) {
    if (!isKnown(amount) || Math.abs(amount) < SHORT_FROM) {
        return moneyLabel(amount, currencyId);
    }
    if (user.lang.startsWith("zh")) {
        return inCurrency(new Intl.NumberFormat(user.lang, CHINESE).format(amount), currencyId);
    }
    const digits = [false, Math.abs(amount) < MILLION ? 0 : 2];
    return formatCurrency(amount, currencyId, { digits, humanReadable: true });
}

/** Put the symbol of a currency where Odoo puts it. */
function inCurrency(text, currencyId) {
    const currency = getCurrency(currencyId);
    if (!currency) {
        return text;
    }
    const parts = currency.position === "after" ? [text, currency.symbol] : [currency.symbol, text];
    return parts.join("\u00a0");
}

/** Return the day and the month of a serialized date, for example "Dec 31". */
export function shortDayLabel(day) {
    return deserializeDate(day).toLocaleString({ month: "short", day: "numeric" });
}

import { formatCurrency } from "@web/core/currency";

/**
 * An amount for a screen that is to be taken in at a glance: whole units, as nobody plans by the cent.
 *
 * @param {number|false} amount
 * @param {number|false} [currencyId]
 * @returns {string} empty where there is none
 */
export function amountLabel(amount, currencyId) {
    return amount ? formatCurrency(amount, currencyId, { digits: [false, 0] }) : "";
}

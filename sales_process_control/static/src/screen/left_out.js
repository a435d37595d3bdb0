import { _t } from "@web/core/l10n/translation";
import { exactNumberLabel } from "../kit/numbers";
import { joinedNames } from "../kit/text_lists";

/**
 * Return the sentence about amounts that are in no sum, since their currency has no exchange rate.
 *
 * @param {{name: string, amount: number, what?: string}[]} leftOut amounts by currency; an amount of 0 is named without
 *     the amount. `what` says of what the amount is
 * @returns {string} empty if there are none
 */
export function leftOutLabel(leftOut) {
    const amounts = leftOut.map(({ name, amount, what }) => {
        const label = amount
            ? _t("%(amount)s %(currency)s", { amount: exactNumberLabel(amount), currency: name })
            : name;
        return what ? _t("%(what)s %(amount)s", { what, amount: label }) : label;
    });
    return amounts.length ? _t("Not included: %s (no exchange rate)", joinedNames(amounts)) : "";
}

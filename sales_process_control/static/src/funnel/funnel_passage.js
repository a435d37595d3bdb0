import { _t } from "@web/core/l10n/translation";
import { daysLabel } from "../kit/stage_days";
import { rangeLabel, rateLabel } from "../screen/conversion_labels";
import { countLabel, isKnown } from "../kit/numbers";

/**
 * Return what is written below a stage about the deals that came into it, for example "58 / 100 · 58% (49 to 66) · 12
 * days". A share that would mislead is left out: there are its counts.
 *
 * @param {Object} [conversion] of the stage, as the server answers
 * @returns {{label: string, number?: Object, isJoined?: boolean}[]} parts in their order; a number opens its records, and
 *  a joined part belongs to the part before it. Empty if no deal came into the stage
 */
export function passageOf(conversion) {
    if (!conversion) {
        return [];
    }
    const { entered, went_on: wentOn, decided, visits, median } = conversion;
    const share = shareLabel(conversion);
    return [
        ...(decided.value
            ? [
                  { label: countLabel(wentOn.value), number: wentOn },
                  { label: _t("/ %s", countLabel(decided.value)), number: decided, isJoined: true },
              ]
            : []),
        ...(entered.value && !decided.value
            ? [{ label: _t("none of %s moved on or was lost", countLabel(entered.value)), number: entered }]
            : []),
        ...(share ? [{ label: share }] : []),
        ...(isKnown(median) ? [{ label: daysLabel(median), number: visits }] : []),
    ];
}

function shareLabel({ rate, interval, at_least: atLeast, at_most: atMost }) {
    return isKnown(atLeast) ? rangeLabel(atLeast, atMost) : rateLabel(rate, interval);
}

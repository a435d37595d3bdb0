import { _t } from "@web/core/l10n/translation";
import { countLabel } from "../kit/numbers";

/**
 * @param {number} count of overdue hot flags
 * @returns {string}
 */
export function promiseLabel(count) {
    return count === 1 ? _t("1 promise overdue") : _t("%s promises overdue", countLabel(count));
}

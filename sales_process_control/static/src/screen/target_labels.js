import { _t } from "@web/core/l10n/translation";
import { joinedNames } from "../kit/text_lists";

/**
 * Return of how many months there is a target, where not all have one.
 *
 * @param {number} months with a target
 * @param {number} allMonths of the period
 * @param {{name: string, months: number}[]} companies those of several companies in which months have no target
 * @returns {string} for example "2 of 3 months", or "My Company 2 of 3 months"; empty if every month has one
 */
export function monthsOfTargetLabel(months, allMonths, companies) {
    if (companies.length) {
        return joinedNames(
            companies.map((company) =>
                _t("%(company)s %(months)s of %(all)s months", {
                    company: company.name,
                    months: company.months,
                    all: allMonths,
                })
            )
        );
    }
    return months < allMonths ? _t("%(months)s of %(all)s months", { months, all: allMonths }) : "";
}

import { registry } from "@web/core/registry";
import { percentageField } from "@web/views/fields/percentage/percentage_field";
import { formatPercentage } from "@web/views/fields/formatters";

/**
 * Format a rate as a percentage, and a missing rate as an empty string. Odoo's formatter shows a missing rate as 0%.
 *
 * @param {number|false} value between 0 and 1
 * @param {Object} [options] of `formatPercentage`
 * @returns {string}
 */
export function formatStageRate(value, options = {}) {
    return typeof value === "number" ? formatPercentage(value, { ...options, digits: options.digits || [16, 1] }) : "";
}

registry.category("formatters").add("stage_rate", formatStageRate);
registry.category("fields").add("stage_rate", percentageField);

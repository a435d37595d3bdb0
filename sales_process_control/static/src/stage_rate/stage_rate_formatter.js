import { registry } from "@web/core/registry";
import { percentageField } from "@web/views/fields/percentage/percentage_field";
import { formatPercentage } from "@web/views/fields/formatters";

/**
 * A percentage that is empty where there is none: Odoo's own makes 0% of it, which is another number.
 *
 * @param {number|false} value between 0 and 1
 * @param {Object} [options] those of a percentage
 * @returns {string}
 */
export function formatStageRate(value, options = {}) {
    return typeof value === "number" ? formatPercentage(value, { ...options, digits: options.digits || [16, 1] }) : "";
}

registry.category("formatters").add("stage_rate", formatStageRate);
registry.category("fields").add("stage_rate", percentageField);

import { registry } from "@web/core/registry";
import { PercentageField, percentageField } from "@web/views/fields/percentage/percentage_field";
import { formatPercentage } from "@web/views/fields/formatters";

/**
 * Format a rate as whole percents, and a missing rate as an empty string. Odoo's formatter shows a missing rate as 0%.
 *
 * @param {number|false} value between 0 and 1
 * @param {Object} [options] of `formatPercentage`
 * @returns {string}
 */
export function formatStageRate(value, options = {}) {
    return typeof value === "number" ? formatPercentage(value, { ...options, digits: options.digits || [16, 0] }) : "";
}

registry.category("formatters").add("stage_rate", formatStageRate);
/** Field widget `stage_rate`: Odoo's percentage, empty where there is no rate. */
export class StageRateField extends PercentageField {
    get formattedValue() {
        const { digits, name, record } = this.props;
        return formatStageRate(record.data[name], { digits, field: record.fields[name] });
    }
}

registry.category("fields").add("stage_rate", { ...percentageField, component: StageRateField });

import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Whole days that a deal has been in its stage, in words on hover: "<1d", "12d". */
export class StageDaysField extends Component {
    static template = "sales_process_control.StageDaysField";
    static props = { ...standardFieldProps };

    get wholeDays() {
        return Math.floor(this.props.record.data[this.props.name] || 0);
    }

    get label() {
        return this.wholeDays ? _t("%sd", this.wholeDays) : _t("<1d");
    }

    get title() {
        const days = formatFloat(this.props.record.data[this.props.name] || 0, { digits: [16, 1] });
        return _t("%s days in this stage", days);
    }
}

registry.category("fields").add("stage_days", {
    component: StageDaysField,
    displayName: _t("Days in Stage"),
    supportedTypes: ["float", "integer"],
});

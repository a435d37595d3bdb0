import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { StageDays } from "../kit/stage_days/stage_days";

/** Days in the stage in the colour of the deal's pace, where the view knows it. */
export class StageDaysField extends Component {
    static template = "sales_process_control.StageDaysField";
    static components = { StageDays };
    static props = { ...standardFieldProps };

    get stageDays() {
        const { pace, pace_reason: reason, [this.props.name]: days } = this.props.record.data;
        return { days: days || 0, pace: pace || false, reason: reason || false, className: "me-1" };
    }
}

registry.category("fields").add("stage_days", {
    component: StageDaysField,
    displayName: _t("Days in Stage"),
    supportedTypes: ["float", "integer"],
});

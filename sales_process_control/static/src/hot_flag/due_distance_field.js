import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { DueDistance } from "../kit/due_distance/due_distance";

/** A due date as its distance: "in 3 days", "5 days late". */
export class DueDistanceField extends Component {
    static template = "sales_process_control.DueDistanceField";
    static components = { DueDistance };
    static props = { ...standardFieldProps };

    get date() {
        return this.props.record.data[this.props.name];
    }
}

registry.category("fields").add("due_distance", {
    component: DueDistanceField,
    displayName: _t("Distance of a Due Date"),
    supportedTypes: ["date"],
    // As wide as what is late by more than a hundred days.
    listViewWidth: 130,
});

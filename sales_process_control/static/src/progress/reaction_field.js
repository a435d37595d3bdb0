import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { ReactionPicker } from "../kit/reaction/reaction_picker";

/** A reaction: three buttons where it is edited, icon and word where it is read. */
export class ReactionField extends Component {
    static template = "sales_process_control.ReactionField";
    static components = { ReactionPicker };
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name] || false;
    }

    select(value) {
        return this.props.record.update({ [this.props.name]: value });
    }
}

registry.category("fields").add("reaction", {
    component: ReactionField,
    displayName: _t("Reaction of a Customer"),
    supportedTypes: ["selection"],
});

import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { RadioChips } from "../kit/radio_chips/radio_chips";

/**
 * A link to one of a few records, all of them in sight. What there is to choose from is another field of the record: a
 * list of `{id, label, icon?, title?, remark?, is_done?}`.
 */
export class ChoiceChipsField extends Component {
    static template = "sales_process_control.ChoiceChipsField";
    static components = { RadioChips };
    static props = { ...standardFieldProps, choices: { type: String } };

    get options() {
        return (this.props.record.data[this.props.choices] || []).map((choice) => ({
            value: choice.id,
            label: choice.label,
            icon: choice.icon || "",
            title: choice.title || "",
            remark: choice.remark || "",
            isMuted: Boolean(choice.is_done),
        }));
    }

    get value() {
        return this.props.record.data[this.props.name]?.id || false;
    }

    get label() {
        return this.props.record.fields[this.props.name].string;
    }

    get chosenLabel() {
        return this.props.record.data[this.props.name]?.display_name || "";
    }

    select(value) {
        const option = this.options.find((one) => one.value === value);
        return this.props.record.update({
            [this.props.name]: option ? { id: option.value, display_name: option.label } : false,
        });
    }
}

registry.category("fields").add("choice_chips", {
    component: ChoiceChipsField,
    displayName: _t("Choice Among a Few"),
    supportedTypes: ["many2one"],
    supportedOptions: [{ label: _t("Field with the choices"), name: "choices", type: "string" }],
    extractProps: ({ options }) => ({ choices: options.choices }),
});

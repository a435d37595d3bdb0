import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { RadioChips } from "./radio_chips";

/** Reactions of a customer. Each has an icon and a label besides its colour. */
export const REACTIONS = [
    { value: "positive", label: _t("Positive"), icon: "fa-smile-o", tone: "text-success" },
    { value: "neutral", label: _t("Neutral"), icon: "fa-meh-o", tone: "text-muted" },
    { value: "negative", label: _t("Negative"), icon: "fa-frown-o", tone: "text-danger" },
];

/**
 * Reaction of a customer. With `onSelect` the component shows three buttons and calls it with the reaction, or with
 * false when the reaction is cleared. Without `onSelect` it shows the icon; the label is for screen readers.
 */
export class ReactionPicker extends Component {
    static template = "sales_process_control.ReactionPicker";
    static components = { RadioChips };
    static props = {
        value: { type: [String, { value: false }], optional: true },
        onSelect: { type: Function, optional: true },
        isSmall: { type: Boolean, optional: true },
        /** Without `onSelect`: show the label beside the icon. */
        withLabel: { type: Boolean, optional: true },
    };
    static defaultProps = { value: false, isSmall: false, withLabel: false };

    get options() {
        // The labels are converted here because translations are loaded after this module.
        return REACTIONS.map(({ value, label, icon }) => ({ value, label: label.toString(), icon }));
    }

    get chosen() {
        const reaction = REACTIONS.find(({ value }) => value === this.props.value);
        return reaction && { ...reaction, label: reaction.label.toString() };
    }

    get title() {
        return _t("Reaction: %s", this.chosen.label);
    }
}

/** Field widget `reaction`: buttons in edit mode, icon and label in readonly mode. */
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

import { Component, useRef } from "@odoo/owl";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const STEP_BY_KEY = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Return by how many options an arrow key moves: from right to left, the next option is on the left. */
function stepOf(key) {
    const isMirrored = localization.direction === "rtl" && ["ArrowLeft", "ArrowRight"].includes(key);
    return isMirrored ? -STEP_BY_KEY[key] : STEP_BY_KEY[key];
}

/**
 * Choice among a few options, shown as buttons. A click chooses an option, a second click on it clears the choice. For
 * the keyboard and for screen readers it is a radio group: one tab stop, and arrow keys that choose.
 */
export class RadioChips extends Component {
    static template = "sales_process_control.RadioChips";
    static props = {
        options: {
            type: Array,
            element: {
                type: Object,
                shape: {
                    value: true,
                    label: String,
                    icon: { type: String, optional: true },
                    /** Tooltip. */
                    title: { type: String, optional: true },
                    /** Small text after the label. */
                    remark: { type: String, optional: true },
                    isMuted: { type: Boolean, optional: true },
                },
            },
        },
        value: { type: [String, Number, { value: false }], optional: true },
        onSelect: { type: Function },
        label: { type: String },
        isSmall: { type: Boolean, optional: true },
    };
    static defaultProps = { value: false, isSmall: false };

    setup() {
        this.rootRef = useRef("root");
    }

    isChecked(option) {
        return option.value === this.props.value;
    }

    /** Return whether the tab key stops at an option: the chosen one, or the first one while none is chosen. */
    isTabStop(option, index) {
        return this.props.options.some((other) => this.isChecked(other)) ? this.isChecked(option) : index === 0;
    }

    toggle(option) {
        this.props.onSelect(this.isChecked(option) ? false : option.value);
    }

    /** Keep the handled keys from views and popovers, which bind them to actions of their own. */
    onKeydown(ev) {
        if (["Enter", " "].includes(ev.key)) {
            ev.stopPropagation();
        }
        const { options } = this.props;
        if (!(ev.key in STEP_BY_KEY) || ev.altKey || ev.ctrlKey || ev.metaKey) {
            return;
        }
        ev.stopPropagation();
        ev.preventDefault();
        const chips = [...this.rootRef.el.querySelectorAll("[role=radio]")];
        const index = (chips.indexOf(document.activeElement) + stepOf(ev.key) + options.length) % options.length;
        chips[index].focus();
        this.props.onSelect(options[index].value);
    }
}

/**
 * Field widget `choice_chips`: a many2one chosen among a few records. The option `choices` names a field of the record
 * that holds the list of choices: `{id, label, icon?, title?, remark?, is_done?}`.
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
        const option = this.options.find((candidate) => candidate.value === value);
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

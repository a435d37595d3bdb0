import { Component, status, useComponent } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { DueDistance } from "../kit/due_distance/due_distance";
import { HotFlame } from "../kit/hot_flame/hot_flame";

/**
 * What a flame needs of the record that a view shows. The view names `is_hot`, `hot_note` and `hot_due_date` itself: the
 * widget asks for none of them, as a model may lack one and a person may be allowed to see fewer.
 */
function useFlameOfRecord() {
    const component = useComponent();
    return {
        get props() {
            const { record } = component.props;
            const { is_hot: isHot, hot_note: note, hot_due_date: dueDate } = record.data;
            return {
                resModel: record.resModel,
                resId: record.resId,
                isHot: Boolean(isHot),
                note: note || "",
                dueDate: dueDate || false,
                canRaiseMore: record.resModel === "res.partner",
                beforeOpen: () => record.save(),
                onChanged: () => reload(component, record),
            };
        },
    };
}

/** Hot ones come first: a list or a board is read anew, for a record that has become hot to find its place. */
async function reload(component, record) {
    if (status(component) !== "destroyed") {
        await record.model.load();
    }
}

/** The flame alone, or with its note: raises a flag where there is none. */
export class HotFlagField extends Component {
    static template = "sales_process_control.HotFlagField";
    static components = { DueDistance, HotFlame };
    static props = { ...standardFieldProps, withNote: { type: Boolean, optional: true } };

    setup() {
        this.flame = useFlameOfRecord();
    }
}

/** A name with the flame before it, where it is hot. */
export class HotNameField extends Component {
    static template = "sales_process_control.HotNameField";
    static components = { HotFlame };
    static props = { ...standardFieldProps };

    setup() {
        this.flame = useFlameOfRecord();
    }

    get name() {
        return this.props.record.data[this.props.name] || "";
    }
}

export const hotFlagField = {
    component: HotFlagField,
    displayName: _t("Hot Flag"),
    supportedTypes: ["boolean"],
    isEmpty: () => false,
    supportedOptions: [{ label: _t("Show the note"), name: "with_note", type: "boolean" }],
    extractProps: ({ options }) => ({ withNote: Boolean(options.with_note) }),
};

export const hotNameField = {
    component: HotNameField,
    displayName: _t("Name with Hot Flag"),
    supportedTypes: ["char"],
};

registry.category("fields").add("hot_flag", hotFlagField);
registry.category("fields").add("hot_name", hotNameField);

import { Component, status, useComponent } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { factsOf } from "../kit/card_facts";
import { DueDistance } from "../kit/due_distance";
import { HotFlame } from "./hot_flame";

/**
 * Return the props of a `HotFlame` for the component's record.
 *
 * The view has to contain `card_facts` or `deal_facts`, or `is_hot`, `hot_note` and `hot_due_date`. They are no field
 * dependencies of the widgets, since a model may lack some of them and a user may have no access to them.
 */
function useFlameOfRecord() {
    const component = useComponent();
    return {
        get props() {
            const { record } = component.props;
            const { is_hot: isHot, hot_note: note, hot_due_date: dueDate } = factsOf(record);
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

/** Reload the view: hot records come first, so the record may have to move. */
async function reload(component, record) {
    if (status(component) !== "destroyed") {
        await record.model.load();
    }
}

/** Field widget `hot_flag`: the flame, with the option `with_note` also the note. Raises a flag if there is none. */
export class HotFlagField extends Component {
    static template = "sales_process_control.HotFlagField";
    static components = { DueDistance, HotFlame };
    static props = { ...standardFieldProps, withNote: { type: Boolean, optional: true } };

    setup() {
        this.flame = useFlameOfRecord();
    }
}

/** Field widget `hot_name`: a name, with the flame before it if the record is hot. */
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

/** Field widget `raise_hot_flag` of the field `card_facts`: a button that raises a flag on a card that has none. */
export class RaiseHotFlagField extends Component {
    static template = "sales_process_control.RaiseHotFlagField";
    static components = { HotFlame };
    static props = { ...standardFieldProps };

    setup() {
        this.flame = useFlameOfRecord();
    }
}

/** Field widget `hot_reason` of the field `card_facts`: the note of the open hot flag, and its day. */
export class HotReasonField extends Component {
    static template = "sales_process_control.HotReasonField";
    static components = { DueDistance };
    static props = { ...standardFieldProps };

    get facts() {
        return factsOf(this.props.record);
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

export const hotReasonField = {
    component: HotReasonField,
    displayName: _t("Reason of the Hot Flag"),
    supportedTypes: ["char"],
};

export const raiseHotFlagField = {
    component: RaiseHotFlagField,
    displayName: _t("Raise a Hot Flag"),
    supportedTypes: ["char"],
    isEmpty: () => false,
};

registry.category("fields").add("hot_flag", hotFlagField);
registry.category("fields").add("hot_name", hotNameField);
registry.category("fields").add("hot_reason", hotReasonField);
registry.category("fields").add("raise_hot_flag", raiseHotFlagField);

import { Component, xml } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { factsOf } from "../kit/card_facts";

const openStepsLabel = (count) => _t("Missing required actions: %s", count);

/** Field widget `open_steps` of the field `card_facts`: how many required steps of the stage are open. */
export class OpenStepsField extends Component {
    static template = "sales_process_control.OpenStepsField";
    static props = { ...standardFieldProps };

    get count() {
        return factsOf(this.props.record).open_step_count || 0;
    }

    get label() {
        return openStepsLabel(this.count);
    }
}

/** Field widget `open_step_count` of this number, with its label in front as the language of the user joins the two. */
export class OpenStepCountField extends Component {
    static template = xml`<span t-out="label" />`;
    static props = { ...standardFieldProps };

    get label() {
        return openStepsLabel(this.props.record.data[this.props.name]);
    }
}

registry.category("fields").add("open_steps", {
    component: OpenStepsField,
    displayName: _t("Missing Required Actions"),
    supportedTypes: ["char"],
});
registry.category("fields").add("open_step_count", {
    component: OpenStepCountField,
    displayName: _t("Missing Required Actions"),
    supportedTypes: ["integer"],
});

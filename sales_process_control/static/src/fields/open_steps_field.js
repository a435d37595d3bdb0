import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { factsOf } from "../kit/card_facts";

/** Field widget `open_steps` of the field `card_facts`: how many required steps of the stage are open. */
export class OpenStepsField extends Component {
    static template = "sales_process_control.OpenStepsField";
    static props = { ...standardFieldProps };

    get count() {
        return factsOf(this.props.record).open_step_count || 0;
    }

    get label() {
        return _t("Missing required actions: %s", this.count);
    }
}

registry.category("fields").add("open_steps", {
    component: OpenStepsField,
    displayName: _t("Missing Required Actions"),
    supportedTypes: ["char"],
});

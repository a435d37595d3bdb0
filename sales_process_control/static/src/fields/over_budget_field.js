import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { factsOf } from "../kit/card_facts";

/** Field widget `over_budget` of the field `card_facts`: a mark on deals that cost more than the customer can spend. */
export class OverBudgetField extends Component {
    static template = "sales_process_control.OverBudgetField";
    static props = { ...standardFieldProps };

    get isOver() {
        return Boolean(factsOf(this.props.record).is_over_budget);
    }
}

registry.category("fields").add("over_budget", {
    component: OverBudgetField,
    displayName: _t("Over Budget"),
    supportedTypes: ["char"],
});

import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { factsOf } from "../kit/card_facts";
import { daysUntil } from "../kit/due_distance";

/** Field widget `next_action_due` of the field `card_facts`: a mark on deals without a next action, or with a late one. */
export class NextActionDueField extends Component {
    static template = "sales_process_control.NextActionDueField";
    static props = { ...standardFieldProps };

    get isMissing() {
        return !factsOf(this.props.record).next_action_date;
    }

    get isOverdue() {
        return !this.isMissing && daysUntil(factsOf(this.props.record).next_action_date) < 0;
    }
}

registry.category("fields").add("next_action_due", {
    component: NextActionDueField,
    displayName: _t("Next Action Missing or Overdue"),
    supportedTypes: ["char"],
});

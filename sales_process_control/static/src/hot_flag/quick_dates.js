import { Component } from "@odoo/owl";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** View widget `quick_dates`: buttons that set the due date of the record to one of its `date_choices`. */
export class QuickDates extends Component {
    static template = "sales_process_control.QuickDates";
    static props = { ...standardWidgetProps };

    get choices() {
        const { date_choices: choices, due_date: dueDate } = this.props.record.data;
        const current = dueDate ? serializeDate(dueDate) : "";
        return (choices || []).map((choice) => ({ ...choice, isChosen: choice.date === current }));
    }

    choose(choice) {
        const dueDate = choice.isChosen ? false : deserializeDate(choice.date);
        return this.props.record.update({ due_date: dueDate });
    }
}

registry.category("view_widgets").add("quick_dates", {
    component: QuickDates,
    fieldDependencies: [
        { name: "date_choices", type: "json" },
        { name: "due_date", type: "date" },
    ],
});

import { Component } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";

/** The day that is looked at, and the one that it is compared with. */
export class FunnelDays extends Component {
    static template = "sales_process_control.FunnelDays";
    static components = { DateTimeInput };
    static props = {
        /** As the server writes days; none while they are not known. */
        day: { type: [String, { value: false }] },
        before: { type: [String, { value: false }] },
        /** The last day that can be chosen. */
        today: { type: [String, { value: false }] },
        onChange: { type: Function },
    };

    get pickers() {
        const { today } = this.props;
        const maxDate = today ? deserializeDate(today) : undefined;
        return {
            day: this.picker("day", maxDate),
            before: this.picker("before", maxDate),
        };
    }

    picker(name, maxDate) {
        const value = this.props[name];
        return {
            id: `o_funnel_${name}`,
            class: "o_funnel_date",
            type: "date",
            value: value ? deserializeDate(value) : false,
            maxDate,
            onApply: (date) => this.props.onChange({ [name]: date ? serializeDate(date) : false }),
        };
    }
}

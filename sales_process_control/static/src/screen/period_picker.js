import { Component } from "@odoo/owl";

/** Choice of a period by its name. */
export class PeriodPicker extends Component {
    static template = "sales_process_control.PeriodPicker";
    static props = {
        /** Periods of the server in their order: {key, name}. */
        periods: { type: Array, element: Object },
        /** Key of the chosen period; false if the days of another period are chosen. */
        period: { type: [String, { value: false }] },
        /** What is chosen, read by screen readers. */
        label: { type: String },
        /** Name of a period that is none of these. It is listed while it is chosen. */
        otherLabel: { type: String, optional: true },
        /** Called with the key of the period. */
        onChoose: { type: Function },
    };

    get isOther() {
        return Boolean(this.props.otherLabel) && !this.props.period;
    }

    /** Choose a period. If it is not chosen in the end, the field shows again what is. */
    async onChange({ target }) {
        try {
            await this.props.onChoose(target.value);
        } finally {
            target.value = this.props.period || "";
        }
    }
}

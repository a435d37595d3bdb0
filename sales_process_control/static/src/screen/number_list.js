import { Component } from "@odoo/owl";
import { RecordNumber } from "./record_number";

/** Several numbers in one line, each with its label, separated by points. */
export class NumberList extends Component {
    static template = "sales_process_control.NumberList";
    static components = { RecordNumber };
    static props = {
        items: { type: Array, element: { type: Object, shape: { label: String, number: Object, "*": true } } },
        /** Words before the numbers. */
        lead: { type: String, optional: true },
        /** Whether more stands behind the numbers, which has no point of its own: a new line would begin with it. */
        isContinued: { type: Boolean, optional: true },
        className: { type: String, optional: true },
    };
    static defaultProps = { lead: "", isContinued: false, className: "" };
}

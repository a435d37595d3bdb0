import { Component } from "@odoo/owl";
import { Block, frameOf, STATUS_PROPS } from "../screen/block";
import { leftOutLabel } from "../screen/left_out";
import { RecordNumber } from "../screen/record_number";

/** Several numbers in one line, each with its label, separated by points. */
export class NumberList extends Component {
    static template = "sales_process_control.NumberList";
    static components = { RecordNumber };
    static props = {
        items: { type: Array, element: { type: Object, shape: { label: String, number: Object, "*": true } } },
        /** Words before the numbers. */
        lead: { type: String, optional: true },
        className: { type: String, optional: true },
    };
    static defaultProps = { lead: "", className: "" };
}

/** Base class of the blocks. Templates use `<Block t-props="frame">`. */
export class ReviewBlock extends Component {
    static components = { Block, NumberList, RecordNumber };
    static props = {
        ...STATUS_PROPS,
        /** Answer of the server; null until then. */
        data: { type: [Object, { value: null }] },
        /** What the server answers besides the blocks; null until then. */
        answer: { type: [Object, { value: null }] },
        title: { type: String },
        className: { type: String },
        /** See `useReviewActions`. */
        actions: { type: Object },
    };

    get frame() {
        const { title, className } = this.props;
        return { ...frameOf(this.props), title, className };
    }

    get leftOut() {
        return leftOutLabel(this.props.data?.left_out || []);
    }
}

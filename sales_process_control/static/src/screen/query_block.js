import { Component } from "@odoo/owl";
import { Block, frameOf, STATUS_PROPS } from "./block";
import { EmptyState } from "./empty_state";
import { leftOutLabel } from "./left_out";
import { NumberList } from "./number_list";
import { RecordNumber } from "./record_number";

/** Base class of the blocks of screens with a `QueryModel`. Templates use `<Block t-props="frame">`. */
export class QueryBlock extends Component {
    static components = { Block, EmptyState, NumberList, RecordNumber };
    static props = {
        ...STATUS_PROPS,
        /** Answer of the server; null until then. */
        data: { type: [Object, { value: null }] },
        /** What the server answers besides the blocks; null until then. */
        answer: { type: [Object, { value: null }] },
        title: { type: String },
        className: { type: String },
    };

    get frame() {
        const { title, className } = this.props;
        return { ...frameOf(this.props), title, className };
    }

    get leftOut() {
        return leftOutLabel(this.props.data?.left_out || []);
    }
}

import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { STATUS_PROPS } from "../screen/block";
import { RecordNumber } from "../screen/record_number";

/** With more stages than this, stages that are empty on both days are hidden. */
const MANY_STAGES = 12;

/** Props of the blocks of the funnel. */
export const BLOCK_PROPS = {
    ...STATUS_PROPS,
    /** Answer of the server; null until then. */
    data: { type: [Object, { value: null }] },
    /** count, amount or weighted */
    measure: { type: String },
};

/** Return a key of a stage that is stable between answers of the server. */
export function stageKey({ stage_id: id, name }) {
    return `${id || name}`;
}

/**
 * Return the items to show: all, or without the empty ones if there are many.
 *
 * @param {Object[]} items stages or columns
 * @param {(item: Object) => boolean} isEmpty
 * @returns {Object[]}
 */
export function hideEmptyIfMany(items, isEmpty) {
    return items.length > MANY_STAGES ? items.filter((item) => !isEmpty(item)) : items;
}

/**
 * Table with the numbers of a chart: always there for screen readers, and shown on demand. The numbers are buttons only
 * while the table is shown, so that the keyboard focus does not move to hidden elements.
 */
export class FunnelNumbers extends Component {
    static template = "sales_process_control.FunnelNumbers";
    static components = { RecordNumber };
    static props = {
        caption: { type: String },
        /** Headings; the first one is that of the row names. */
        columns: { type: Array, element: String },
        rows: {
            type: Array,
            element: {
                type: Object,
                shape: {
                    key: String,
                    name: String,
                    /** {label, number?} */
                    cells: { type: Array, element: Object },
                },
            },
        },
        isShown: { type: Boolean },
    };

    canOpen(cell) {
        return this.props.isShown && cell.number;
    }
}

/** Button that shows or hides the numbers of a block. */
export class NumbersToggle extends Component {
    static template = "sales_process_control.NumbersToggle";
    static props = {
        isShown: { type: Boolean },
        onToggle: { type: Function },
    };

    get label() {
        return this.props.isShown ? _t("Hide the numbers") : _t("Show the numbers");
    }
}

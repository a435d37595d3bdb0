import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RecordNumber } from "../kit/record_number/record_number";

/**
 * What a chart shows as a table: for those who hear the screen, and on demand for all. Unless it is shown it opens
 * nothing, as the keyboard would be led to what cannot be seen.
 */
export class FunnelNumbers extends Component {
    static template = "sales_process_control.FunnelNumbers";
    static components = { RecordNumber };
    static props = {
        caption: { type: String },
        /** The first one is that of the names. */
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

/** The button with which a block shows its numbers. */
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

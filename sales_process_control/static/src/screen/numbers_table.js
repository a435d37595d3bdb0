import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RecordNumber } from "./record_number";

/**
 * Table with the numbers of a chart: always there for screen readers, and shown on demand. The numbers are buttons only
 * while the table is shown, so that the keyboard focus does not move to hidden elements.
 */
export class NumbersTable extends Component {
    static template = "sales_process_control.NumbersTable";
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

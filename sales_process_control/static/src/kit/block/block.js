import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** What is known of what a block shows. */
export const FRAME_PROPS = {
    /** loading, ready or error */
    status: { type: String },
    /** Why there is nothing, or nothing newer. */
    error: { type: String },
    onRetry: { type: Function },
};

/** What a block hands on to its frame. */
export function frameOf({ status, error, onRetry }) {
    return { status, error, onRetry };
}

let lastId = 0;

/** The frame of a block: its heading, and what stands in it while it is loading, empty or could not be read. */
export class Block extends Component {
    static template = "sales_process_control.Block";
    static props = {
        ...FRAME_PROPS,
        title: { type: String },
        icon: { type: String, optional: true },
        className: { type: String, optional: true },
        isEmpty: { type: Boolean, optional: true },
        /** Lines that the block usually has: those that are drawn while it is loading. */
        lines: { type: Number, optional: true },
        slots: { type: Object, optional: true },
    };
    static defaultProps = { icon: "", className: "", isEmpty: false, lines: 4 };

    setup() {
        this.headingId = `o_block_heading_${++lastId}`;
    }

    get isReady() {
        return this.props.status === "ready";
    }

    get error() {
        return this.props.error || _t("Nothing is known about the reason.");
    }

    get lines() {
        return Array.from({ length: this.props.lines }, (_, index) => index);
    }
}

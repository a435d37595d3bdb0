import { Component, markRaw, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ErrorHandler } from "@web/core/utils/components";
import { errorMessage } from "../kit/error_message";

/** State of the data of a block, as kept by `useLiveData`. */
export const STATUS_PROPS = {
    /** loading, ready or error */
    status: { type: String },
    /** Why there is no data, or no newer data; empty without a failure. */
    error: { type: String },
    onRetry: { type: Function },
};

/** Return those props of a block that it passes on to its frame. */
export function frameOf({ status, error, onRetry }) {
    return { status, error, onRetry };
}

let lastId = 0;

/**
 * Frame of a block of a screen: heading, and placeholders while the block is loading, is empty or could not be read.
 *
 * Slots: `numbers` (beside the heading), `link` (at the end of the heading's line), `empty` (shown instead of the default
 * slot if `isEmpty`), `default`, and `foot` (always shown).
 */
export class Block extends Component {
    static template = "sales_process_control.Block";
    static props = {
        ...STATUS_PROPS,
        title: { type: String },
        icon: { type: String, optional: true },
        className: { type: String, optional: true },
        isEmpty: { type: Boolean, optional: true },
        /** Number of lines of the skeleton that is shown while the block is loading. */
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
        return this.props.error || _t("The reason is not known.");
    }

    get lines() {
        return Array.from({ length: this.props.lines }, (_, index) => index);
    }
}

/** Error boundary of one block: if it cannot be rendered, its frame shows the error, and the other blocks stay. */
export class SafeBlock extends Component {
    static template = "sales_process_control.SafeBlock";
    static components = { Block, ErrorHandler };
    static props = {
        name: { type: String },
        component: { type: Function },
        blockProps: { type: Object, shape: { ...STATUS_PROPS, "*": true } },
        /** Heading and class of the frame that replaces a block which cannot be rendered. */
        title: { type: String },
        className: { type: String },
        /** See `useSafeBlocks`. */
        renderError: { type: String },
        onRenderError: { type: Function },
        onRetry: { type: Function },
    };
}

/**
 * Keep the rendering errors of the blocks of a screen.
 *
 * The errors are state of the screen and not of `SafeBlock`: after an error OWL does not complete the rendering of the
 * screen unless the screen itself is rendered again.
 *
 * @returns {(block: Object) => Object} takes {name, component, blockProps, title, className}, returns all props of
 *  `SafeBlock`
 */
export function useSafeBlocks() {
    const errors = useState({});
    // An error belongs to the data that could not be rendered.
    const errorOf = ({ name, blockProps }) => (errors[name]?.data === blockProps.data && errors[name]?.message) || "";
    return (block) => ({
        ...block,
        renderError: errorOf(block),
        onRenderError: (error) => {
            const { data } = block.blockProps;
            errors[block.name] = { message: errorMessage(error.cause || error), data: data && markRaw(data) };
        },
        onRetry: async () => {
            await block.blockProps.onRetry();
            delete errors[block.name];
        },
    });
}

/**
 * Base class and registry of the blocks of the workbench.
 *
 * A block is a pair of files in `blocks/`: a component that extends `WorkbenchBlock` and registers itself, and its
 * template. On the server a model with the same `_block_key` reads its data. The hoot test of a block shows the workbench
 * with this block alone, see `static/tests/workbench_sellers.test.js`.
 */
import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { countLabel } from "../kit/numbers";
import { Block, frameOf, STATUS_PROPS } from "../screen/block";
import { EmptyState } from "../screen/empty_state";
import { RecordNumber } from "../screen/record_number";

/** Base class of the blocks. Templates use `<Block t-props="frame" isEmpty="isEmpty">`. */
export class WorkbenchBlock extends Component {
    static components = { Block, EmptyState, RecordNumber };
    static props = {
        ...STATUS_PROPS,
        /** Answer of the server; null until then. */
        data: { type: [Object, { value: null }] },
        title: { type: String },
        className: { type: String },
        /** See `useWorkbenchActions`. */
        actions: { type: Object },
        /** Whether the workbench shows the user's own deals only, so that blocks need not name the salesperson. */
        isMine: { type: Boolean },
        /** Whether the workbench is known to have no open deal: blocks then offer to make the first one. */
        hasNoDeals: { type: Boolean, optional: true },
    };

    /**
     * Return the label of the link that opens the whole list of a block.
     *
     * @param {number} all how many records the list has
     * @param {number} shown how many of them the block shows
     * @returns {string} empty if all are shown
     */
    moreLabel(all, shown) {
        return all > shown ? _t("%s more", countLabel(all - shown)) : "";
    }

    get frame() {
        const { title, className } = this.props;
        return { ...frameOf(this.props), title, className };
    }
}

/**
 * Blocks by name; the sequence is their order on the screen.
 *
 * - `component`: extends `WorkbenchBlock`
 * - `title`: heading
 * - `isLater`: as `_block_is_later` on the server: the block is read by the second request, whose blocks the server names
 * - `isOptional`: as `_is_wanted` on the server: the block, one of the second request, is shown only if the server names it
 * - `isForSeveral`: as `_block_is_for_several` on the server: the scope of the user's own deals does not have the block
 * - `parts`: names of further blocks of the server that the component shows inside its frame. Each is passed as a prop of
 *   that name: `{status, data, error, onRetry}`
 * - `lists`: kind of the records that the block lists, "activity" or "flag": it is read again when one changes
 * - `dependsOn`: further kinds of records whose change affects the block. A change of a deal reloads all blocks
 * - `withoutDeal(data, dealId)`: returns the data without a deal that has ended
 * - `withoutActivity(data, activityId, today)`: returns the data without an activity that is done
 */
export const workbenchBlocks = registry.category("sales_process_control.workbench_blocks");

workbenchBlocks.addValidation({
    component: { validate: (component) => component.prototype instanceof WorkbenchBlock },
    title: { type: String },
    isLater: { type: Boolean, optional: true },
    isOptional: { type: Boolean, optional: true },
    isForSeveral: { type: Boolean, optional: true },
    parts: { type: Array, element: String, optional: true },
    lists: { type: String, optional: true },
    dependsOn: { type: Array, element: String, optional: true },
    withoutDeal: { type: Function, optional: true },
    withoutActivity: { type: Function, optional: true },
});

/**
 * Return the data of a block without some rows, with its numbers reduced accordingly.
 *
 * @param {Object} data of the block
 * @param {string} rowsKey key of the rows in the data
 * @param {(row: Object) => boolean} isGone
 * @param {(row: Object) => string[]} getNumberKeys returns the keys of the numbers that count a row
 * @returns {Object}
 */
export function withoutRows(data, rowsKey, isGone, getNumberKeys) {
    const changed = { ...data, [rowsKey]: data[rowsKey].filter((row) => !isGone(row)) };
    for (const key of data[rowsKey].filter(isGone).flatMap(getNumberKeys)) {
        if (changed[key]) {
            changed[key] = { ...changed[key], value: changed[key].value - 1 };
        }
    }
    return changed;
}

import { STATUS_PROPS } from "../screen/block";

/** With more stages than this, stages that are empty on both days are hidden. */
const MANY_STAGES = 12;

/** Props of the blocks of the funnel. */
export const BLOCK_PROPS = {
    ...STATUS_PROPS,
    /** Answer of the server; null until then. */
    data: { type: [Object, { value: null }] },
    /** count, amount, weighted or chance */
    measure: { type: String },
};

/** Props of the blocks that compare both days. */
export const COMPARISON_PROPS = {
    /** Whether a past week is previewed, which is compared with no day: what is shown is of other days. */
    isWaiting: { type: Boolean, optional: true },
};

/** Return the class of a block that compares both days. */
export function classOf(name, { isWaiting }) {
    return isWaiting ? `${name} o_funnel_waiting` : name;
}

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

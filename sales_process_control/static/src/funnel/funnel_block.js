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

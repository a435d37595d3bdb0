import { FRAME_PROPS } from "../kit/block/block";

/** From how many stages on those that are empty on both days are left out of the pictures. */
const MANY = 12;

/** What each block of the screen is given. */
export const BLOCK_PROPS = {
    ...FRAME_PROPS,
    /** What the server answered; null until then. */
    data: { type: [Object, { value: null }] },
    /** count, amount or weighted */
    measure: { type: String },
};

/** {day, stages} at a week that the bar passes by: what is shown instead of what was read. */
export const PREVIEW = { type: [Object, { value: null }], optional: true };

export function stageKey({ stage_id: id, name }) {
    return `${id || name}`;
}

/** Those of which there is something to say, where there are very many; all of them otherwise. */
export function worthShowing(items, isEmpty) {
    return items.length > MANY ? items.filter((item) => !isEmpty(item)) : items;
}

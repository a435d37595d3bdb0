import { FRAME_PROPS } from "../kit/block/block";

/** What each block of the workbench is given. */
export const BLOCK_PROPS = {
    ...FRAME_PROPS,
    /** What the server answered; null until then. */
    data: { type: [Object, { value: null }] },
    /** What can be done from here. */
    deeds: { type: Object },
    /** Whether it is about the reader's own deals: whose they are goes without saying then. */
    isMine: { type: Boolean },
};

import { QueryBlock } from "../screen/query_block";

/** Base class of the blocks of the process review. */
export class ReviewBlock extends QueryBlock {
    static props = {
        ...QueryBlock.props,
        /** See `useReviewActions`. */
        actions: { type: Object },
    };
}

import { QueryModel } from "../screen/query_model";
import { REVIEW_ADDRESS } from "./review_address";

/** What a card shows until the details of its stage are read. */
const NO_DETAILS = { reasons: [], ages: [] };
const NO_SUGGESTION = { suggested: false, suggested_from: 0, set_days: 0, can_apply: false };

/**
 * Return the block `stages` with the block `details` in it, which is read later.
 *
 * @param {Object|null} stages
 * @param {Object|null} details
 * @returns {Object|null}
 */
function withDetails(stages, details) {
    if (!stages) {
        return stages;
    }
    const byStage = Object.fromEntries((details?.stages || []).map((stage) => [stage.stage_id, stage]));
    const complete = (stage) => {
        const more = byStage[stage.stage_id];
        const dwell = { ...NO_SUGGESTION, ...stage.dwell, ...more?.dwell };
        return { ...NO_DETAILS, ...stage, ...more, dwell };
    };
    return { ...stages, stages: stages.stages.map(complete) };
}

/** State of the process review: its query and its data. */
export class ReviewModel extends QueryModel {
    static model = "crm.process.review";
    static method = "get_review";
    static screen = "review";
    static address = REVIEW_ADDRESS;
    static answers = [
        "periods",
        "before_name",
        "today",
        "start",
        "end",
        "before_start",
        "before_end",
        "is_filtered",
        "may_compare_all",
        "companies",
        "seller_domain",
        "later",
    ];
    static first = ["stages"];
    static later = ["details", "results", "doubtful", "sellers", "trust"];

    /** The stages with what is known of them so far; null until they are read. */
    get stages() {
        const [stages, details] = ["stages", "details"].map((name) => this.live.blocks[name]?.data || null);
        if (!this.known || this.known.stages !== stages || this.known.details !== details) {
            this.known = { stages, details, data: withDetails(stages, details) };
        }
        return this.known.data;
    }
}

import { status, useComponent, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { pick } from "@web/core/utils/objects";
import { replaceAddress } from "../screen/address";
import { useLiveData } from "../screen/live_data";
import { addressOf, EVERYTHING, PERIODS } from "./review_address";

const MODEL = "crm.process.review";
/** Choices of the user. */
const CHOICES = Object.keys(EVERYTHING);
/** What the server answers besides the blocks. */
const ANSWERS = [
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
    "later",
];
/** Blocks of the first request. */
const FIRST = ["stages"];
/** Blocks of the second request, until the server has named them. */
const LATER = ["details", "results", "doubtful", "sellers", "trust"];

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

/**
 * State of the process review: the query (period, team, salesperson, company), its data, and where the query is stored: in
 * the address, in favorites, and in the state of the breadcrumbs. Has to be created in `setup`, since it uses hooks.
 */
export class ReviewModel {
    /**
     * @param {Object} params
     * @param {Object} params.action props of the client action
     * @param {Object} params.address see `readAddress`
     * @param {Object} params.context of the search: a favorite has stored the query in it
     */
    constructor({ action, address, context }) {
        this.orm = useService("orm");
        this.component = useComponent();
        this.action = action;
        this.lastRequestId = 0;
        this.state = useState({ ...EVERYTHING, answer: null });
        this.live = useLiveData({
            read: (names) => this.readBlocks(names),
            getBatches: () => [FIRST, this.later],
        });
        this.initialize(address, context);
    }

    /** Set the query: from the breadcrumbs, else from the address, else from the favorite. */
    initialize(address, context) {
        this.applyFavorite(context);
        Object.assign(this.state, address);
        const localState = this.action.state?.review;
        if (localState) {
            Object.assign(this.state, pick(localState, ...CHOICES), { answer: localState.answer });
            this.live.restore(localState.data);
        }
    }

    /** Answer of the server besides the blocks; null until it is there. */
    get answer() {
        return this.state.answer;
    }

    /** The stages with what is known of them so far; null until they are read. */
    get stages() {
        const [stages, details] = ["stages", "details"].map((name) => this.live.blocks[name]?.data || null);
        if (!this.known || this.known.stages !== stages || this.known.details !== details) {
            this.known = { stages, details, data: withDetails(stages, details) };
        }
        return this.known.data;
    }

    get later() {
        return this.answer?.later.length ? this.answer.later : LATER;
    }

    get query() {
        return pick(this.state, ...CHOICES);
    }

    async readBlocks(names) {
        const requestId = ++this.lastRequestId;
        const { period, teamId, userId, companyId } = this.state;
        const answer = await this.orm.silent.call(MODEL, "get_review", [period, teamId, userId, companyId, names]);
        if (requestId === this.lastRequestId) {
            this.state.answer = pick(answer, ...ANSWERS);
        }
        return answer.blocks;
    }

    /** Read the first blocks, then those that take longer. If the user has chosen anew meanwhile, stop. */
    async load() {
        const query = JSON.stringify(this.query);
        await this.live.reload(FIRST);
        if (status(this.component) !== "destroyed" && query === JSON.stringify(this.query)) {
            await this.live.reload(this.later);
        }
    }

    /** Read all blocks for the first time. */
    start() {
        // Replaced, so that the browser's Back button does not lead to the address without the query.
        replaceAddress(addressOf(this.query));
        this.writeAddress();
        return this.load();
    }

    /** Write the query to the address. Each choice is an entry in the browser's history. */
    writeAddress() {
        this.action.updateActionState?.(addressOf(this.query));
    }

    /** Change the query: old data would be those of another question, so they are dropped. */
    choose(values) {
        Object.assign(this.state, values);
        this.writeAddress();
        this.live.clear();
        return this.load();
    }

    // Storing the query

    /** State to show at once when the user returns to the screen by the breadcrumbs. */
    getLocalState() {
        return { ...this.query, answer: this.answer, data: this.live.getData() };
    }

    /** Context of a favorite. */
    getFavoriteContext() {
        const { period, teamId, userId, companyId } = this.query;
        return {
            review_period: period,
            review_team: teamId,
            review_salesperson: userId,
            review_company: companyId,
        };
    }

    /**
     * Set the query from the context of a favorite; other contexts are ignored.
     *
     * @returns {boolean} whether there was a query in the context
     */
    applyFavorite({ review_period: period, review_team, review_salesperson, review_company }) {
        if (!PERIODS.includes(period)) {
            return false;
        }
        Object.assign(this.state, {
            period,
            teamId: review_team || false,
            userId: review_salesperson || false,
            companyId: review_company || false,
        });
        return true;
    }
}

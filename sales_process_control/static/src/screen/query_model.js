import { status, useComponent, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { pick } from "@web/core/utils/objects";
import { replaceAddress } from "./address";
import { ACCESS_ERROR, askOrDrop } from "./ask_or_drop";
import { useLiveData } from "./live_data";

/**
 * State of a screen with pickers: the query (period, team, salesperson, company), its data, and where the query is stored: in
 * the address, in favorites, and in the state of the breadcrumbs. Has to be created in `setup`, since it uses hooks.
 *
 * A subclass says with which call of the server the blocks are read.
 */
export class QueryModel {
    /** Model and method of the server. */
    static model = "";
    static method = "";
    /** Name of the screen in the contexts of favorites and in the state of the breadcrumbs. */
    static screen = "";
    /** See `makeAddress`. */
    static address = null;
    /** What the server answers besides the blocks. */
    static answers = [];
    /** Blocks of the first request, and those of the second one, until the server has named them. */
    static first = [];
    static later = [];

    /**
     * @param {Object} params
     * @param {Object} params.action props of the client action
     * @param {Object} params.address see `makeAddress`
     * @param {Object} params.context of the search: a favorite has stored the query in it
     */
    constructor({ action, address, context }) {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.component = useComponent();
        this.action = action;
        this.lastRequestId = 0;
        this.lastChoiceId = 0;
        this.state = useState({ ...this.constructor.address.everything, answer: null });
        this.live = useLiveData({
            read: (names) => this.readBlocks(names),
            getBatches: () => [this.constructor.first, this.later],
        });
        this.initialize(address, context);
    }

    /** Set the query: from the breadcrumbs, else from the address, else from the favorite. */
    initialize(address, context) {
        this.applyFavorite(context);
        Object.assign(this.state, address);
        const localState = this.action.state?.[this.constructor.screen];
        if (localState) {
            Object.assign(this.state, pick(localState, ...this.choices), { answer: localState.answer });
            this.live.restore(localState.data);
        }
    }

    /** Names of what the user chooses. */
    get choices() {
        return Object.keys(this.constructor.address.everything);
    }

    /** Answer of the server besides the blocks; null until it is there. */
    get answer() {
        return this.state.answer;
    }

    get later() {
        return this.answer?.later.length ? this.answer.later : this.constructor.later;
    }

    get query() {
        return pick(this.state, ...this.choices);
    }

    /** Ask the server for blocks of a query. */
    ask({ period, teamId, userId, companyId }, names) {
        const { model, method } = this.constructor;
        return this.orm.silent.call(model, method, [period, teamId, userId, companyId, names]);
    }

    /** Read blocks; without the company of a link or a favorite if the user has not selected that company. */
    async readBlocks(names) {
        const requestId = ++this.lastRequestId;
        const choiceId = this.lastChoiceId;
        const { query } = this;
        const { answer, dropped } = await askOrDrop(
            (without) => this.ask({ ...query, ...without }, names),
            ({ exceptionName }) => exceptionName === ACCESS_ERROR && query.companyId && { companyId: false }
        );
        if (requestId === this.lastRequestId) {
            this.state.answer = pick(answer, ...this.constructor.answers);
        }
        if (choiceId === this.lastChoiceId && status(this.component) !== "destroyed") {
            this.dropRefused(answer, dropped);
        }
        return answer.blocks;
    }

    /** Drop the company that was refused, and the filters that the pickers do not offer to the user. */
    dropRefused({ may_compare_all: mayCompareAll }, refused) {
        const { teamId, userId } = this.query;
        const hidden = mayCompareAll === false && (teamId || userId) && { teamId: false, userId: false };
        if (refused) {
            this.notification.add(_t("You have not selected the filtered company. All selected companies are shown."));
        }
        if (refused || hidden) {
            this.drop({ ...refused, ...hidden });
        }
    }

    /** Drop filters, and read all blocks without them: some may be those of the dropped filters. */
    drop(filters) {
        Object.assign(this.state, filters);
        this.replaceAddress();
        this.restart();
    }

    /** Read the first blocks, then those that take longer. If the query has changed meanwhile, stop. */
    async load() {
        const choiceId = this.lastChoiceId;
        await this.live.reload(this.constructor.first);
        if (status(this.component) !== "destroyed" && choiceId === this.lastChoiceId) {
            await this.live.reload(this.later);
        }
    }

    /** Read all blocks for the first time. */
    start() {
        this.replaceAddress();
        return this.load();
    }

    /** Write the query to the address in place, so that the browser's Back button does not lead to the one before. */
    replaceAddress() {
        replaceAddress(this.action.action, this.constructor.address.write(this.query));
        this.writeAddress();
    }

    /** Write the query to the address. Each choice is an entry in the browser's history. */
    writeAddress() {
        this.action.updateActionState?.(this.constructor.address.write(this.query));
    }

    /** Change the query: old data would be those of another question, so they are dropped. */
    choose(values) {
        Object.assign(this.state, values);
        this.writeAddress();
        return this.restart();
    }

    restart() {
        this.lastChoiceId++;
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
        const { screen } = this.constructor;
        return {
            [`${screen}_period`]: period,
            [`${screen}_team`]: teamId,
            [`${screen}_salesperson`]: userId,
            [`${screen}_company`]: companyId,
        };
    }

    /**
     * Set the query from the context of a favorite; other contexts are ignored.
     *
     * @returns {boolean} whether there was a query in the context
     */
    applyFavorite(context) {
        const { screen, address } = this.constructor;
        const period = context[`${screen}_period`];
        if (!address.periods.includes(period)) {
            return false;
        }
        Object.assign(this.state, {
            period,
            teamId: context[`${screen}_team`] || false,
            userId: context[`${screen}_salesperson`] || false,
            companyId: context[`${screen}_company`] || false,
        });
        return true;
    }
}

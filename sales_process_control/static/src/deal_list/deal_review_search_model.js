import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { SearchModel } from "@web/search/search_model";

/** Days since which changes are shown unless the user chooses: it has no facet in the search bar. */
export const DEFAULT_SINCE = "-7d";
const SINCE_LABELS = {
    "-1d": _t("Changed since yesterday"),
    "-30d": _t("Changed since 30 days ago"),
};
/** Keys of the context that tell what is chosen. */
const KEYS = ["changed_since", "deal_review_team", "deal_review_seller", "deal_review_tile"];
/** Tile whose deals the list has when it is opened. It is a filter of the search view. */
const OPEN_TILE = "open";
const OPEN_FILTER = "deal_review_open";
/** What is chosen after the facet of a part was removed. */
const WITHOUT = {
    team: { teamId: false },
    seller: { userId: false },
    since: { since: DEFAULT_SINCE },
    tile: { tile: "" },
};

/** Return what the tiles depend on. */
function queryOf({ since, teamId, userId }) {
    return JSON.stringify([since, teamId, userId]);
}

/** Whether the facet of a tile comes from the answer of the server. */
function needsAnswer(tile) {
    return Boolean(tile) && tile !== OPEN_TILE;
}

function sinceLabel(since) {
    return SINCE_LABELS[since]?.toString() || _t("Changed since %s", formatDate(deserializeDate(since)));
}

/** Whether a facet says what is chosen: one of the banner, or a favorite that was made of these. */
function isOfReview({ context, isOfReview: isOfBanner, name }) {
    const hasKeys = typeof context === "object" && context !== null && KEYS.some((key) => key in context);
    return isOfBanner || hasKeys || name === OPEN_FILTER;
}

/**
 * Search of the Deal Review. What is chosen in the banner (day, team, salesperson, tile) are facets of the search bar, so
 * that favorites and breadcrumbs keep them. Their contexts tell what is chosen: `changed_since`, which the server reads,
 * `deal_review_team`, `deal_review_seller` and `deal_review_tile`.
 */
export class DealReviewSearchModel extends SearchModel {
    /** Event: deals of the list were saved, or read again. */
    static LIST_CHANGED = "deal-review-list-changed";

    setup(services) {
        super.setup(...arguments);
        this.nameService = services.name;
        /** Last answer of `get_tiles`, and the query that it answers. */
        this.answer = null;
        this.answeredQuery = "";
        /** Whether the banner has not shown the answer yet. */
        this.isAnswerNew = false;
        this.lastChoiceId = 0;
        /** What was chosen while an earlier choice waits for the server; null if none does. */
        this.pending = null;
        /** Whether the user edits or selects deals of the list. Set by the list. */
        this.isListInUse = () => false;
    }

    /** What is chosen: by the banner, or by a favorite that has stored it. */
    get review() {
        const context = this.context;
        return {
            since: context.changed_since || DEFAULT_SINCE,
            teamId: context.deal_review_team || false,
            userId: context.deal_review_seller || false,
            tile: context.deal_review_tile || "",
        };
    }

    /** Read the tiles, unless those that `choose` has read are to be shown first. */
    async readTiles() {
        const { review } = this;
        if (!this.isAnswerNew || this.isOutdated) {
            const answer = await this.fetchTiles(review);
            // Meanwhile something else may have been chosen, whose answer must not be replaced.
            if (queryOf(review) === queryOf(this.review)) {
                this.keepAnswer(answer, review);
            }
        }
        this.isAnswerNew = false;
        return this.answer;
    }

    fetchTiles({ since, teamId, userId }) {
        return this.orm.silent.call("crm.deal.review", "get_tiles", [since, teamId, userId]);
    }

    /** Read the numbers of the tiles that need the forecast. They do not depend on the day. */
    readForecastTiles() {
        const { teamId, userId } = this.review;
        return this.orm.silent.call("crm.deal.review", "get_forecast_tiles", [teamId, userId]);
    }

    keepAnswer(answer, review) {
        this.answer = answer;
        this.answeredQuery = queryOf(review);
    }

    /** Whether the last answer is that to another query. */
    get isOutdated() {
        return this.answeredQuery !== queryOf(this.review);
    }

    /**
     * Choose in the banner. A pressed tile stays pressed, with the deals of the new choice. A choice that is made while an
     * earlier one waits for the server adds to it, and both are shown at once.
     *
     * @param {Object} values what of `review` changes
     */
    async choose(values) {
        const choiceId = ++this.lastChoiceId;
        this.pending = { ...this.pending, ...values };
        const pending = this.pending;
        const review = { ...this.review, ...pending };
        try {
            const answer = await this.answerTo(review);
            const names = await this.loadNames(review);
            if (choiceId === this.lastChoiceId) {
                if (answer && answer !== this.answer) {
                    this.keepAnswer(answer, review);
                    this.isAnswerNew = true;
                }
                this.pending = null;
                this.setFacets(review, names, "tile" in pending);
            }
        } finally {
            if (choiceId === this.lastChoiceId) {
                this.pending = null;
            }
        }
    }

    /** Return the tiles that the facets of a choice are made from, null if they need none. */
    answerTo(review) {
        if (!needsAnswer(review.tile)) {
            return null;
        }
        return queryOf(review) === this.answeredQuery ? this.answer : this.fetchTiles(review);
    }

    noteListChange() {
        this.trigger(this.constructor.LIST_CHANGED);
    }

    /** Read the list again, because the tiles have changed. Deals that the user edits or has selected are left alone. */
    async listAgain() {
        if (this.isListInUse()) {
            return;
        }
        if (this.activeItems.some(({ part, isOfReview: isOfBanner }) => isOfBanner && part === "tile")) {
            // The facet has the deals that the tile had.
            await this.choose({});
        } else {
            this.search();
        }
    }

    /** Press a tile, or release it. */
    toggleTile(key) {
        const { tile } = { ...this.review, ...this.pending };
        return this.choose({ tile: tile === key ? "" : key });
    }

    /**
     * Replace the facets of the banner.
     *
     * @param {Object} review
     * @param {Object} names see `loadNames`
     * @param {boolean} isTileNew whether a tile was pressed or released: then the list has the deals of the tile and no
     *  others, so that filters which would leave some of them out are removed
     */
    setFacets(review, names, isTileNew) {
        this.blockNotification = true;
        const drops = isTileNew && review.tile ? ({ type }) => !type.endsWith("roupBy") : isOfReview;
        for (const { groupId } of this.activeItems.filter(drops)) {
            super.deactivateGroup(groupId);
        }
        for (const facet of this.facetsOf(review, names)) {
            this.createNewFilters([{ ...facet, invisible: "True", isOfReview: true }]);
        }
        const open = this.openFilter;
        if (review.tile === OPEN_TILE && open) {
            this.toggleSearchItem(open.id);
        }
        this.blockNotification = false;
        this._notify();
    }

    facetsOf({ since, teamId, userId, tile }, { teamName, userName }) {
        const found = needsAnswer(tile) && this.answer.tiles.find(({ key }) => key === tile);
        // A tile has the deals whose changes were those of the team or the salesperson, whoever has the deals now.
        const domainOf = (field, id) => (found ? [] : [[field, "=", id]]);
        const facets = [];
        if (teamId) {
            const context = { deal_review_team: teamId };
            facets.push({ part: "team", description: teamName, domain: domainOf("team_id", teamId), context });
        }
        if (userId) {
            const context = { deal_review_seller: userId };
            facets.push({ part: "seller", description: userName, domain: domainOf("user_id", userId), context });
        }
        if (since !== DEFAULT_SINCE) {
            facets.push({
                part: "since",
                description: sinceLabel(since),
                domain: [],
                context: { changed_since: since },
            });
        }
        if (found) {
            const context = { ...found.context, changed_since: since, deal_review_tile: tile };
            facets.push({ part: "tile", description: found.name, domain: found.domain, context });
        }
        return facets;
    }

    /** Return the names of the chosen team and salesperson. */
    async loadNames({ teamId, userId }) {
        const [teams, users] = await Promise.all([
            this.nameService.loadDisplayNames("crm.team", teamId ? [teamId] : []),
            this.nameService.loadDisplayNames("res.users", userId ? [userId] : []),
        ]);
        return { teamName: teams[teamId], userName: users[userId] };
    }

    get activeItems() {
        return this.query.map(({ searchItemId }) => this.searchItems[searchItemId]);
    }

    get openFilter() {
        return Object.values(this.searchItems).find(({ name }) => name === OPEN_FILTER);
    }

    /**
     * Remove a facet. The facets of a tile and of a team or a salesperson depend on each other, see `facetsOf`.
     *
     * @override
     */
    deactivateGroup(groupId) {
        const { part } = this.activeItems.find((item) => item.groupId === groupId && item.isOfReview) || {};
        if (part && !this.blockNotification) {
            return this.choose(WITHOUT[part]);
        }
        return super.deactivateGroup(groupId);
    }
}

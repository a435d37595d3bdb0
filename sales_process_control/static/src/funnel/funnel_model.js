import { status, useComponent, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { pick } from "@web/core/utils/objects";
import { errorMessage } from "../kit/error_message";
import { userToday } from "../kit/user_day";
import { replaceAddress } from "../screen/address";
import { useLiveData } from "../screen/live_data";
import { addressOf, PERIODS } from "./funnel_address";
import { MEASURES } from "./funnel_labels";

const { DateTime } = luxon;

const MODEL = "crm.pipeline.movement";
/** Exceptions by which the server refuses a query, such as a day in the future. Others are failures. */
const REFUSALS = ["odoo.exceptions.UserError", "odoo.exceptions.ValidationError"];
/** Choices of the user, besides the domain of the search. */
const CHOICES = ["period", "day", "before", "measure", "currencyId"];

function daysBetween(before, day) {
    return Math.round(DateTime.fromISO(day).diff(DateTime.fromISO(before), "days").days);
}

function daysEarlier(day, days) {
    return DateTime.fromISO(day).minus({ days }).toISODate();
}

/**
 * State of the sales funnel: the query (period or days, measure, currency, domain), its data, and where the query is
 * stored: in the address, in favorites, and in the state of the breadcrumbs. Has to be created in `setup`, since it uses
 * hooks.
 *
 * Either a period is chosen by its name, or two days are. What the user has not chosen is false: the server then uses its
 * default period. A period is stored by its name, so that a link to "last week" is always last week; of two days, the
 * address has those that the server has used, so that a link shows the same tomorrow.
 */
export class FunnelModel {
    /**
     * @param {Object} params
     * @param {Object} params.action props of the client action
     * @param {Object} params.address see `readAddress`
     * @param {Array} params.domain of the search
     * @param {Object} params.context of the search: a favorite has stored the query in it
     */
    constructor({ action, address, domain, context }) {
        this.orm = useService("orm");
        this.component = useComponent();
        this.action = action;
        this.domain = domain;
        this.lastRequestId = 0;
        /** How `before` was counted while the day of the server was not known: {span, today, before}; null otherwise. */
        this.counted = null;
        this.state = useState({
            period: false,
            day: false,
            before: false,
            measure: "amount",
            currencyId: false,
            /** Message of the server that refused the query. */
            problem: "",
            /** Stages of a past week, shown while the user drags the bar: {day, stages}. */
            preview: null,
        });
        this.live = useLiveData({
            read: ([name]) => this.read(name),
            getBatches: () => [["funnel"], ["conversion"], ["weeks"]],
        });
        this.initialize(address, context);
    }

    /** Set the query: from the breadcrumbs, else from the address, else from the favorite. */
    initialize(address, context) {
        this.applyFavorite(context);
        if ("domain" in address) {
            Object.assign(this.state, pick(address, ...CHOICES));
            this.counted = null;
        }
        const localState = this.action.state?.funnel;
        if (localState) {
            Object.assign(this.state, pick(localState, ...CHOICES));
            this.counted = null;
            if (JSON.stringify(localState.domain) === JSON.stringify(this.domain)) {
                this.live.restore(localState.data);
            }
        }
    }

    /** Data of the funnel; null until they are read. They may be those of the last query, see `isOfQuery`. */
    get funnel() {
        return this.live.blocks.funnel?.data || null;
    }

    /** How deals went on between the days that are shown; null until it is read, or if it is that of another query. */
    get conversion() {
        const { funnel } = this;
        const conversion = this.live.blocks.conversion?.data;
        const isCurrent =
            funnel &&
            conversion &&
            conversion.day === funnel.day &&
            conversion.before === funnel.before &&
            conversion.domain === JSON.stringify(this.domain);
        return isCurrent ? conversion : null;
    }

    /** Key of the period; false while two days are chosen. */
    get period() {
        const { period, day, before } = this.state;
        return day || before ? false : period || this.funnel?.period || false;
    }

    /** The query, completed by what the server has chosen. */
    get query() {
        return {
            measure: this.state.measure,
            period: this.period,
            day: this.state.day || this.funnel?.day || false,
            before: this.state.before || this.funnel?.before || false,
            currencyId: this.state.currencyId || this.funnel?.currency_id || false,
            domain: this.domain,
        };
    }

    /** Return whether data were read with the filters that are chosen, and in the currency that is chosen. */
    isOfQuery({ asked, currency_id: currencyId }) {
        const chosen = this.state.currencyId;
        const isOfCurrency = chosen === asked.currencyId || chosen === currencyId;
        return isOfCurrency && asked.domain === JSON.stringify(this.domain);
    }

    /**
     * Data of a block as props. Data of other filters or of another currency are shown only below the message that says
     * why the query was refused.
     */
    getProps(name) {
        return this.live.getProps(name, (data) => Boolean(this.state.problem) || this.isOfQuery(data));
    }

    // Reading

    read(name) {
        if (name === "funnel") {
            return this.readFunnel();
        }
        return name === "weeks" ? this.readWeeks() : this.readConversion();
    }

    async readFunnel() {
        const requestId = ++this.lastRequestId;
        const values = { preview: null, problem: "" };
        try {
            return { funnel: await this.askFunnel() };
        } catch (error) {
            values.problem = this.getRefusal("funnel", error);
            return { funnel: this.funnel };
        } finally {
            if (requestId === this.lastRequestId) {
                Object.assign(this.state, values);
            }
        }
    }

    /**
     * Ask for the funnel. If the days of a favorite were counted from another day than the server's, count them from that
     * day and ask once more: the reader may be in another time zone than the companies.
     */
    async askFunnel() {
        const { counted } = this;
        const answer = this.callFunnel();
        if (!counted) {
            return answer;
        }
        // The server refuses a day that has not begun where the companies are.
        const { today } = await answer.catch(() => this.callFunnel({ before: false }));
        this.counted = null;
        if (today === counted.today || this.state.before !== counted.before) {
            return answer;
        }
        this.state.before = daysEarlier(today, counted.span);
        return this.callFunnel();
    }

    async callFunnel({ before = this.state.before } = {}) {
        const { day, currencyId, period } = this.state;
        const { asked } = this;
        const answer = await this.orm.call(MODEL, "get_funnel", [day, before, this.domain, currencyId, period]);
        return { ...answer, asked };
    }

    /** What data answer, besides their days: see `isOfQuery`. */
    get asked() {
        return { domain: JSON.stringify(this.domain), currencyId: this.state.currencyId };
    }

    /** Read the conversion between the days that are shown. */
    async readConversion() {
        if (!this.funnel) {
            return { conversion: { stages: [] } };
        }
        const { day, before } = this.funnel;
        const domain = JSON.stringify(this.domain);
        const answer = await this.orm.silent.call(MODEL, "get_funnel_conversion", [day, before, this.domain]);
        return { conversion: { ...answer, domain } };
    }

    async readWeeks() {
        const { asked } = this;
        try {
            const answer = await this.orm.call(MODEL, "get_funnel_weeks", [this.domain, asked.currencyId]);
            return { weeks: { ...answer, asked } };
        } catch (error) {
            // A refusal is shown by `readFunnel`, which is refused for the same reason.
            this.getRefusal("weeks", error);
            if (!this.state.problem) {
                throw error;
            }
            return { weeks: this.live.blocks.weeks.data };
        }
    }

    /**
     * Return the message of a refused query. The data on the screen stay as they are, with the message above them.
     *
     * @throws {Error} the error, if it is a failure, or if there are no data on the screen
     */
    getRefusal(name, error) {
        if (!this.live.blocks[name]?.data || !REFUSALS.includes(error.exceptionName)) {
            throw error;
        }
        return errorMessage(error);
    }

    /** Read the funnel of both days, then the weeks, which take longer. */
    async load() {
        await this.loadDays();
        await this.live.reload(["weeks"]);
    }

    /** Read the funnel of both days, then what happened between them. */
    async loadDays() {
        await this.loadFunnel();
        await this.live.reload(["conversion"]);
    }

    async loadFunnel() {
        await this.live.reload(["funnel"]);
        if (this.funnel && !this.state.problem && status(this.component) === "mounted") {
            // Replaced, so that the browser's Back button does not lead to the address without the server's days.
            replaceAddress(this.action.action, addressOf(this.query));
            this.writeAddress();
        }
    }

    /** Write the query to the address. Each choice is an entry in the browser's history. */
    writeAddress() {
        this.action.updateActionState?.(addressOf(this.query));
    }

    // Choices of the user

    setDomain(domain) {
        this.domain = domain;
        this.leaveLastQuery();
        this.writeAddress();
        return this.load();
    }

    setMeasure(measure) {
        // A click on the chosen chip clears it, but one measure always stays chosen.
        if (measure) {
            this.state.measure = measure;
            this.writeAddress();
        }
    }

    setCurrency(id) {
        this.state.currencyId = Number(id);
        this.leaveLastQuery();
        this.writeAddress();
        return this.load();
    }

    setPeriod(period) {
        Object.assign(this.state, { period, day: false, before: false });
        this.writeAddress();
        return this.loadDays();
    }

    /** Set one of the days. If the day is not after `before`, `before` moves with it and keeps its distance. */
    setDays({ day = this.query.day, before }) {
        const query = this.query;
        let newBefore = before === undefined ? query.before : before;
        if (before === undefined && day && query.day && newBefore >= day) {
            newBefore = daysEarlier(day, daysBetween(query.before, query.day));
        }
        Object.assign(this.state, { period: false, day, before: day ? newBefore : false });
        this.writeAddress();
        return this.loadDays();
    }

    /** Stop showing what belongs to the last query. */
    leaveLastQuery() {
        Object.assign(this.state, { preview: null, problem: "" });
    }

    setPreview(preview) {
        this.state.preview = preview;
    }

    // Storing the query

    /** State to show at once when the user returns to the screen by the breadcrumbs. */
    getLocalState() {
        return { ...pick(this.state, ...CHOICES), domain: this.domain, data: this.live.getData() };
    }

    /**
     * Context of a favorite: the name of the period. Without one, if the day is today, the favorite stores the number of
     * days compared instead of the days.
     */
    getFavoriteContext() {
        const { period, day, before, measure } = this.query;
        const context = { funnel_measure: measure };
        if (this.state.currencyId) {
            context.funnel_currency = this.state.currencyId;
        }
        if (period) {
            context.funnel_period = period;
        } else if (day && day === this.funnel?.today) {
            context.funnel_span = daysBetween(before, day);
        } else if (day) {
            Object.assign(context, { funnel_day: day, funnel_before: before });
        }
        return context;
    }

    /** Set the query from the context of a favorite; other contexts are ignored. */
    applyFavorite({ funnel_measure: measure, funnel_currency: currencyId, ...days }) {
        if (measure in MEASURES) {
            const { funnel_period: period, funnel_day: day, funnel_before: before, funnel_span: span } = days;
            const today = this.funnel?.today || userToday();
            Object.assign(this.state, {
                measure,
                currencyId: currencyId || false,
                period: PERIODS.includes(period) && period,
                day: day || false,
                before: before || (span ? daysEarlier(today, span) : false),
            });
            this.counted = span && !before && !this.funnel ? { span, today, before: this.state.before } : null;
        }
    }
}

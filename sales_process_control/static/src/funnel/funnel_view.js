import { status, useComponent, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { pick } from "@web/core/utils/objects";
import { useLiveData } from "../kit/live_data/live_data";
import { reasonOf } from "../kit/reason_of_error";
import { addressOf, completeAddress } from "./funnel_address";
import { MEASURES } from "./funnel_words";

const { DateTime } = luxon;

const MODEL = "crm.pipeline.movement";
/** What the server says of a question that cannot be answered, rather than of itself. */
const REFUSALS = ["odoo.exceptions.UserError", "odoo.exceptions.ValidationError"];
/** What makes a view, besides the filters. */
const CHOSEN = ["day", "before", "measure", "currencyId"];

function daysBetween(before, day) {
    return Math.round(DateTime.fromISO(day).diff(DateTime.fromISO(before), "days").days);
}

function daysEarlier(day, days) {
    return DateTime.fromISO(day).minus({ days }).toISODate();
}

/**
 * What the sales funnel is about (days, measure, currency, filters), from where it comes, where it is kept, and what the
 * server says about it. To be made while its component is set up.
 *
 * A day that nobody has chosen is false: the server knows which one it is. It stands in the address all the same, so that
 * a link shows the same tomorrow; a favourite keeps it open.
 */
export class FunnelView {
    /**
     * @param {Object} from
     * @param {Object} from.action props of the client action
     * @param {Object} from.address see `readAddress`
     * @param {Array} from.domain what is looked for
     * @param {Object} from.context that of a favourite
     */
    constructor({ action, address, domain, context }) {
        this.orm = useService("orm");
        this.component = useComponent();
        this.action = action;
        this.domain = domain;
        this.lastQuestion = 0;
        this.page = useState({
            day: false,
            before: false,
            measure: "amount",
            currencyId: false,
            /** Why something could not be shown as it was asked for. */
            problem: "",
            /** What the bar of the weeks passes by. */
            preview: null,
        });
        this.live = useLiveData({
            read: ([name]) => (name === "funnel" ? this.readFunnel() : this.readWeeks()),
            shown: () => [["funnel"], ["weeks"]],
        });
        this.begin(address, context);
    }

    /** Who comes back from a list finds what was there; a link comes before a favourite. */
    begin(address, context) {
        this.takeFavourite(context);
        if ("domain" in address) {
            Object.assign(this.page, pick(address, ...CHOSEN));
        }
        const known = this.action.state?.funnel;
        if (known) {
            Object.assign(this.page, pick(known, ...CHOSEN));
            if (JSON.stringify(known.domain) === JSON.stringify(this.domain)) {
                this.live.remember(known.data);
            }
        }
    }

    get funnel() {
        return this.live.blocks.funnel?.data || null;
    }

    /** The view as it is shown, as far as it is known. */
    get asked() {
        return {
            measure: this.page.measure,
            day: this.page.day || this.funnel?.day || false,
            before: this.page.before || this.funnel?.before || false,
            currencyId: this.page.currencyId || this.funnel?.currency_id || false,
            domain: this.domain,
        };
    }

    // What the server says

    async readFunnel() {
        const question = ++this.lastQuestion;
        const { day, before, currencyId } = this.page;
        const values = { preview: null, problem: "" };
        try {
            return { funnel: await this.orm.call(MODEL, "get_funnel", [day, before, this.domain, currencyId]) };
        } catch (error) {
            values.problem = this.refusalOf("funnel", error);
            return { funnel: this.funnel };
        } finally {
            if (question === this.lastQuestion) {
                Object.assign(this.page, values);
            }
        }
    }

    async readWeeks() {
        try {
            return { weeks: await this.orm.call(MODEL, "get_funnel_weeks", [this.domain, this.page.currencyId]) };
        } catch (error) {
            // The other call is refused for the same reason, and tells it.
            this.refusalOf("weeks", error);
            return { weeks: this.live.blocks.weeks.data };
        }
    }

    /** A question that cannot be answered leaves what is shown as it is, and is told beside it; what else fails is a failure. */
    refusalOf(name, error) {
        if (!this.live.blocks[name]?.data || !REFUSALS.includes(error.exceptionName)) {
            throw error;
        }
        return reasonOf(error);
    }

    /** Both days paint the page; the weeks, of which there are many, follow. */
    async show() {
        await this.showDays();
        await this.live.reload(["weeks"]);
    }

    async showDays() {
        await this.live.reload(["funnel"]);
        // What the server has chosen by itself is added to the address without a step back to where it lacked.
        if (this.funnel && !this.page.problem && status(this.component) === "mounted") {
            completeAddress(addressOf(this.asked));
            this.write();
        }
    }

    /** Into the address: what has been chosen is a step that the browser's Back takes back. */
    write() {
        this.action.updateActionState?.(addressOf(this.asked));
    }

    // What is chosen

    search(domain) {
        this.domain = domain;
        this.write();
        return this.show();
    }

    chooseMeasure(measure) {
        // A second click on the one that is chosen takes nothing back: one of them always is.
        if (measure) {
            this.page.measure = measure;
            this.write();
        }
    }

    chooseCurrency(id) {
        this.page.currencyId = Number(id);
        this.write();
        return this.show();
    }

    /** A day that is no later than the other one takes it along, at the same distance. */
    changeDays({ day = this.asked.day, before }) {
        const shown = this.asked;
        let other = before === undefined ? shown.before : before;
        if (before === undefined && day && shown.day && other >= day) {
            other = daysEarlier(day, daysBetween(shown.before, shown.day));
        }
        Object.assign(this.page, { day, before: day ? other : false });
        this.write();
        return this.showDays();
    }

    /** Show what the funnel looked like at a week, until a day has been chosen. */
    pass(preview) {
        this.page.preview = preview;
    }

    // What is kept

    /** What has been read, to be shown again until it has been read anew when the reader comes back from a list. */
    known() {
        const ready = Object.entries(this.live.blocks).filter(([, block]) => block.status === "ready");
        return {
            ...pick(this.page, ...CHOSEN),
            domain: this.domain,
            data: Object.fromEntries(ready.map(([name, { data }]) => [name, data])),
        };
    }

    /** What a favourite keeps: today stays today, and so many days before it. */
    favourite() {
        const { day, before, measure } = this.asked;
        const kept = { funnel_measure: measure };
        if (this.page.currencyId) {
            kept.funnel_currency = this.page.currencyId;
        }
        if (day && day === this.funnel?.today) {
            kept.funnel_span = daysBetween(before, day);
        } else if (day) {
            Object.assign(kept, { funnel_day: day, funnel_before: before });
        }
        return kept;
    }

    takeFavourite({ funnel_measure: measure, funnel_currency: currencyId, ...days }) {
        if (measure in MEASURES) {
            const { funnel_day: day, funnel_before: before, funnel_span: span } = days;
            const today = this.funnel?.today || DateTime.local().toISODate();
            Object.assign(this.page, {
                measure,
                currencyId: currencyId || false,
                day: day || false,
                before: before || (span ? daysEarlier(today, span) : false),
            });
        }
    }
}

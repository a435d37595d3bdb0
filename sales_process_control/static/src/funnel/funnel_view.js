import { useState } from "@odoo/owl";
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

function daysBetween(before, day) {
    return Math.round(DateTime.fromISO(day).diff(DateTime.fromISO(before), "days").days);
}

function daysEarlier(day, days) {
    return DateTime.fromISO(day).minus({ days }).toISODate();
}

/**
 * What the sales funnel is about (days, measure, currency, filters), from where it comes, where it is kept, and what the
 * server says about it.
 *
 * A day that nobody has chosen is false: the server knows which one it is. It stands in the address all the same, so that
 * a link shows the same tomorrow; a favourite keeps it open.
 */
export function useFunnelView({ action, address, domain, context }) {
    const orm = useService("orm");
    const page = useState({
        day: false,
        before: false,
        measure: "amount",
        currencyId: false,
        problem: "",
        preview: null,
    });
    let looked = domain;
    let lastQuestion = 0;
    const live = useLiveData({ read, shown: () => [["funnel"], ["weeks"]] });

    function funnel() {
        return live.blocks.funnel?.data || null;
    }

    /** Days as they are shown, as far as they are known. */
    function asked() {
        return {
            ...pick(page, "measure"),
            day: page.day || funnel()?.day || false,
            before: page.before || funnel()?.before || false,
            currencyId: page.currencyId || funnel()?.currency_id || false,
            domain: looked,
        };
    }

    /** A question that cannot be answered leaves what is shown as it is, and is told beside it. */
    async function readFunnel() {
        const question = ++lastQuestion;
        const values = { preview: null };
        try {
            const data = await orm.call(MODEL, "get_funnel", [page.day, page.before, looked, page.currencyId]);
            values.problem = "";
            return data;
        } catch (error) {
            if (!funnel() || !REFUSALS.includes(error.exceptionName)) {
                throw error;
            }
            values.problem = reasonOf(error);
            return funnel();
        } finally {
            if (question === lastQuestion) {
                Object.assign(page, values);
            }
        }
    }

    async function read([name]) {
        if (name === "funnel") {
            return { funnel: await readFunnel() };
        }
        return { weeks: await orm.call(MODEL, "get_funnel_weeks", [looked, page.currencyId]) };
    }

    /** What the server has chosen by itself is added to the address without a step back to where it lacked. */
    async function show() {
        live.reload(["weeks"]);
        await live.reload(["funnel"]);
        if (!page.problem && funnel()) {
            completeAddress(addressOf(asked()));
            action.updateActionState?.(addressOf(asked()));
        }
    }

    /** Something has been chosen: a step that the browser's Back takes back. */
    function write() {
        action.updateActionState?.(addressOf(asked()));
    }

    function takeFavourite({ funnel_measure: measure, funnel_currency: currencyId, ...days }) {
        if (measure in MEASURES) {
            const { funnel_day: day, funnel_before: before, funnel_span: span } = days;
            const today = funnel()?.today || DateTime.local().toISODate();
            Object.assign(page, {
                measure,
                currencyId: currencyId || false,
                day: day || false,
                before: before || (span ? daysEarlier(today, span) : false),
            });
        }
    }

    takeFavourite(context);
    if ("domain" in address) {
        Object.assign(page, pick(address, "day", "before", "measure", "currencyId"));
    }
    const known = action.state?.funnel;
    if (known) {
        Object.assign(page, pick(known, "day", "before", "measure", "currencyId"));
        if (JSON.stringify(known.domain) === JSON.stringify(domain)) {
            live.remember(known.data);
        }
    }

    return {
        page,
        blocks: live.blocks,
        show,
        reload: live.reload,
        takeFavourite,
        get funnel() {
            return funnel();
        },
        get asked() {
            return asked();
        },
        /** What has been read, to be shown again until it has been read anew when the reader comes back from a list. */
        known() {
            const ready = Object.entries(live.blocks).filter(([, block]) => block.status === "ready");
            return {
                ...pick(page, "day", "before", "measure", "currencyId"),
                domain: looked,
                data: Object.fromEntries(ready.map(([name, { data }]) => [name, data])),
            };
        },
        /** What a favourite keeps: today stays today, and so many days before it. */
        favourite() {
            const { day, before, measure } = asked();
            const kept = { funnel_measure: measure };
            if (page.currencyId) {
                kept.funnel_currency = page.currencyId;
            }
            if (day && day === funnel()?.today) {
                kept.funnel_span = daysBetween(before, day);
            } else if (day) {
                Object.assign(kept, { funnel_day: day, funnel_before: before });
            }
            return kept;
        },
        search(next) {
            looked = next;
            write();
            return show();
        },
        chooseMeasure(measure) {
            // A second click on the one that is chosen takes nothing back: one of them always is.
            if (measure) {
                page.measure = measure;
                write();
            }
        },
        chooseCurrency(id) {
            page.currencyId = Number(id);
            write();
            return show();
        },
        /** A day that is no later than the other one takes it along, at the same distance. */
        async changeDays({ day = asked().day, before }) {
            const shown = asked();
            let other = before === undefined ? shown.before : before;
            if (before === undefined && day && shown.day && other >= day) {
                other = daysEarlier(day, daysBetween(shown.before, shown.day));
            }
            Object.assign(page, { day, before: day ? other : false });
            write();
            await live.reload(["funnel"]);
            if (!page.problem && funnel()) {
                completeAddress(addressOf(asked()));
                write();
            }
        },
        pass(preview) {
            page.preview = preview;
        },
    };
}

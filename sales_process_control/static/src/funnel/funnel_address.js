import { router } from "@web/core/browser/router";
import { MEASURES } from "./funnel_words";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What the address said when a page was left: the menu opens another page before it is written anew. */
let left = null;

function domainOf(text) {
    if (!text) {
        return [];
    }
    try {
        const domain = JSON.parse(text);
        return Array.isArray(domain) ? domain : null;
    } catch {
        return null;
    }
}

/**
 * What a link tells of the view that it leads to.
 *
 * @returns {Object} empty where the page was not opened by one; `domain` is null where it cannot be read
 */
export function readAddress() {
    const { current } = router;
    const { day, before, measure, currency, domain } = current;
    if (current === left || !(day || before || measure || currency || domain)) {
        return {};
    }
    return {
        day: DAY.test(day) ? day : false,
        before: DAY.test(before) ? before : false,
        measure: measure in MEASURES ? measure : "amount",
        currencyId: Number(currency) || false,
        domain: domainOf(domain),
    };
}

/** @returns {Object} the same as the address has it */
export function addressOf({ day, before, measure, currencyId, domain }) {
    return {
        day: day || undefined,
        before: before || undefined,
        measure,
        currency: currencyId || undefined,
        domain: domain.length ? JSON.stringify(domain) : undefined,
    };
}

/** Write what the server has chosen itself where the browser's Back goes past it. */
export function completeAddress(values) {
    router.replaceState(values, { sync: true });
}

export function leaveAddress() {
    left = router.current;
}

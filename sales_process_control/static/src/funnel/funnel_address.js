import { readState } from "../screen/address";
import { MEASURES } from "./funnel_labels";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Return the domain of a JSON text; null if it is no list. */
function parseDomain(text) {
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
 * Return the query in the address, for example of a shared link.
 *
 * @returns {{day?, before?, measure?, currencyId?, domain?}} empty if the address has no query; `domain` is null if it
 *  cannot be parsed
 */
export function readAddress() {
    const { day, before, measure, currency, domain } = readState();
    if (!(day || before || measure || currency || domain)) {
        return {};
    }
    return {
        day: DAY.test(day) ? day : false,
        before: DAY.test(before) ? before : false,
        measure: measure in MEASURES ? measure : "amount",
        currencyId: Number(currency) || false,
        domain: parseDomain(domain),
    };
}

/**
 * Return a query as router state.
 *
 * @param {Object} query see `FunnelModel.query`
 * @returns {Object}
 */
export function addressOf({ day, before, measure, currencyId, domain }) {
    return {
        day: day || undefined,
        before: before || undefined,
        measure,
        currency: currencyId || undefined,
        domain: domain.length ? JSON.stringify(domain) : undefined,
    };
}

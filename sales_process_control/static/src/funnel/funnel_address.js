import { readState } from "../screen/address";
import { MEASURES } from "./funnel_labels";

/** Periods of the server. */
export const PERIODS = [
    "week",
    "last_week",
    "month",
    "last_month",
    "quarter",
    "last_quarter",
    "year",
    "30_days",
    "90_days",
];
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
 * Return the query in the address, for example of a shared link. A period takes the place of its days.
 *
 * @returns {{period?, day?, before?, measure?, currencyId?, domain?}} empty if the address has no query; `domain` is null
 *  if it cannot be parsed
 */
export function readAddress() {
    const { period, day, before, measure, currency, domain } = readState();
    if (!(period || day || before || measure || currency || domain)) {
        return {};
    }
    const isPeriod = PERIODS.includes(period);
    return {
        period: isPeriod && period,
        day: !isPeriod && DAY.test(day) && day,
        before: !isPeriod && DAY.test(before) && before,
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
export function addressOf({ period, day, before, measure, currencyId, domain }) {
    return {
        period: period || undefined,
        day: (!period && day) || undefined,
        before: (!period && before) || undefined,
        measure,
        currency: currencyId || undefined,
        domain: domain.length ? JSON.stringify(domain) : undefined,
    };
}

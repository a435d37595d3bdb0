import { readState } from "../screen/address";

/** Periods of the server, in the order of the picker. */
export const PERIODS = ["month", "quarter", "3_months", "6_months", "12_months"];
export const DEFAULT_PERIOD = "6_months";

/** What is looked at: a period, and false for all teams, salespeople and companies. */
export const EVERYTHING = { period: DEFAULT_PERIOD, teamId: false, userId: false, companyId: false };

function toId(value) {
    const id = Number(value);
    return Number.isInteger(id) && id > 0 ? id : false;
}

/**
 * Return the query in the address, for example of a shared link. What cannot be read is left out.
 *
 * @returns {{period?, teamId?, userId?, companyId?}} empty if the address has no query
 */
export function readAddress() {
    const { period, team, salesperson, company } = readState();
    if (!(period || team || salesperson || company)) {
        return {};
    }
    return {
        period: PERIODS.includes(period) ? period : DEFAULT_PERIOD,
        teamId: toId(team),
        userId: toId(salesperson),
        companyId: toId(company),
    };
}

/**
 * Return a query as router state.
 *
 * @param {Object} query see `EVERYTHING`
 * @returns {Object}
 */
export function addressOf({ period, teamId, userId, companyId }) {
    return {
        period,
        team: teamId || undefined,
        salesperson: userId || undefined,
        company: companyId || undefined,
    };
}

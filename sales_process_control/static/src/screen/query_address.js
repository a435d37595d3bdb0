import { readState } from "./address";

function toId(value) {
    const id = Number(value);
    return Number.isInteger(id) && id > 0 ? id : false;
}

/**
 * Return how a screen with pickers keeps its query in the address.
 *
 * @param {string[]} periods of the server, in the order of the picker
 * @param {string} defaultPeriod
 * @returns {{periods: string[], everything: Object, read: Function, write: Function}} `everything` is the query of a screen
 *  that is opened from the menu: the default period, and false for all teams, salespeople and companies
 */
export function makeAddress(periods, defaultPeriod) {
    return {
        periods,
        everything: { period: defaultPeriod, teamId: false, userId: false, companyId: false },
        /**
         * Return the query in the address, for example of a shared link. What cannot be read is left out.
         *
         * @returns {{period?, teamId?, userId?, companyId?}} empty if the address has no query
         */
        read() {
            const { period, team, salesperson, company } = readState();
            if (!(period || team || salesperson || company)) {
                return {};
            }
            return {
                period: periods.includes(period) ? period : defaultPeriod,
                teamId: toId(team),
                userId: toId(salesperson),
                companyId: toId(company),
            };
        },
        /** Return a query as router state. */
        write({ period, teamId, userId, companyId }) {
            return {
                period,
                team: teamId || undefined,
                salesperson: userId || undefined,
                company: companyId || undefined,
            };
        },
    };
}

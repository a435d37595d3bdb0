import { deserializeDate } from "@web/core/l10n/dates";

/** Names of the facts that are days. */
const DAYS = ["hot_due_date", "closing_before", "next_action_date"];

/**
 * Return what a view has loaded of a deal, by names of fields. Cards of the pipeline load many facts as the one field
 * `card_facts`, rows of the Deal Review as `deal_facts`, both texts of JSON; other views as fields of their own.
 *
 * @param {import("@web/model/relational_model/record").Record} record
 * @returns {Object} dates as `luxon.DateTime`
 */
export function factsOf(record) {
    const text = record.data.card_facts || record.data.deal_facts;
    if (!text) {
        return record.data;
    }
    const facts = JSON.parse(text);
    const days = DAYS.filter((name) => facts[name]).map((name) => [name, deserializeDate(facts[name])]);
    return { ...record.data, ...facts, ...Object.fromEntries(days) };
}

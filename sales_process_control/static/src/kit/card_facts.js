import { deserializeDate } from "@web/core/l10n/dates";

/** Names of the facts that are days. */
const DAYS = ["hot_due_date", "closing_before", "next_action_date"];

/** Facts by their record, with the text they were read from: a card asks for them several times in one rendering. */
const READ = new WeakMap();

function readFacts(record, text) {
    const known = READ.get(record);
    if (known?.text === text) {
        return known.facts;
    }
    const facts = JSON.parse(text);
    for (const name of DAYS.filter((day) => facts[day])) {
        facts[name] = deserializeDate(facts[name]);
    }
    READ.set(record, { text, facts });
    return facts;
}

/**
 * Return what a view has loaded of a deal, by names of fields. Cards of the pipeline load many facts as the one field
 * `card_facts`, rows of the Deal Review as `deal_facts`, both texts of JSON; other views as fields of their own.
 *
 * @param {import("@web/model/relational_model/record").Record} record
 * @returns {Object} dates as `luxon.DateTime`
 */
export function factsOf(record) {
    const text = record.data.card_facts || record.data.deal_facts;
    return text ? { ...record.data, ...readFacts(record, text) } : record.data;
}

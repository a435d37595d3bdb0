import { deserializeDate } from "@web/core/l10n/dates";

/**
 * Return what a view has loaded of a deal, by names of fields. Cards load many facts as the one field `card_facts`, other
 * views as fields of their own.
 *
 * @param {import("@web/model/relational_model/record").Record} record
 * @returns {Object} dates as `luxon.DateTime`
 */
export function factsOf(record) {
    const { card_facts: facts } = record.data;
    if (!facts) {
        return record.data;
    }
    const dueDate = facts.hot_due_date;
    return { ...record.data, ...facts, hot_due_date: dueDate ? deserializeDate(dueDate) : false };
}

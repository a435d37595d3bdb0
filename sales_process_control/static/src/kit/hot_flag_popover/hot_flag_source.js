import { reactive } from "@odoo/owl";
import { reasonOf } from "../reason_of_error";

/**
 * The open hot flags of one record: read when somebody asks for the first time, and kept.
 *
 * @param {Object} orm the service
 * @param {string} resModel of the record: a deal or a contact
 * @param {number} resId
 * @returns {{flags: Array, isLoaded: boolean, error: string, wantsFocus: boolean, load: Function}} reactive; `wantsFocus`
 *  asks the popover to take the keyboard
 */
export function makeHotFlagSource(orm, resModel, resId) {
    let reading = null;
    const source = reactive({ flags: [], isLoaded: false, error: "", wantsFocus: false, load });

    async function read() {
        source.error = "";
        try {
            source.flags = await orm.silent.call("crm.hot.flag", "get_popover", [resModel, resId]);
            source.isLoaded = true;
        } catch (error) {
            source.error = reasonOf(error);
            reading = null;
        }
    }

    /** Read the flags unless they are there or on their way; a failure is kept as its reason. */
    function load() {
        reading ||= read();
        return reading;
    }

    return source;
}

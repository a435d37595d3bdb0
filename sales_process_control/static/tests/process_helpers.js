import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";

class CrmLead extends models.Model {
    _name = "crm.lead";

    name = fields.Char();

    _records = [
        { id: 1, name: "Deal" },
        { id: 2, name: "Another deal" },
    ];
}

class CrmLeadProgress extends models.Model {
    _name = "crm.lead.progress";

    feedback = fields.Text();

    _records = [{ id: 31, feedback: "The beginning, and the rest" }];
}

export function defineProcessModels() {
    defineMailModels();
    defineModels([CrmLead, CrmLeadProgress]);
}

/** A stay as `get_process` tells of it. */
export function makeStay(values = {}) {
    return {
        id: 11,
        kind: "stay",
        name: "First Contact",
        entered_at: "2026-03-02 09:00:00",
        left_at: "2026-03-12 09:00:00",
        days: 10,
        outcome: "advanced",
        outcome_label: "Advanced",
        next_stage: "Needs Analysis",
        user_name: "Li Wei",
        count: 0,
        entries: [],
        passes: [],
        steps_taken: [],
        steps_open: [],
        ...values,
    };
}

export function makeEntry(values = {}) {
    return {
        id: 31,
        date: "2026-03-10 09:00:00",
        source: "recorded",
        what: "Call",
        is_step: false,
        words: "They like it",
        is_cut: false,
        reaction: false,
        user_name: "Li Wei",
        likelihood: false,
        date_deadline: false,
        budget: false,
        currency_id: false,
        ...values,
    };
}

export function makeStep(values = {}) {
    return {
        id: 21,
        stage_id: 5,
        name: "Send the offer",
        is_required: false,
        guidance: "",
        activity_type: "Email",
        count: 0,
        done: false,
        ...values,
    };
}

/** What `get_process` answers about an open deal on which nothing was done. */
export function makeProcess(values = {}) {
    return {
        status: "open",
        can_record: true,
        stage: { name: "Bidding", days: 3.2, limit: 0, pace: false, pace_reason: false },
        steps: [],
        next_action: false,
        current: makeStay({ id: 12, name: "Bidding", left_at: false, outcome: "open", days: 3.2, next_stage: false }),
        stays: [],
        more_stays: 0,
        outside: { id: false, count: 0, entries: [], passes: [], steps_taken: [] },
        ...values,
    };
}

/**
 * Answer what the page asks for, and count it.
 *
 * @param {Function} answer returns the process, or throws
 * @returns {Array} the number of the deal of each call
 */
export function mockProcess(answer) {
    const asked = [];
    onRpc("crm.lead", "get_process", ({ args }) => {
        asked.push(args[0][0]);
        return answer();
    });
    return asked;
}

/**
 * Record what the page opens; each is closed at once.
 *
 * @param {string} method of the deal
 * @returns {Array} arguments and context of each call
 */
export function mockOpening(method) {
    const asked = [];
    onRpc("crm.lead", method, ({ args, kwargs }) => {
        asked.push([...args, kwargs.context?.default_step_id || false]);
        return { type: "ir.actions.act_window_close" };
    });
    return asked;
}

/** The form of a deal, with the page behind another one. */
export async function mountForm() {
    await mountView({
        type: "form",
        resModel: "crm.lead",
        resId: 1,
        resIds: [1, 2],
        arch: `
            <form>
                <field name="name"/>
                <notebook>
                    <page name="notes" string="Notes"/>
                    <page name="process" string="Process"><widget name="lead_process"/></page>
                </notebook>
            </form>`,
    });
}

export async function openPage() {
    await contains(".o_notebook .nav-link:contains(Process)").click();
}

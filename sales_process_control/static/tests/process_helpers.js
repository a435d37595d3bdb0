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

/** Return a visit as in the answer of `get_process`. */
export function makeVisit(values = {}) {
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

/** Return the answer of `get_process` for an open deal without actions. */
export function makeProcess(values = {}) {
    return {
        status: "open",
        can_record: true,
        stage: { name: "Bidding", days: 3.2, limit: 0, pace: false, pace_reason: false },
        steps: [],
        next_action: false,
        current: makeVisit({ id: 12, name: "Bidding", left_at: false, outcome: "open", days: 3.2, next_stage: false }),
        stays: [],
        more_stays: 0,
        outside: { id: false, count: 0, entries: [], passes: [], steps_taken: [] },
        ...values,
    };
}

/**
 * Mock `get_process`.
 *
 * @param {Function} answer returns the process, or throws
 * @returns {Array} id of the deal of each call
 */
export function mockProcess(answer) {
    const calls = [];
    onRpc("crm.lead", "get_process", ({ args }) => {
        calls.push(args[0][0]);
        return answer();
    });
    return calls;
}

/**
 * Mock a method that returns an action. The action is closed at once.
 *
 * @param {string} method of `crm.lead`
 * @returns {Array} arguments and chosen step of each call
 */
export function mockOpening(method) {
    const calls = [];
    onRpc("crm.lead", method, ({ args, kwargs }) => {
        calls.push([...args, kwargs.context?.default_step_id || false]);
        return { type: "ir.actions.act_window_close" };
    });
    return calls;
}

/** Mount the form of a deal. The page of the process is not the first one, so it is not rendered at once. */
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

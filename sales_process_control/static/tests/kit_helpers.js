import { advanceTime, animationFrame, press } from "@odoo/hoot";
import { Component, useState, xml } from "@odoo/owl";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, models, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { CLOSE_DELAY, HotFlame, OPEN_DELAY } from "@sales_process_control/hot_flag/hot_flame";

const { DateTime } = luxon;

/** Return the serialized date of a day relative to today. */
export function dayFromNow(days) {
    return DateTime.local().plus({ days }).toFormat("yyyy-MM-dd");
}

class CrmHotFlag extends models.Model {
    _name = "crm.hot.flag";
}

class CrmLead extends models.Model {
    _name = "crm.lead";
}

class Customer extends models.Model {
    _name = "customer";
}

/** Define the models that the shared components call. */
export function defineKitModels() {
    defineMailModels();
    defineModels([CrmHotFlag, CrmLead, Customer]);
}

/** A flame with a name, between two links that receive the focus before and after it. */
class FlameInPage extends Component {
    static components = { HotFlame };
    static props = ["*"];
    static template = xml`
        <a href="#" class="before">before</a>
        <HotFlame t-props="state.flame"><span class="name">Deco Addict</span></HotFlame>
        <a href="#" class="after">after</a>`;

    setup() {
        this.state = useState({ flame: this.props.flame });
    }
}

/**
 * Mount the flame of a hot deal.
 *
 * @param {Object} values replace props of the flame
 * @returns {Promise<Component>} parent with the props of the flame as `state.flame`
 */
export function mountFlame(values = {}) {
    const flame = {
        resModel: "crm.lead",
        resId: 1,
        isHot: true,
        note: "Signing around 10 March",
        dueDate: DateTime.fromISO(dayFromNow(3)),
        ...values,
    };
    return mountWithCleanup(FlameInPage, { props: { flame } });
}

/** Return a flag as in the answer of `get_popover`. */
export function makeFlag(values = {}) {
    return {
        id: 7,
        note: "Signing around 10 March",
        kind: "sign",
        kind_label: "Signing",
        due_date: dayFromNow(3),
        days_to_due: 3,
        amount: 62500,
        currency_id: 1,
        user_name: "Li Wei",
        raised_at: "2026-02-02 10:00:00",
        lead_id: 1,
        lead_name: "Deal of the test",
        revisions: [
            { note: "Waiting for legal", due_date: "2026-02-20", date: "2026-02-09 10:00:00" },
            { note: "Budget confirmed", due_date: false, date: "2026-02-02 10:00:00" },
        ],
        can_edit: true,
        ...values,
    };
}

/**
 * Mock `get_popover`.
 *
 * @param {Function} answer returns the flags, or throws
 * @returns {Array} arguments of each call
 */
export function mockPopover(answer) {
    const calls = [];
    onRpc("crm.hot.flag", "get_popover", ({ args }) => {
        calls.push(args);
        return answer();
    });
    return calls;
}

export async function pointAt(selector) {
    await contains(selector).hover();
    await advanceTime(OPEN_DELAY);
    await animationFrame();
}

export async function pointAway() {
    await contains(".before").hover();
    await advanceTime(CLOSE_DELAY);
    await animationFrame();
}

/** Focus the flame with the tab key. */
export async function tabToFlame() {
    await contains(".before").focus();
    await press("Tab");
    await animationFrame();
    await animationFrame();
}

/**
 * Mock the methods that open the hot flag dialog. The dialog is closed at once.
 *
 * @param {Array} calls receives model and ids of each call
 */
export function mockDialog(calls) {
    const answer = ({ model, args }) => {
        calls.push([model, args[0]]);
        return { type: "ir.actions.act_window_close" };
    };
    onRpc("crm.hot.flag", "action_hot_flag", answer);
    onRpc("crm.lead", "action_hot_flag", answer);
    onRpc("customer", "action_hot_flag", answer);
    onRpc("res.partner", "action_hot_flag", answer);
}

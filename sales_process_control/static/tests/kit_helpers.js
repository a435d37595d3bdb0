import { advanceTime, animationFrame, press } from "@odoo/hoot";
import { Component, useState, xml } from "@odoo/owl";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, defineModels, models, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { CLOSE_DELAY, HotFlame, OPEN_DELAY } from "@sales_process_control/kit/hot_flame/hot_flame";

const { DateTime } = luxon;

/** A day from today, as the server would send it. */
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

/** The models that components of the kit call. */
export function defineKitModels() {
    defineMailModels();
    defineModels([CrmHotFlag, CrmLead, Customer]);
}

/** A flame with a name, between two links for the keyboard to come from and to go to. */
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
 * @param {Object} values props of the flame of a hot deal that are to differ
 * @returns {Promise<Component>} its page, with the props as `state.flame`
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

/** A flag as `get_popover` tells of it. */
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
 * Answer what the flame asks for, and count it.
 *
 * @param {Function} answer returns the flags, or throws
 * @returns {Array} the arguments of each call
 */
export function mockPopover(answer) {
    const asked = [];
    onRpc("crm.hot.flag", "get_popover", ({ args }) => {
        asked.push(args);
        return answer();
    });
    return asked;
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

/** Come to the flame by the keyboard. */
export async function tabToFlame() {
    await contains(".before").focus();
    await press("Tab");
    await animationFrame();
    await animationFrame();
}

/**
 * Record what dialogs are asked for; each is closed at once.
 *
 * @param {Array} asked gets model and numbers of each
 */
export function mockDialog(asked) {
    const answer = ({ model, args }) => {
        asked.push([model, args[0]]);
        return { type: "ir.actions.act_window_close" };
    };
    onRpc("crm.hot.flag", "action_hot_flag", answer);
    onRpc("crm.lead", "action_hot_flag", answer);
    onRpc("customer", "action_hot_flag", answer);
    onRpc("res.partner", "action_hot_flag", answer);
}

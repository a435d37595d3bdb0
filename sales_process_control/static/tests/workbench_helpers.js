import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    defineModels,
    getService,
    makeMockEnv,
    mockService,
    models,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { Workbench } from "@sales_process_control/workbench/workbench";
import { makeWorkbench } from "./workbench_data";

class CrmHotFlag extends models.Model {
    _name = "crm.hot.flag";
}

class CrmLead extends models.Model {
    _name = "crm.lead";
}

export function defineWorkbenchModels() {
    defineMailModels();
    defineModels([CrmHotFlag, CrmLead]);
    onRpc("res.users", "get_workbench_home", () => ({ is_home: false, is_offered: false }));
}

/**
 * Answer what the workbench asks for, and count it.
 *
 * @param {Object|Function} values blocks that are to differ, or what answers instead: it may throw
 * @returns {Array} scope and names of the blocks of each call
 */
export function mockWorkbench(values = {}) {
    const asked = [];
    onRpc("crm.lead", "get_workbench", ({ args: [scope, names] }) => {
        asked.push([scope, names]);
        return typeof values === "function" ? values(scope, names) : makeWorkbench(scope, names, values);
    });
    return asked;
}

/** Record the actions that are opened; dialogs are closed at once, as `closing` tells. */
export function mockActions(closing) {
    const opened = [];
    mockService("action", {
        doAction(action, options = {}) {
            opened.push([action, options]);
            options.onClose?.(closing);
            return Promise.resolve();
        },
    });
    return opened;
}

/**
 * Take the place of the bus, as far as the workbench listens to it; to be called before it is mounted.
 *
 * @returns {Promise<Function>} sends a message
 */
export async function mockMessages() {
    const listeners = new Set();
    await makeMockEnv();
    const bus = getService("bus_service");
    const isOurs = (type) => type === "sales_process_control.workbench";
    patchWithCleanup(bus, {
        subscribe(type, listener) {
            return isOurs(type) ? listeners.add(listener) : super.subscribe(...arguments);
        },
        unsubscribe(type, listener) {
            return isOurs(type) ? listeners.delete(listener) : super.unsubscribe(...arguments);
        },
    });
    return () => listeners.forEach((listener) => listener({}));
}

/** Let both calls of the page be answered, and dialogs go. */
export async function settle() {
    await animationFrame();
    await advanceTime(1);
    await animationFrame();
    await animationFrame();
}

/** @returns {Promise<Component>} the page as soon as all of it has been read */
export async function mountWorkbench(props = {}) {
    const page = await mountWithCleanup(Workbench, { props: { action: {}, ...props } });
    await settle();
    return page;
}

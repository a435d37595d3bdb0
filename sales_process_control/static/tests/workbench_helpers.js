import { beforeEach } from "@odoo/hoot";
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
import { workbenchBlocks } from "@sales_process_control/workbench/workbench_block";
import { makeBlocks, makeWorkbench } from "./workbench_data";

class CrmHotFlag extends models.Model {
    _name = "crm.hot.flag";
}

class CrmLead extends models.Model {
    _name = "crm.lead";
}

/**
 * Define the models of the workbench, and the blocks that it shows in the tests of a file.
 *
 * A new block is tested in a file of its own, with its data: `defineWorkbenchModels(["name"])` and
 * `mockWorkbench({ name: data })`.
 *
 * @param {string[]} blockNames by default the blocks with an example in `makeBlocks`
 */
export function defineWorkbenchModels(blockNames = Object.keys(makeBlocks())) {
    defineMailModels();
    defineModels([CrmHotFlag, CrmLead]);
    onRpc("res.users", "get_workbench_home", () => ({ is_home: false, is_offered: false }));
    beforeEach(() => {
        // Odoo's test framework restores the registries after each test.
        for (const [name] of workbenchBlocks.getEntries()) {
            if (!blockNames.includes(name)) {
                workbenchBlocks.remove(name);
            }
        }
    });
}

/**
 * Mock `get_workbench`.
 *
 * @param {Object|Function} values see `makeWorkbench`, or a function that answers or throws
 * @returns {Array} scope and names of the blocks of each call
 */
export function mockWorkbench(values = {}) {
    const calls = [];
    onRpc("crm.lead", "get_workbench", ({ args: [scope, names] }) => {
        calls.push([scope, names]);
        return typeof values === "function" ? values(scope, names) : makeWorkbench(scope, names, values);
    });
    return calls;
}

/** Collect the actions that are opened. Dialogs are closed at once, with the given close information. */
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
 * Mock the bus for the messages of the workbench. Has to be called before the workbench is mounted.
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

/** Wait until both requests are answered and dialogs are closed. */
export async function settle() {
    await animationFrame();
    await advanceTime(1);
    await animationFrame();
    await animationFrame();
}

/**
 * Mount the workbench and wait until it is read.
 *
 * @returns {Promise<Workbench>}
 */
export async function mountWorkbench(props = {}) {
    const page = await mountWithCleanup(Workbench, { props: { action: {}, ...props } });
    await settle();
    return page;
}

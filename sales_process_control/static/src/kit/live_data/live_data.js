import { markRaw, onWillDestroy, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";
import { deepEqual } from "@web/core/utils/objects";
import { reasonOf } from "../reason_of_error";

/** Messages come in swarms when somebody changes many deals: one reload serves them all. */
export const MESSAGE_DELAY = 800;

const LOADING = { status: "loading", data: null, error: "" };

/**
 * The blocks of a screen, each with a state of its own: what fails in one does not take the others along.
 *
 * A reload shows nothing until its answer is there, and changes only what is different: so nothing flickers, and scroll,
 * focus and popovers stay. Of several answers about a block, only that of the last question counts.
 *
 * @param {Object} how
 * @param {(names: string[]) => Promise<Object>} how.read answers with `{name: {...} | {error, is_unread?}}`
 * @param {string} how.message type of the messages that tell of changes by others
 * @param {() => string[][]} how.shown what to read again, one call a list
 * @param {() => boolean} how.hearsMessages whether messages tell of all changes; otherwise, and where a day has begun since,
 *  all is read again when the reader comes back to the tab
 * @returns {{blocks: Object, load: Function, reload: Function, forget: Function}}
 */
export function useLiveData({ read, message, shown, hearsMessages }) {
    const bus = useService("bus_service");
    const blocks = useState({});
    /** The number of the last question about each block. */
    const questions = {};
    let lastQuestion = 0;
    let isDue = false;
    let day = luxon.DateTime.local().toISODate();
    let timer;

    function set(name, values) {
        blocks[name] = { ...(blocks[name] || LOADING), ...values };
    }

    /** What is there stays, with the reason why there is nothing newer. */
    function fail(name, error) {
        set(name, { status: blocks[name].status === "ready" ? "ready" : "error", error });
    }

    function take(name, answer) {
        if (!answer || answer.error) {
            fail(name, answer?.error || "");
        } else if (blocks[name].status !== "ready" || blocks[name].error || !deepEqual(blocks[name].data, answer)) {
            set(name, { status: "ready", data: markRaw(answer), error: "" });
        }
    }

    async function ask(names) {
        const question = ++lastQuestion;
        const isCurrent = (name) => questions[name] === question;
        for (const name of names) {
            questions[name] = question;
            if (!blocks[name] || blocks[name].status === "error") {
                blocks[name] = LOADING;
            }
        }
        let answers;
        try {
            answers = await read(names);
        } catch (error) {
            names.filter(isCurrent).forEach((name) => fail(name, reasonOf(error)));
            throw error;
        }
        const unread = names.filter((name) => isCurrent(name) && answers[name]?.is_unread);
        names.filter((name) => isCurrent(name) && !unread.includes(name)).forEach((name) => take(name, answers[name]));
        return unread;
    }

    /** Read blocks; those that the server has not come to once more, one by one. */
    async function load(names) {
        for (const name of await ask(names)) {
            if (blocks[name]) {
                const [again] = await ask([name]);
                if (again) {
                    fail(again, "");
                }
            }
        }
    }

    /** The same where a failure has its place on the screen. */
    async function reload(names) {
        try {
            await load(names);
        } catch {
            // Each block says it.
        }
    }

    async function reloadAll() {
        isDue = false;
        day = luxon.DateTime.local().toISODate();
        for (const names of shown()) {
            await reload(names);
        }
    }

    function onMessage() {
        browser.clearTimeout(timer);
        if (!hearsMessages()) {
            return;
        }
        if (document.visibilityState === "hidden") {
            isDue = true;
        } else {
            timer = browser.setTimeout(reloadAll, MESSAGE_DELAY);
        }
    }

    bus.subscribe(message, onMessage);
    useExternalListener(document, "visibilitychange", () => {
        const isNewDay = day !== luxon.DateTime.local().toISODate();
        if (document.visibilityState !== "hidden" && (isDue || isNewDay || !hearsMessages())) {
            reloadAll();
        }
    });
    onWillDestroy(() => {
        bus.unsubscribe(message, onMessage);
        browser.clearTimeout(timer);
    });

    return {
        blocks,
        load,
        reload,
        /** Drop what is known, and whatever answer is on its way. */
        forget(names = Object.keys(blocks)) {
            for (const name of names) {
                questions[name] = ++lastQuestion;
                delete blocks[name];
            }
        },
        /** Show what was known before, until it has been read again. */
        remember(known) {
            for (const [name, data] of Object.entries(known)) {
                set(name, { status: "ready", data: markRaw(data) });
            }
        },
    };
}

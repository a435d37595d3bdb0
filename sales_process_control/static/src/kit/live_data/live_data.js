import { markRaw, onWillDestroy, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";
import { deepEqual } from "@web/core/utils/objects";
import { reasonOf } from "../reason_of_error";

/** Messages come in swarms when somebody changes many deals: one reload serves them all. */
export const MESSAGE_DELAY = 800;
/** However many messages follow one another: no longer than this after the first of them. */
export const LONGEST_DELAY = 5000;
/** Who goes to and fro between tabs reads all anew only so often. */
export const RETURN_DELAY = 3000;

const LOADING = { status: "loading", data: null, error: "" };

/**
 * The blocks of a screen, each with a state of its own: what fails in one does not take the others along.
 *
 * A reload shows nothing until its answer is there, and changes only what is different: so nothing flickers, and scroll,
 * focus and popovers stay. Of several answers about a block, only that of the last question counts.
 *
 * @param {Object} how
 * @param {(names: string[]) => Promise<Object>} how.read answers with `{name: {...} | {error, is_unread?}}`
 * @param {string} [how.message] type of the messages that tell of changes by others
 * @param {() => string[][]} how.shown what to read again, one call a list
 * @param {() => boolean} [how.hearsMessages] whether messages tell of the changes by others. The reader's own ones in another
 *  tab they never do: all is read again on coming back to the tab, and when a day begins
 * @returns {{blocks: Object, load: Function, reload: Function, forget: Function}}
 */
export function useLiveData({ read, message, shown, hearsMessages }) {
    const bus = useService("bus_service");
    const blocks = useState({});
    /** The number of the last question about each block. */
    const questions = {};
    let lastQuestion = 0;
    /** The number of the last reload of all, and of the last time that what is known was dropped. */
    let generation = 0;
    let reloadedAt = 0;
    let firstMessageAt = 0;
    let timer;
    let dayTimer;

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
            await (names.length && load(names));
        } catch {
            // Each block says it.
        }
    }

    /** What is shown may be another thing after each answer; who begins anew leaves the rest to the newer reload. */
    async function reloadAll() {
        browser.clearTimeout(timer);
        reloadedAt = Date.now();
        firstMessageAt = 0;
        const mine = ++generation;
        for (let step = 0; mine === generation && step < shown().length; step++) {
            await reload(shown()[step]);
        }
    }

    function reloadIn(delay) {
        browser.clearTimeout(timer);
        timer = browser.setTimeout(reloadAll, Math.max(0, delay));
    }

    /** What comes while the tab is hidden is read on coming back. */
    function onMessage() {
        if (hearsMessages() && document.visibilityState !== "hidden") {
            const now = Date.now();
            firstMessageAt ||= now;
            reloadIn(Math.min(MESSAGE_DELAY, firstMessageAt + LONGEST_DELAY - now));
        }
    }

    function onReturn() {
        if (document.visibilityState === "hidden") {
            return;
        }
        const wait = reloadedAt + RETURN_DELAY - Date.now();
        if (wait > 0) {
            reloadIn(wait);
        } else {
            reloadAll();
        }
    }

    /** What is due, late and closing is another thing each day. */
    function awaitMidnight() {
        const now = luxon.DateTime.local();
        const midnight = now.startOf("day").plus({ days: 1 });
        dayTimer = browser.setTimeout(
            () => {
                awaitMidnight();
                onReturn();
            },
            midnight.diff(now).toMillis() + 1000
        );
    }

    if (message) {
        bus.subscribe(message, onMessage);
        onWillDestroy(() => bus.unsubscribe(message, onMessage));
    }
    useExternalListener(document, "visibilitychange", onReturn);
    awaitMidnight();
    onWillDestroy(() => {
        browser.clearTimeout(timer);
        browser.clearTimeout(dayTimer);
    });

    return {
        blocks,
        load,
        reload,
        /** Show at once what a deed has made of a block, until the server's answer is there. */
        change(name, how) {
            if (blocks[name]?.status === "ready") {
                set(name, { data: markRaw(how(blocks[name].data)) });
            }
        },
        /** Drop what is known, and whatever answer is on its way. */
        forget() {
            generation++;
            for (const name of Object.keys(blocks)) {
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

import { markRaw, onWillDestroy, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";
import { deepEqual } from "@web/core/utils/objects";
import { errorMessage, isSessionExpired, reportExpiredSession } from "../kit/error_message";
import { userNow, userToday } from "../kit/user_day";

/** Milliseconds from a message to the reload: messages come in bursts, and one reload serves a burst. */
export const MESSAGE_DELAY = 800;
/** Milliseconds from the first message of a burst after which the screen is reloaded even if messages go on. */
export const LONGEST_DELAY = 5000;
/** Milliseconds between two reloads caused by switching between browser tabs. */
export const RETURN_DELAY = 3000;

const LOADING = { status: "loading", data: null, error: "" };

/**
 * Keep the data of the blocks of a screen up to date. Each block has a state of its own, so a failure affects one block.
 *
 * The screen is reloaded when a message arrives, when the user returns to the browser tab, and at midnight. A reload
 * shows nothing until the answer is there and replaces only data that differ or were shown on another day, so scroll
 * position, focus and popovers stay. If several requests for a block are under way, only the answer to the last one is
 * used.
 *
 * @param {Object} options
 * @param {(names: string[]) => Promise<Object>} options.read reads blocks; answers `{name: data}`, with
 *  `{error: string, is_unread?: boolean}` for a block that was not read
 * @param {() => string[][]} options.getBatches names of the blocks to read in a reload, one request per list
 * @param {string} [options.messageType] type of the bus messages that report changes by other users
 * @param {() => boolean} [options.listensToMessages] whether such a message reloads the screen
 * @param {(names: string[]) => any} [options.onChanged] called after a reload of the screen with the names of the blocks
 *  whose data it has replaced
 * @returns {Object} `blocks`, which is reactive: `{name: {status, data, error, day}}`, and the functions `load`, `reload`,
 *  `retry`, `reloadAll`, `getProps`, `change`, `clear`, `getData` and `restore`
 */
export function useLiveData({ read, getBatches, messageType, listensToMessages, onChanged }) {
    const bus = useService("bus_service");
    const blocks = useState({});
    /** Id of the last request for each block. */
    const requestIds = {};
    let lastRequestId = 0;
    /** Id of the last reload of the screen; clearing the data counts as one. */
    let reloadId = 0;
    let reloadedAt = 0;
    let firstMessageAt = 0;
    let reloadTimer;
    let midnightTimer;
    /** Whether Odoo was told that the session has expired: one dialog is enough, until the user tries again. */
    let isExpiryReported = false;
    /** Functions that read a block again, by its name. */
    const retryFunctions = {};

    function setBlock(name, values) {
        blocks[name] = { ...(blocks[name] || LOADING), ...values };
    }

    /** Store the error. Data that were read before stay on the screen, with the error beside them. */
    function setError(name, error) {
        setBlock(name, { status: blocks[name].status === "ready" ? "ready" : "error", error });
    }

    /** Show data. `day` is the day from which days to a date are counted: the same data look different on another day. */
    function setData(name, data) {
        setBlock(name, { status: "ready", data: markRaw(data), error: "", day: userToday() });
    }

    function setAnswer(name, answer) {
        if (!answer || answer.error) {
            setError(name, answer?.error || "");
            return;
        }
        const { status, error, data, day } = blocks[name];
        if (status !== "ready" || error || day !== userToday() || !deepEqual(data, answer)) {
            setData(name, answer);
        }
    }

    /** Read blocks in one request, and return the names of those that the server has not read. */
    async function request(names) {
        const id = ++lastRequestId;
        const isCurrent = (name) => requestIds[name] === id;
        for (const name of names) {
            requestIds[name] = id;
            if (!blocks[name] || blocks[name].status === "error") {
                blocks[name] = LOADING;
            }
        }
        let answers;
        try {
            answers = await read(names);
        } catch (error) {
            names.filter(isCurrent).forEach((name) => setError(name, errorMessage(error)));
            if (!isExpiryReported) {
                reportExpiredSession(error);
                isExpiryReported = isSessionExpired(error);
            }
            throw error;
        }
        const current = names.filter(isCurrent);
        const unread = current.filter((name) => answers[name]?.is_unread);
        current.filter((name) => !unread.includes(name)).forEach((name) => setAnswer(name, answers[name]));
        return unread;
    }

    /**
     * Read blocks in one request. Blocks that the server has not read are requested once more, one by one.
     *
     * @param {string[]} names
     * @throws {Error} if a request fails; the blocks have the error as well
     */
    async function load(names) {
        for (const name of await request(names)) {
            if (blocks[name]) {
                const [unread] = await request([name]);
                if (unread) {
                    setError(unread, "");
                }
            }
        }
    }

    /** Do the same as `load` without throwing: the blocks show the error. */
    async function reload(names) {
        try {
            await (names.length && load(names));
        } catch {
            // `request` has stored the error in the blocks.
        }
    }

    /** Reload blocks because the user has asked for it after a failure. */
    function retry(names) {
        isExpiryReported = false;
        return reload(names);
    }

    /** Read all batches. An answer may change the batches, and a newer reload ends this one. */
    async function reloadAll() {
        browser.clearTimeout(reloadTimer);
        reloadedAt = Date.now();
        firstMessageAt = 0;
        const id = ++reloadId;
        const before = getData();
        for (let index = 0; id === reloadId && index < getBatches().length; index++) {
            await reload(getBatches()[index]);
        }
        const changed = Object.entries(getData()).filter(([name, data]) => before[name] && before[name] !== data);
        if (id === reloadId && changed.length) {
            onChanged?.(changed.map(([name]) => name));
        }
    }

    function reloadAfter(delay) {
        browser.clearTimeout(reloadTimer);
        reloadTimer = browser.setTimeout(reloadAll, Math.max(0, delay));
    }

    /** A hidden tab ignores messages, since it is reloaded when the user returns to it. */
    function onMessage() {
        if (listensToMessages() && document.visibilityState !== "hidden") {
            const now = Date.now();
            firstMessageAt ||= now;
            reloadAfter(Math.min(MESSAGE_DELAY, firstMessageAt + LONGEST_DELAY - now));
        }
    }

    function onReturn() {
        if (document.visibilityState === "hidden") {
            return;
        }
        const wait = reloadedAt + RETURN_DELAY - Date.now();
        if (wait > 0) {
            reloadAfter(wait);
        } else {
            reloadAll();
        }
    }

    /** Reload the screen at midnight: which records are due, late or closing depends on the day. */
    function scheduleMidnight() {
        const now = userNow();
        const midnight = now.startOf("day").plus({ days: 1 });
        midnightTimer = browser.setTimeout(
            () => {
                scheduleMidnight();
                onReturn();
            },
            midnight.diff(now).toMillis() + 1000
        );
    }

    /** Return the data that were read: `{name: data}`. */
    function getData() {
        const ready = Object.entries(blocks).filter(([, block]) => block.status === "ready");
        return Object.fromEntries(ready.map(([name, { data }]) => [name, data]));
    }

    if (messageType) {
        bus.subscribe(messageType, onMessage);
        onWillDestroy(() => bus.unsubscribe(messageType, onMessage));
    }
    useExternalListener(document, "visibilitychange", onReturn);
    scheduleMidnight();
    onWillDestroy(() => {
        browser.clearTimeout(reloadTimer);
        browser.clearTimeout(midnightTimer);
    });

    return {
        blocks,
        load,
        reload,
        retry,
        reloadAll,
        /**
         * Data of a block as props with stable values, so that only blocks whose data change are rendered again.
         *
         * @param {string} name
         * @param {(data: any) => boolean} [isOfQuery] whether data are those of the present query. Others are not shown.
         */
        getProps(name, isOfQuery = () => true) {
            const { status, data, error } = blocks[name] || LOADING;
            retryFunctions[name] ||= () => retry([name]);
            const props = { status, data, error, onRetry: retryFunctions[name] };
            return !data || isOfQuery(data) ? props : { ...props, status: error ? "error" : "loading", data: null };
        },
        /** Replace the data of a block that is shown by `update(data)`, before the server has answered. */
        change(name, update) {
            if (blocks[name]?.status === "ready") {
                setBlock(name, { data: markRaw(update(blocks[name].data)) });
            }
        },
        /** Drop all data and the answers to the requests under way. */
        clear() {
            reloadId++;
            for (const name of Object.keys(blocks)) {
                requestIds[name] = ++lastRequestId;
                delete blocks[name];
            }
        },
        getData,
        /** Show data of an earlier visit of the screen until the blocks are read again. */
        restore(dataByName) {
            for (const [name, data] of Object.entries(dataByName)) {
                setData(name, data);
            }
        },
    };
}

import { onWillDestroy } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

/** Milliseconds between two checks whether an open screen shows the current data. */
export const CHECK_INTERVAL = 60_000;
/** After so many checks the screen is read without asking: some changes show only in what is read, such as a deal that
 * becomes slow as time passes. */
export const CHECKS_PER_READ = 10;

/**
 * Check every minute whether an open screen shows the current data, and read it again if it does not. A hidden tab does
 * not ask: it is read when the user returns to it, see `useLiveData`.
 *
 * @param {Object} options
 * @param {() => Promise<boolean>} options.isCurrent asks the server; a failure counts as current, until the next check
 * @param {() => Promise} options.read reads the screen again
 */
export function useFreshness({ isCurrent, read }) {
    let timer;
    let checks = 0;

    async function check() {
        if (document.visibilityState === "hidden") {
            return;
        }
        checks++;
        if (checks % CHECKS_PER_READ === 0 || !(await isCurrent())) {
            await read();
        }
    }

    function schedule() {
        timer = browser.setTimeout(async () => {
            try {
                await check();
            } catch {
                // The server may be restarting. The time in the header says how old the data are.
            }
            if (timer) {
                schedule();
            }
        }, CHECK_INTERVAL);
    }

    schedule();
    onWillDestroy(() => {
        browser.clearTimeout(timer);
        timer = null;
    });
}

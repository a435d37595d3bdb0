import { router } from "@web/core/browser/router";

/**
 * State of the router when a screen was left last. If a screen is opened from the menu, the address still has this state,
 * which is then ignored.
 */
let leftState = null;

/** Return the state of the router, for example of a shared link; empty if the screen was opened from the menu. */
export function readState() {
    const { current } = router;
    return current === leftState ? {} : current;
}

/** Write router state to the address without a new entry in the browser's history. */
export function replaceAddress(state) {
    router.replaceState(state, { sync: true });
}

/** To be called when a screen is left. */
export function leaveAddress() {
    leftState = router.current;
}

import { router, routerBus } from "@web/core/browser/router";

/**
 * State of the router when a screen was left last. If a screen is opened from the menu, the address still has this state,
 * which is then ignored.
 */
let leftState = null;
// With the browser's Back button, the state of the screen that was left is meant.
routerBus.addEventListener("ROUTE_CHANGE", () => {
    leftState = null;
});

/** Return the state of the router, for example of a shared link; empty if the screen was opened from the menu. */
export function readState() {
    const { current } = router;
    return current === leftState ? {} : current;
}

/** Return whether the address is that of an action: it names an action by its path, id or tag. */
function isAddressOf({ path, id, xml_id: xmlId, tag }) {
    return [path, id, xmlId, tag].filter(Boolean).includes(router.current.action);
}

/**
 * Write router state to the address without a new entry in the browser's history.
 *
 * When a screen is mounted, the address may still be that of the page before, whose entry is not to be changed: Odoo makes
 * the entry of the screen a moment later, with the state of the action (`updateActionState`).
 *
 * @param {Object} action of the screen
 * @param {Object} state
 */
export function replaceAddress(action, state) {
    if (router.current !== leftState && isAddressOf(action)) {
        router.replaceState(state, { sync: true });
    }
}

/**
 * To be called when a screen is left. After the browser's Back button the address is that of the next page already.
 *
 * @param {Object} action of the screen
 */
export function leaveAddress(action) {
    if (isAddressOf(action)) {
        leftState = router.current;
    }
}

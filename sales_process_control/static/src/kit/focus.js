import { onPatched, onWillPatch } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

/** Return whether the focused element was removed, and nothing else has taken the focus. */
function isFocusLost() {
    return [null, document.body].includes(document.activeElement);
}

function headingOfBlock(focused) {
    return focused.closest(".o_block")?.querySelector("h2");
}

/**
 * Keep the keyboard focus near its place when the focused element is removed, for example the button that reads a block
 * again, or the row of a lost deal.
 *
 * @param {{el: HTMLElement}} rootRef of the component whose rendering removes elements
 * @param {(focused: HTMLElement) => HTMLElement} [findPlace] returns the element that receives the focus instead; by default
 *  the heading of the block
 */
export function useFocusInBlock(rootRef, findPlace = headingOfBlock) {
    let focused, place;
    onWillPatch(() => {
        focused = document.activeElement;
        place = rootRef.el?.contains(focused) && findPlace(focused);
    });
    onPatched(() => {
        if (place && !focused.isConnected && isFocusLost()) {
            place.focus({ preventScroll: true });
        }
    });
}

/**
 * Remember what has the keyboard focus, before a dialog or a popover is opened.
 *
 * @returns {() => Promise} to be called when it is closed: gives the focus back, unless something else has taken it
 */
export function rememberFocus() {
    const focused = document.activeElement;
    return async () => {
        // What was opened is removed from the page in the next frame after it has said that it is closed.
        await new Promise((resolve) => browser.setTimeout(resolve));
        await new Promise((resolve) => browser.requestAnimationFrame(resolve));
        if (focused?.isConnected && isFocusLost()) {
            focused.focus({ preventScroll: true });
        }
    };
}

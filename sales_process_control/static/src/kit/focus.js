import { browser } from "@web/core/browser/browser";

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
        if (focused?.isConnected && [null, document.body].includes(document.activeElement)) {
            focused.focus({ preventScroll: true });
        }
    };
}

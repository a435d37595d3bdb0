import { onPatched, onWillPatch } from "@odoo/owl";

/**
 * Keep the keyboard in its part of the page when what had the focus is gone: a deal that was settled leaves the list.
 *
 * @param {{el: HTMLElement}} rootRef of the page
 */
export function useKeptFocus(rootRef) {
    let focused, heading;
    onWillPatch(() => {
        focused = document.activeElement;
        const block = rootRef.el?.contains(focused) && focused.closest(".o_block");
        heading = block && block.querySelector("h2");
    });
    onPatched(() => {
        if (heading && !focused.isConnected) {
            heading.focus({ preventScroll: true });
        }
    });
}

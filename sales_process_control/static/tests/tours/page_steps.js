/**
 * Return a step that checks that neither the window nor a page has a horizontal scrollbar.
 *
 * @param {string} trigger selector of the page
 * @returns {Object} step of a tour
 */
export function checkNoHorizontalScrolling(trigger) {
    return {
        content: "The page has no horizontal scrollbar",
        trigger,
        run() {
            const page = document.documentElement;
            const wide = [page, this.anchor].filter((element) => element.scrollWidth > element.clientWidth + 1);
            if (wide.length) {
                throw new Error(`Elements with a horizontal scrollbar: ${wide.map((element) => element.className)}`);
            }
        },
    };
}

/** Press Enter on an element that has the keyboard focus, as people without a mouse do. */
export function pressEnter() {
    this.anchor.focus();
    if (document.activeElement !== this.anchor) {
        throw new Error("The keyboard does not reach this element");
    }
    this.anchor.click();
}

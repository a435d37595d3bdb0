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

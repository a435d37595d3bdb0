import { router } from "@web/core/browser/router";
import { getMockEnv, makeMockEnv, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { getDefaultConfig } from "@web/views/view";

/** Open the address of an action, for example of a link to it. */
export function openAddress(action, values = {}) {
    router.pushState({ action, ...values }, { sync: true, replace: true });
}

/**
 * Mount the client action of a screen and wait until it is read.
 *
 * @param {Object} params
 * @param {typeof Component} params.Screen the client action
 * @param {typeof Component} params.Page the page in it
 * @param {Object} params.props of the client action
 * @param {number} params.actionId id of the client action
 * @param {Function} params.settle waits until the screen is read
 * @returns {Promise<Component>} the page
 */
export async function mountPage({ Screen, Page, props, actionId, settle }) {
    const env = getMockEnv() || (await makeMockEnv({ config: { ...getDefaultConfig(), actionId } }));
    const screen = await mountWithCleanup(Screen, { env, props: { action: { id: actionId }, ...props } });
    await settle();
    return pageOf(screen.__owl__, Page);
}

function pageOf(node, Page) {
    if (node.component instanceof Page) {
        return node.component;
    }
    return Object.values(node.children)
        .map((child) => pageOf(child, Page))
        .find(Boolean);
}

import { onMounted, onWillUpdateProps, useComponent, useRef } from "@odoo/owl";
import { deepEqual } from "@web/core/utils/objects";
import { useSetupAction } from "@web/search/action_hook";
import { useFocusInBlock } from "../kit/focus";

/** Props of the page of a screen whose state is a `QueryModel`. */
export const queryPageProps = {
    /** Props of the client action. */
    action: { type: Object },
    /** Query of the address, see `makeAddress`. */
    address: { type: Object },
    /** Context of the search; a favorite has stored the query in it. */
    context: { type: Object },
    /** Local state of the action, from which `useSetupAction` restores how far the page was scrolled. */
    state: { type: Object, optional: true },
    className: { type: String, optional: true },
};

/**
 * Start a screen when its page is there, store its query for favorites and breadcrumbs, and follow the chosen favorite.
 *
 * @param {QueryModel} model
 * @param {() => Object} [getMoreState] what the breadcrumbs keep besides the state of the model
 * @returns {Object} reference to the element of the page, with `t-ref="root"`
 */
export function useQueryPage(model, getMoreState = () => ({})) {
    const component = useComponent();
    const rootRef = useRef("root");
    useFocusInBlock(rootRef);
    useSetupAction({
        rootRef,
        getContext: () => model.getFavoriteContext(),
        getLocalState: () => ({ [model.constructor.screen]: { ...model.getLocalState(), ...getMoreState() } }),
    });
    // The page is rendered at once, and the blocks are filled when they are read.
    onMounted(() => model.start());
    onWillUpdateProps(({ context }) => {
        if (!deepEqual(context, component.props.context) && model.applyFavorite(context)) {
            model.choose({});
        }
    });
    return rootRef;
}

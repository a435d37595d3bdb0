import { useService } from "@web/core/utils/hooks";

/**
 * The dialog in which a flag is raised, edited and settled.
 *
 * @returns {(what: {resModel: string, resId: number, flag?: Object}) => Promise} opens it for a record, or for one of
 *  its flags as `get_popover` tells of it; resolved when the dialog has been closed, with what the action service tells
 *  of the closing
 */
export function useHotFlagDialog() {
    const orm = useService("orm");
    const action = useService("action");
    return async ({ resModel, resId, flag }) => {
        const [model, id] = flag ? ["crm.hot.flag", flag.id] : [resModel, resId];
        const description = await orm.call(model, "action_hot_flag", [[id]]);
        return new Promise((resolve, reject) => {
            action.doAction(description, { onClose: resolve }).catch(reject);
        });
    };
}

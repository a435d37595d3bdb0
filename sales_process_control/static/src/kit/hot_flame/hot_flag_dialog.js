import { useService } from "@web/core/utils/hooks";

/**
 * The dialog in which a flag is raised, edited and settled.
 *
 * @returns {(what: {resModel: string, resId: number, flag?: Object}) => Promise} opens it for a record, or for one of
 *  its flags as `get_popover` tells of it; resolved when the dialog has been closed
 */
export function useHotFlagDialog() {
    const orm = useService("orm");
    const action = useService("action");
    return async ({ resModel, resId, flag }) => {
        const description = flag
            ? await orm.call("crm.hot.flag", "action_edit", [[flag.id]])
            : await orm.call(resModel, "action_hot_flag", [[resId]]);
        await new Promise((resolve, reject) => {
            action.doAction(description, { onClose: resolve }).catch(reject);
        });
    };
}

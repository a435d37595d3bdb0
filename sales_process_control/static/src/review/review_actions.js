import { useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

/**
 * Return the actions of the review. They are passed to all blocks as the prop `actions`.
 *
 * @param {Object} options
 * @param {() => Promise} options.reloadStages reads the stages again, after a limit was set
 * @param {Object} [options.restored] limits that the user had set before leaving the screen, see `getApplied`
 * @returns {Object}
 */
export function useReviewActions({ reloadStages, restored = {} }) {
    const action = useService("action");
    const orm = useService("orm");
    /** Limits that the user has set here, by the id of the stage: {days, earlier, limit}; `limit` was in force before. */
    const applied = useState({ ...restored });
    /** Ids of the stages whose limit is being set: a second click does nothing. */
    const busy = new Set();

    async function setLimit(stageId, method, args, onDone) {
        if (busy.has(stageId)) {
            return;
        }
        busy.add(stageId);
        try {
            await orm.call("crm.stage", method, [[stageId], ...args]);
            onDone();
        } finally {
            busy.delete(stageId);
        }
        await reloadStages();
    }

    return {
        /**
         * Return the limit that the user has set for a stage, for as long as it is in force: it may have been changed
         * elsewhere.
         */
        findApplied({ stage_id: id, dwell }) {
            const found = applied[id];
            return found && [found.days, found.limit].includes(dwell.limit) ? found : undefined;
        },
        /** Return what can be undone when the user comes back to the screen. */
        getApplied: () =>
            Object.fromEntries(Object.entries(applied).map(([id, { days, earlier }]) => [id, { days, earlier }])),
        /** Set the suggested limit of a stage. */
        applyLimit({ stage_id: id, dwell }) {
            const { suggested: days, set_days: earlier, limit } = dwell;
            return setLimit(id, "action_apply_suggested_limit", [], () => {
                applied[id] = { days, earlier, limit };
            });
        },
        /** Set the limit that a stage had before; 0 if none was set. */
        undoLimit({ stage_id: id }) {
            return setLimit(id, "action_undo_suggested_limit", [applied[id].earlier], () => {
                delete applied[id];
            });
        },
        openStage(stage, newWindow) {
            return action.doAction(
                {
                    type: "ir.actions.act_window",
                    res_model: "crm.stage",
                    res_id: stage.stage_id,
                    views: [[false, "form"]],
                },
                { newWindow }
            );
        },
        openPipeline: () => action.doAction("crm.crm_lead_action_pipeline"),
    };
}

import { useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

/**
 * Return the actions of the review. They are passed to all blocks as the prop `actions`.
 *
 * @param {Object} options
 * @param {() => Promise} options.reloadStages reads the stages again, after a limit was set
 * @returns {Object}
 */
export function useReviewActions({ reloadStages }) {
    const action = useService("action");
    const orm = useService("orm");
    /** Limits that the user has set here, by the id of the stage: {days, earlier}. */
    const applied = useState({});
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
        applied,
        /** Set the suggested limit of a stage. */
        applyLimit({ stage_id: id, dwell }) {
            const { suggested: days, set_days: earlier } = dwell;
            return setLimit(id, "action_apply_suggested_limit", [], () => {
                applied[id] = { days, earlier };
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

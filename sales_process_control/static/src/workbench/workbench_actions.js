import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useHotFlagDialog } from "../hot_flag/hot_flame";
import { rememberFocus } from "../kit/focus";
import { RecordSearchDialog } from "../kit/record_search";
import { useProgressDialog } from "../progress/record_progress";

/**
 * Return the actions of the workbench. They are passed to all blocks as the prop `actions`.
 *
 * An action that opens a dialog reloads the affected blocks when the dialog is closed, and also when the action fails,
 * since its record may be deleted. A cancelled dialog reloads nothing.
 *
 * @param {Object} options
 * @param {(kind: "activity"|"deal"|"flag") => Promise} options.reloadAfter reloads the blocks that a change of such a
 *  record affects
 * @param {(dealId: number) => void} options.removeDeal removes a deal that has ended from the blocks
 * @param {(activityId: number) => void} options.removeActivity removes an activity that is done from the blocks
 * @param {() => number[]|"all"|null} options.getTeams teams whose deals the page shows; null for own deals
 * @returns {Object}
 */
export function useWorkbenchActions({ reloadAfter, removeDeal, removeActivity, getTeams }) {
    const action = useService("action");
    const dialog = useService("dialog");
    const effect = useService("effect");
    const notification = useService("notification");
    const orm = useService("orm");
    const store = useService("mail.store");
    const openFlagDialog = useHotFlagDialog();
    const openProgressDialog = useProgressDialog();
    /** Ids of the deals that are being moved: a second click does nothing. */
    const moving = new Set();

    /**
     * Wait until a dialog is closed, and restore the keyboard focus.
     *
     * @param {Promise} dialogClosed resolves with the close information of the action service
     * @returns {Promise<boolean>} false if the dialog was cancelled
     */
    async function waitForDialog(dialogClosed) {
        const giveFocusBack = rememberFocus();
        const closing = await dialogClosed;
        await giveFocusBack();
        // `special`: a button such as Discard; `dismiss`: the close button of the dialog or Escape.
        return !(closing?.special || closing?.dismiss);
    }

    /** Wait for a dialog, then call `onDone` and reload the blocks that a change of such a record affects. */
    async function runInDialog(kind, dialogClosed, onDone = () => {}) {
        let isDone = true;
        try {
            isDone = await waitForDialog(dialogClosed);
            if (isDone) {
                onDone();
            }
        } finally {
            await (isDone && reloadAfter(kind));
        }
    }

    function open(model, id, newWindow = false) {
        return action.doAction(
            { type: "ir.actions.act_window", res_model: model, res_id: id, views: [[false, "form"]] },
            { newWindow }
        );
    }

    /** Let the user choose an open deal: resolves to its id, or false. */
    function chooseDeal(title) {
        return new Promise((resolve) => {
            let chosenId = false;
            const onSelect = (record) => {
                chosenId = record.resId;
            };
            dialog.add(
                RecordSearchDialog,
                { title, teams: getTeams(), onSelect },
                { onClose: () => resolve(chosenId) }
            );
        });
    }

    /** Let the user choose an open deal, and run a function with its id. */
    async function withChosenDeal(title, run) {
        const giveFocusBack = rememberFocus();
        const id = await chooseDeal(title);
        try {
            await (id && run(id));
        } finally {
            await giveFocusBack();
        }
    }

    /** Open an action in a dialog: resolves with the close information of the action service. */
    function openInDialog(actionRequest, options = {}) {
        return new Promise((resolve, reject) => {
            action.doAction(actionRequest, { ...options, onClose: resolve }).catch(reject);
        });
    }

    /**
     * Ask whether a deal is won, and mark it as won.
     *
     * @returns {Promise<Object>} close information, as of the action service; rejects with the error of the server
     */
    function askWhetherWon(id, name, stageId) {
        return new Promise((resolve, reject) => {
            let closing = { dismiss: true };
            const props = {
                title: _t("Mark as Won"),
                body: _t("Is “%s” won?", name || _t("Deal without a name")),
                confirmLabel: _t("Won"),
                confirm: async () => {
                    let result = null;
                    try {
                        result = await orm.call("crm.lead", "action_win", [[id], stageId]);
                    } catch (error) {
                        // Not thrown here: the dialog would throw it again, and it would be shown twice.
                        reject(error);
                        return;
                    }
                    closing = {};
                    if (result?.effect) {
                        effect.add(result.effect);
                    }
                },
                cancel: () => {},
            };
            dialog.add(ConfirmationDialog, props, { onClose: () => resolve(closing) });
        });
    }

    const actions = {
        open,
        openDeal: (id, newWindow) => open("crm.lead", id, newWindow),
        openCustomers: () => action.doAction("base.action_partner_form"),

        schedule: (id) => runInDialog("activity", store.scheduleActivity("crm.lead", [id])),
        record: (id) => runInDialog("deal", openProgressDialog(id)),
        /** Raise a flag, or edit and settle the open one. */
        flag: (id) => runInDialog("flag", openFlagDialog({ resModel: "crm.lead", resId: id })),

        lose(id) {
            const additionalContext = { active_model: "crm.lead", active_id: id, active_ids: [id] };
            const dialogClosed = openInDialog("crm.crm_lead_lost_action", { additionalContext });
            return runInDialog("deal", dialogClosed, () => removeDeal(id));
        },
        win: (id, { name, stage_id: stageId }) =>
            runInDialog("deal", askWhetherWon(id, name, stageId), () => removeDeal(id)),

        /** Move a deal from its stage to the next one. The stage gate may block the move, or warn of it. */
        async moveOn(id, { stage_id: stageId }) {
            if (moving.has(id)) {
                return;
            }
            moving.add(id);
            try {
                const stageName = await orm.call("crm.lead", "action_move_on", [[id], stageId]);
                notification.add(_t("Moved to %s", stageName), { type: "success" });
            } finally {
                moving.delete(id);
                await reloadAfter("deal");
            }
        },

        newDeal: () =>
            action.doAction({
                type: "ir.actions.act_window",
                name: _t("New Opportunity"),
                res_model: "crm.lead",
                views: [[false, "form"]],
                context: { default_type: "opportunity", default_user_id: user.userId },
            }),

        // The same for a record that the user chooses first.
        openAny: () => withChosenDeal(_t("Open a Deal"), actions.openDeal),
        recordAny: () => withChosenDeal(_t("Record Progress on"), actions.record),
        scheduleAny: () => withChosenDeal(_t("Schedule an Activity for"), actions.schedule),
        /** Raise a flag on a deal or a customer that the user chooses in the dialog. */
        flagAny() {
            const additionalContext = { search_teams: getTeams() };
            const dialogClosed = openInDialog("sales_process_control.crm_hot_flag_dialog_action", {
                additionalContext,
            });
            return runInDialog("flag", dialogClosed);
        },

        /** To be called after a flag was changed by another component, such as a `HotFlame`. */
        onFlagChanged: () => reloadAfter("flag"),
        /** To be called after an activity was marked as done, or was found to be deleted. */
        onActivityDone(id) {
            removeActivity(id);
            return reloadAfter("activity");
        },
    };
    return actions;
}

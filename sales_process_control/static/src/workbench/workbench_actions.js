import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { SelectCreateDialog } from "@web/views/view_dialogs/select_create_dialog";
import { useHotFlagDialog } from "../hot_flag/hot_flame";
import { useProgressDialog } from "../progress/record_progress";

const OPEN_DEALS = [
    ["type", "=", "opportunity"],
    ["active", "=", true],
    ["won_status", "=", "pending"],
];
/** Domain of the deals of each scope. */
const SCOPE_DOMAINS = {
    mine: () => [["user_id", "=", user.userId]],
    team: () => ["|", ["team_id.user_id", "=", user.userId], ["team_id.member_ids", "in", [user.userId]]],
    all: () => [],
};

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
 * @param {() => "mine"|"team"|"all"} options.getScope scope of the deals that can be chosen in dialogs
 * @returns {Object}
 */
export function useWorkbenchActions({ reloadAfter, removeDeal, removeActivity, getScope }) {
    const action = useService("action");
    const dialog = useService("dialog");
    const store = useService("mail.store");
    const openFlagDialog = useHotFlagDialog();
    const openProgressDialog = useProgressDialog();

    /**
     * Wait until a dialog is closed, and restore the keyboard focus.
     *
     * @param {Promise} dialogClosed resolves with the close information of the action service
     * @returns {Promise<boolean>} false if the dialog was cancelled
     */
    async function waitForDialog(dialogClosed) {
        const focused = document.activeElement;
        const closing = await dialogClosed;
        // The dialog is removed from the page after its promise is resolved.
        await new Promise((resolve) => browser.setTimeout(resolve));
        if (focused?.isConnected && [null, document.body].includes(document.activeElement)) {
            focused.focus({ preventScroll: true });
        }
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

    /** Let the user choose one record of a domain: resolves to its id, or false. */
    function chooseRecord(title, resModel, domain) {
        return new Promise((resolve) => {
            let chosenId = false;
            const props = {
                title,
                resModel,
                domain,
                context: { search_disable_custom_filters: true },
                multiSelect: false,
                noCreate: true,
                onSelected: ([id]) => {
                    chosenId = id;
                },
            };
            dialog.add(SelectCreateDialog, props, { onClose: () => resolve(chosenId) });
        });
    }

    /** Let the user choose the model on which a flag is raised: resolves to its name, or false. */
    function chooseFlagModel() {
        return new Promise((resolve) => {
            let chosen = false;
            const props = {
                title: _t("Raise a Hot Flag"),
                body: _t("On a deal, or on a customer without one, for example for a reorder or a payment?"),
                confirmLabel: _t("On a deal"),
                confirm: () => {
                    chosen = "crm.lead";
                },
                cancelLabel: _t("On a customer"),
                cancel: () => {
                    chosen = "res.partner";
                },
                dismiss: () => {},
            };
            dialog.add(ConfirmationDialog, props, { onClose: () => resolve(chosen) });
        });
    }

    /** Let the user choose an open deal of the scope, and run a function with its id. */
    async function withChosenDeal(title, run) {
        const id = await chooseRecord(title, "crm.lead", [...OPEN_DEALS, ...SCOPE_DOMAINS[getScope()]()]);
        if (id) {
            await run(id);
        }
    }

    const actions = {
        open,
        openDeal: (id, newWindow) => open("crm.lead", id, newWindow),
        openCustomers: () => action.doAction("base.action_partner_form"),

        schedule: (id) => runInDialog("activity", store.scheduleActivity("crm.lead", [id])),
        record: (id) => runInDialog("deal", openProgressDialog(id)),
        /** Raise a flag, or edit and settle the open one. */
        flag: (id, resModel = "crm.lead") => runInDialog("flag", openFlagDialog({ resModel, resId: id })),

        lose(id) {
            const additionalContext = { active_model: "crm.lead", active_id: id, active_ids: [id] };
            const dialogClosed = new Promise((resolve, reject) => {
                action.doAction("crm.crm_lead_lost_action", { additionalContext, onClose: resolve }).catch(reject);
            });
            return runInDialog("deal", dialogClosed, () => removeDeal(id));
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
        async flagAny() {
            const title = _t("Raise a Hot Flag on");
            const resModel = await chooseFlagModel();
            if (resModel === "res.partner") {
                const id = await chooseRecord(title, resModel, []);
                await (id && actions.flag(id, resModel));
            } else if (resModel) {
                await withChosenDeal(title, actions.flag);
            }
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

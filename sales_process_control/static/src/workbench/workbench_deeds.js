import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { SelectCreateDialog } from "@web/views/view_dialogs/select_create_dialog";
import { useHotFlagDialog } from "../kit/hot_flame/hot_flag_dialog";
import { useProgressDialog } from "../progress/record_progress";

const OPEN_DEALS = [
    ["type", "=", "opportunity"],
    ["active", "=", true],
    ["won_status", "=", "pending"],
];
/** Whose deals a scope offers to choose from. */
const SCOPES = {
    mine: () => [["user_id", "=", user.userId]],
    team: () => ["|", ["team_id.user_id", "=", user.userId], ["team_id.member_ids", "in", [user.userId]]],
    all: () => [],
};

/** Blocks that an activity which is planned or done may change. */
const PLANNED = ["today", "attention", "opportunities", "customers", "sellers"];
const FLAGGED = ["hot", "attention", "opportunities", "sellers"];
/** A deal may have gone on, or have ended. */
const MOVED = ["hot", "attention", "today", "opportunities", "customers", "sellers", "funnel", "conversion"];

/**
 * What can be done from the workbench. Each deed reads the blocks that it may have changed as soon as its dialog is closed,
 * also where it failed: what it was about may be gone. A dialog that is known to have been cancelled has changed nothing.
 *
 * @param {Object} how
 * @param {(names: string[]) => Promise} how.reload
 * @param {(id: number) => void} how.leave a deal has ended
 * @param {(id: number) => void} how.finish an activity was marked as done
 * @param {() => string} how.scope whose deals are offered to choose from
 */
export function useDeeds({ reload, leave, finish, scope }) {
    const action = useService("action");
    const dialog = useService("dialog");
    const store = useService("mail.store");
    const openFlagDialog = useHotFlagDialog();
    const openProgressDialog = useProgressDialog();

    /** Wait for a dialog; afterwards the keyboard is where it was, as far as that is still there. */
    async function inDialog(dialogClosed) {
        const before = document.activeElement;
        const closing = await dialogClosed;
        // The dialog itself goes a moment later.
        await new Promise((resolve) => browser.setTimeout(resolve));
        if (before?.isConnected && [null, document.body].includes(document.activeElement)) {
            before.focus({ preventScroll: true });
        }
        // By the button that discards, or by the cross and the key for it.
        return !(closing?.special || closing?.dismiss);
    }

    /** Do something in a dialog, and read what it may have changed. */
    async function deed(names, dialogClosed, onDone = () => {}) {
        let isDone = true;
        try {
            isDone = await inDialog(dialogClosed);
            if (isDone) {
                onDone();
            }
        } finally {
            await (isDone && reload(names));
        }
    }

    function open(model, id, newWindow = false) {
        return action.doAction(
            { type: "ir.actions.act_window", res_model: model, res_id: id, views: [[false, "form"]] },
            { newWindow }
        );
    }

    /** Have one record chosen of those that a domain finds: its number, or false. */
    function choose(title, resModel, domain) {
        return new Promise((resolve) => {
            let chosen = false;
            const props = {
                title,
                resModel,
                domain,
                context: { search_disable_custom_filters: true },
                multiSelect: false,
                noCreate: true,
                onSelected: ([id]) => {
                    chosen = id;
                },
            };
            dialog.add(SelectCreateDialog, props, { onClose: () => resolve(chosen) });
        });
    }

    function chooseDeal(title) {
        return choose(title, "crm.lead", [...OPEN_DEALS, ...SCOPES[scope()]()]);
    }

    /** What a flag is to be raised on: the model, or false. A customer who orders again or is to pay may have no deal. */
    function chooseFlagged() {
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

    const deeds = {
        open,
        openDeal: (id, newWindow) => open("crm.lead", id, newWindow),

        schedule: (id) => deed(PLANNED, store.scheduleActivity("crm.lead", [id])),
        record: (id) => deed(MOVED, openProgressDialog(id)),
        /** Raise a flag, or edit and settle the one that is open. */
        flag: (id, resModel = "crm.lead") => deed(FLAGGED, openFlagDialog({ resModel, resId: id })),

        lose(id) {
            const additionalContext = { active_model: "crm.lead", active_id: id, active_ids: [id] };
            const closed = new Promise((resolve, reject) => {
                action.doAction("crm.crm_lead_lost_action", { additionalContext, onClose: resolve }).catch(reject);
            });
            return deed(MOVED, closed, () => leave(id));
        },

        /** Do something with a deal that is to be chosen first. */
        async withDeal(title, run) {
            const id = await chooseDeal(title);
            if (id) {
                await run(id);
            }
        },

        recordAny: () => deeds.withDeal(_t("Record Progress on"), deeds.record),
        async flagAny() {
            const title = _t("Raise a Hot Flag on");
            const resModel = await chooseFlagged();
            if (resModel === "res.partner") {
                const id = await choose(title, resModel, []);
                await (id && deeds.flag(id, resModel));
            } else if (resModel) {
                await deeds.withDeal(title, deeds.flag);
            }
        },
        scheduleAny: () => deeds.withDeal(_t("Schedule an Activity for"), deeds.schedule),
        openAny: () => deeds.withDeal(_t("Open a Deal"), deeds.openDeal),
        openCustomers: () => action.doAction("base.action_partner_form"),

        newDeal: () =>
            action.doAction({
                type: "ir.actions.act_window",
                name: _t("New Opportunity"),
                res_model: "crm.lead",
                views: [[false, "form"]],
                context: { default_type: "opportunity", default_user_id: user.userId },
            }),

        /** Somebody has changed a flag elsewhere on the screen. */
        onFlagged: () => reload(FLAGGED),
        /** Somebody has marked an activity as done, or it is gone. */
        onDone(id) {
            finish(id);
            return reload(PLANNED);
        },
    };
    return deeds;
}

import { browser } from "@web/core/browser/browser";
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
 * What can be done from the workbench. Each deed reads the blocks that it may have changed as soon as its dialog is closed.
 *
 * @param {Object} how
 * @param {(names: string[]) => Promise} how.reload
 * @param {() => string} how.scope whose deals are offered to choose from
 */
export function useDeeds({ reload, scope }) {
    const action = useService("action");
    const dialog = useService("dialog");
    const store = useService("mail.store");
    const openFlagDialog = useHotFlagDialog();
    const openProgressDialog = useProgressDialog();

    /** Wait for a dialog; afterwards the keyboard is where it was, as far as that is still there. */
    async function inDialog(dialogClosed) {
        const before = document.activeElement;
        await dialogClosed;
        // The dialog itself goes a moment later.
        await new Promise((resolve) => browser.setTimeout(resolve));
        if (before?.isConnected && [null, document.body].includes(document.activeElement)) {
            before.focus({ preventScroll: true });
        }
    }

    function open(model, id, newWindow = false) {
        return action.doAction(
            { type: "ir.actions.act_window", res_model: model, res_id: id, views: [[false, "form"]] },
            { newWindow }
        );
    }

    /** Have a deal chosen from those of the scope: its number, or false. */
    function chooseDeal(title) {
        return new Promise((resolve) => {
            let chosen = false;
            const props = {
                title,
                resModel: "crm.lead",
                domain: [...OPEN_DEALS, ...SCOPES[scope()]()],
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

    const deeds = {
        open,
        openDeal: (id, newWindow) => open("crm.lead", id, newWindow),

        async schedule(id) {
            await inDialog(store.scheduleActivity("crm.lead", [id]));
            await reload(PLANNED);
        },

        async record(id) {
            await inDialog(openProgressDialog(id));
            await reload(MOVED);
        },

        /** Raise a flag, or edit and settle the one that is open. */
        async flag(id) {
            await inDialog(openFlagDialog({ resModel: "crm.lead", resId: id }));
            await reload(FLAGGED);
        },

        async lose(id) {
            const additionalContext = { active_model: "crm.lead", active_id: id, active_ids: [id] };
            const closed = new Promise((resolve, reject) => {
                action.doAction("crm.crm_lead_lost_action", { additionalContext, onClose: resolve }).catch(reject);
            });
            await inDialog(closed);
            await reload(MOVED);
        },

        /** Do something with a deal that is to be chosen first. */
        async withDeal(title, deed) {
            const id = await chooseDeal(title);
            if (id) {
                await deed(id);
            }
        },

        recordAny: () => deeds.withDeal(_t("Record Progress on"), deeds.record),
        flagAny: () => deeds.withDeal(_t("Raise a Hot Flag on"), deeds.flag),
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
        onDone: () => reload(PLANNED),
    };
    return deeds;
}

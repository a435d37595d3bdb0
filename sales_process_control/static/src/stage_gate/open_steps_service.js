import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/**
 * Tells a person that deals have left their stage with required sales actions open. What was done can be recorded, and
 * the move can be undone.
 */
export const openStepsService = {
    dependencies: ["action", "bus_service", "notification", "orm"],

    start(env, { action, bus_service: bus, notification, orm }) {
        /** Move deals back that are still where the person has moved them. */
        async function undo(moves) {
            const counts = await Promise.all(
                moves.map(async ({ lead_ids: ids, from_stage_id: from, to_stage_id: to }) => {
                    const domain = [
                        ["id", "in", ids],
                        ["stage_id", "=", to],
                        ["active", "in", [true, false]],
                    ];
                    const found = await orm.search("crm.lead", domain);
                    if (found.length) {
                        await orm.write("crm.lead", found, { stage_id: from });
                    }
                    return ids.length - found.length;
                })
            );
            if (counts.some(Boolean)) {
                notification.add(_t("Opportunities that were moved or deleted in the meantime are not changed."), {
                    type: "warning",
                });
            }
            await action.doAction({ type: "ir.actions.client", tag: "soft_reload" });
        }

        bus.subscribe("sales_process_control/open_steps", ({ message, record, moves }) => {
            let close = null;
            const buttonOf = (name, primary, act) => ({
                name,
                primary,
                onClick: async () => {
                    close();
                    await act();
                },
            });
            const buttons = [];
            if (record) {
                const [actionId, , additionalContext] = record;
                const onClose = () => action.doAction({ type: "ir.actions.client", tag: "soft_reload" });
                buttons.push(
                    buttonOf(_t("Record"), true, () => action.doAction(actionId, { additionalContext, onClose }))
                );
            }
            if (moves.length) {
                buttons.push(buttonOf(_t("Undo"), false, () => undo(moves)));
            }
            close = notification.add(message, { type: "warning", sticky: true, buttons });
        });
        bus.start();
    },
};

registry.category("services").add("sales_process_control.open_steps", openStepsService);

import { Component, status } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * The dialog in which progress on a deal is recorded.
 *
 * @returns {(resId: number, context?: Object) => Promise} opens it for a deal; resolved when it has been closed,
 *  with what the action service tells of the closing
 */
export function useProgressDialog() {
    const orm = useService("orm");
    const action = useService("action");
    return async (resId, context = {}) => {
        const description = await orm.call("crm.lead", "action_record_progress", [[resId]], { context });
        return new Promise((resolve, reject) => {
            action.doAction(description, { onClose: resolve }).catch(reject);
        });
    };
}

/** The way to the dialog from a card: one tap. */
export class RecordProgress extends Component {
    static template = "sales_process_control.RecordProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.openDialog = useProgressDialog();
    }

    /** A board has its own use for these keys, and would keep the button from being pressed. */
    onKeydown(ev) {
        if (["Enter", " "].includes(ev.key)) {
            ev.stopPropagation();
        }
    }

    async onClick() {
        const { record } = this.props;
        await this.openDialog(record.resId);
        if (status(this) !== "destroyed") {
            await record.model.load();
        }
    }
}

registry.category("view_widgets").add("record_progress", { component: RecordProgress });

import { Component, status } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Return a function that opens the dialog in which progress on a deal is recorded.
 *
 * @returns {(resId: number, context?: Object) => Promise} opens the dialog for a deal; resolves when the dialog is
 *  closed, with the close information of the action service
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

/** View widget `record_progress`: a button on kanban cards that opens the dialog. */
export class RecordProgress extends Component {
    static template = "sales_process_control.RecordProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.openDialog = useProgressDialog();
    }

    /** Keep these keys from the kanban view, which handles them and prevents the click of the button. */
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

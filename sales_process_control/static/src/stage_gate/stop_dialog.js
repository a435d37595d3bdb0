import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** Event of `env.bus`: a way on was taken to its end, so that screens show the deal again. */
export const STOP_RESOLVED = "sales_process_control:stop_resolved";

/** A stop of the stage gate with its ways on: record what was done, or move on anyway. */
export class StopDialog extends Component {
    static template = "sales_process_control.StopDialog";
    static components = { Dialog };
    static props = {
        message: { type: String },
        /** Each way is the id of an action, the label of its button, and the context of the action. */
        ways: { type: Array, element: Array },
        close: { type: Function },
    };

    setup() {
        this.action = useService("action");
        this.title = _t("Missing required sales actions");
    }

    async go([actionId, , additionalContext]) {
        const { bus } = this.env;
        const onClose = (closing) => {
            if (!(closing?.special || closing?.dismiss)) {
                bus.trigger(STOP_RESOLVED);
            }
        };
        await this.action.doAction(actionId, { forceLeave: true, additionalContext, onClose });
        this.props.close();
    }
}

/**
 * Show a stop with its ways on. Odoo's own dialog has room for one, and tells no screen that it was taken.
 *
 * @param {Object} env
 * @param {Error} error as Odoo's error service has wrapped it
 * @param {Error} originalError
 * @returns {boolean} whether the error is handled
 */
export function stopHandler(env, error, originalError) {
    const context = originalError instanceof RPCError && originalError.data?.context;
    if (!context?.is_leaving_stop || originalError.exceptionName !== "odoo.exceptions.RedirectWarning") {
        return false;
    }
    error.unhandledRejectionEvent.preventDefault();
    const [message, ...way] = originalError.data.arguments;
    env.services.dialog.add(StopDialog, { message, ways: [way, context.other_way].filter(Boolean) });
    return true;
}

// Before Odoo's handler of errors of the server, which has the sequence 97.
registry.category("error_handlers").add("sales_process_control.stop", stopHandler, { sequence: 90 });

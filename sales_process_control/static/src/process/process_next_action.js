import { Component } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { DueDistance } from "../kit/due_distance/due_distance";

/** The planned activity that is due first, or a word on there being none. */
export class ProcessNextAction extends Component {
    static template = "sales_process_control.ProcessNextAction";
    static components = { DueDistance };
    static props = {
        nextAction: {
            type: [
                {
                    type: Object,
                    shape: { type: String, summary: String, date_deadline: String, count: Number, "*": true },
                },
                { value: false },
            ],
        },
        canSchedule: { type: Boolean },
        onOpen: { type: Function },
        onSchedule: { type: Function },
    };

    get date() {
        return deserializeDate(this.props.nextAction.date_deadline);
    }

    get who() {
        const { is_own: isOwn, user_name: name } = this.props.nextAction;
        return isOwn ? _t("yours") : name || _t("nobody's");
    }

    get plannedLabel() {
        return _t("%s planned in all", this.props.nextAction.count);
    }
}

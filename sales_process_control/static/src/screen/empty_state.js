import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/**
 * What a block shows while it has nothing to show: what will be here (the default slot), and the one action that leads to
 * what fills it.
 */
export class EmptyState extends Component {
    static template = "sales_process_control.EmptyState";
    static props = {
        /** Label of the button, by default that of the pipeline. */
        label: { type: String, optional: true },
        /** Action that the button opens, as an XML id; by default the pipeline. */
        action: { type: String, optional: true },
        /** What the button does instead of opening an action. */
        onClick: { type: Function, optional: true },
        slots: { type: Object },
    };
    static defaultProps = { action: "crm.crm_lead_action_pipeline" };

    setup() {
        this.actionService = useService("action");
    }

    get label() {
        return this.props.label || _t("Open the pipeline");
    }

    act() {
        return this.props.onClick ? this.props.onClick() : this.actionService.doAction(this.props.action);
    }
}

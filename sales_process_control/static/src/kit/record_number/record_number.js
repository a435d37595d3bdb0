import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** What a number has to know to open the records that it counts. */
export const NUMBER = {
    type: Object,
    shape: { value: Number, name: String, model: String, domain: Array, "*": true },
};

/**
 * The action that shows exactly the records which a number counts.
 *
 * @param {Object} number as the server tells of it
 */
export function actionOfNumber({ name, model, domain, context = {}, views = ["list", "form"] }) {
    return {
        type: "ir.actions.act_window",
        name,
        res_model: model,
        domain,
        // A filter that somebody has chosen for all lists of the model would show fewer.
        context: { ...context, search_disable_custom_filters: true },
        views: views.map((view) => [false, view]),
        target: "current",
    };
}

/** A number that opens the records which it counts, in a new window where Odoo does so. None has nothing to open. */
export class RecordNumber extends Component {
    static template = "sales_process_control.RecordNumber";
    static props = {
        number: NUMBER,
        /** What is shown instead of the mere number. */
        label: { type: String, optional: true },
        className: { type: String, optional: true },
        /** Whether there is something to open although the number is 0. */
        opensNone: { type: Boolean, optional: true },
    };
    static defaultProps = { label: "", className: "", opensNone: false };

    setup() {
        this.action = useService("action");
    }

    get label() {
        return this.props.label || String(this.props.number.value);
    }

    get canOpen() {
        return this.props.opensNone || this.props.number.value !== 0;
    }

    get name() {
        return _t("%(label)s: %(records)s", { label: this.label, records: this.props.number.name });
    }

    get title() {
        return _t("Open: %s", this.props.number.name);
    }

    open(newWindow) {
        return this.action.doAction(actionOfNumber(this.props.number), { newWindow });
    }
}

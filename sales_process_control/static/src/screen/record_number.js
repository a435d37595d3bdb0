import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { countLabel } from "../kit/numbers";
import { labelled } from "../kit/text_lists";

/** A number of the server, with the model and domain of the records that it counts. */
export const NUMBER_TYPE = {
    type: Object,
    shape: { value: Number, name: String, model: String, domain: Array, "*": true },
};

/** Views of deals that explain why they are counted. On phones the cards are opened. */
const DEAL_VIEWS = {
    list_view_ref: "sales_process_control.crm_lead_view_list_deals",
    kanban_view_ref: "sales_process_control.crm_lead_view_kanban_deals",
};

/**
 * Return the action that shows exactly the records that a number counts.
 *
 * @param {Object} number see `NUMBER_TYPE`; optional are `context` and `views` (types of the views, list and form by
 *  default, and cards of deals)
 * @returns {Object} window action
 */
function actionOf({ name, model, domain, context = {}, views }) {
    const isOfDeals = model === "crm.lead" && !views && !context.list_view_ref;
    // Lists of deals show the domain as a facet of this name, see `NumberSearchModel`.
    const facet = model === "crm.lead" ? { opened_number: name } : {};
    const types = views || (isOfDeals ? ["list", "kanban", "form"] : ["list", "form"]);
    return {
        type: "ir.actions.act_window",
        name,
        res_model: model,
        domain,
        // A default filter of the user would hide records.
        context: { ...context, ...facet, ...(isOfDeals ? DEAL_VIEWS : {}), search_disable_custom_filters: true },
        views: types.map((type) => [false, type]),
        ...(isOfDeals ? { mobile_view_mode: "kanban" } : {}),
        target: "current",
    };
}

/** A number that opens the records that it counts; with the middle button or Ctrl in a new window. 0 is plain text. */
export class RecordNumber extends Component {
    static template = "sales_process_control.RecordNumber";
    static props = {
        number: NUMBER_TYPE,
        /** Text shown instead of the value. */
        label: { type: String, optional: true },
        className: { type: String, optional: true },
        /** Whether the number can be opened although it is 0. */
        opensNone: { type: Boolean, optional: true },
    };
    static defaultProps = { label: "", className: "", opensNone: false };

    setup() {
        this.action = useService("action");
    }

    get label() {
        return this.props.label || countLabel(this.props.number.value);
    }

    get canOpen() {
        return this.props.opensNone || this.props.number.value !== 0;
    }

    get name() {
        return labelled(this.label, this.props.number.name);
    }

    get title() {
        return _t("Open: %s", this.props.number.name);
    }

    open(newWindow) {
        return this.action.doAction(actionOf(this.props.number), { newWindow });
    }
}

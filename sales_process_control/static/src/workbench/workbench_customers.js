import { Component } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { amountLabel } from "../kit/amount/amount";
import { Block, frameOf } from "../kit/block/block";
import { DueDistance } from "../kit/due_distance/due_distance";
import { RecordNumber } from "../kit/record_number/record_number";
import { BLOCK_PROPS } from "./workbench_block";

/** How long ago a customer was last heard of, as people say it. */
function contactLabel(days) {
    if (days === false) {
        return _t("never heard of");
    }
    if (days === 0) {
        return _t("last contact today");
    }
    return days === 1 ? _t("1 day since last contact") : _t("%s days since last contact", days);
}

/** Customers that matter most: those with a star, and those with the most open deals. */
export class WorkbenchCustomers extends Component {
    static template = "sales_process_control.WorkbenchCustomers";
    static components = { Block, DueDistance, RecordNumber };
    static props = { ...BLOCK_PROPS };

    get frame() {
        return frameOf(this.props);
    }

    get isEmpty() {
        return !this.props.data?.customers.length;
    }

    get starredLabel() {
        return _t("%s starred", this.props.data.starred.value);
    }

    get customers() {
        return this.props.data.customers.map((customer) => ({
            ...customer,
            name: customer.name || _t("A customer without a name"),
            amountLabel: amountLabel(customer.amount, customer.currency_id),
            dealsLabel: customer.deals.value === 1 ? _t("1 open deal") : _t("%s open deals", customer.deals.value),
            contactLabel: contactLabel(customer.contact_days),
            date: customer.next_action ? deserializeDate(customer.next_action.date_deadline) : false,
        }));
    }
}

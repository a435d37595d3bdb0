import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { DueDistance } from "../../kit/due_distance";
import { countLabel } from "../../kit/numbers";
import { leftOutLabel } from "../../screen/left_out";
import { amountLabel } from "../../screen/number_labels";
import { WorkbenchBlock, workbenchBlocks } from "../workbench_block";

/**
 * @param {number|false} days since the last contact with a customer; false if there was none
 * @returns {string}
 */
function contactLabel(days) {
    if (days === false) {
        return _t("no contact yet");
    }
    if (days === 0) {
        return _t("last contact today");
    }
    return days === 1 ? _t("1 day since last contact") : _t("%s days since last contact", countLabel(days));
}

/** Key customers, and the customers with the most open deals. */
export class WorkbenchCustomers extends WorkbenchBlock {
    static template = "sales_process_control.WorkbenchCustomers";
    static components = { ...WorkbenchBlock.components, DueDistance };

    get more() {
        return this.moreLabel(this.props.data.all.value, this.props.data.customers.length);
    }

    get isEmpty() {
        return !this.props.data?.customers.length;
    }

    get remark() {
        return leftOutLabel(this.props.data.left_out);
    }

    get starredLabel() {
        return _t("%s starred", countLabel(this.props.data.starred.value));
    }

    get customers() {
        return this.props.data.customers.map((customer) => ({
            ...customer,
            name: customer.name || _t("Customer without a name"),
            amountLabel: amountLabel(customer.amount, customer.currency_id),
            dealsLabel:
                customer.deals.value === 1 ? _t("1 open deal") : _t("%s open deals", countLabel(customer.deals.value)),
            contactLabel: contactLabel(customer.contact_days),
            date: customer.next_action ? deserializeDate(customer.next_action.date_deadline) : false,
        }));
    }
}

workbenchBlocks.add(
    "customers",
    { component: WorkbenchCustomers, title: _t("Key Customers"), dependsOn: ["activity"] },
    { sequence: 50 }
);

import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { dateField } from "@web/views/fields/datetime/datetime_field";
import { formatDate, formatMonetary } from "@web/views/fields/formatters";
import { buildM2OFieldDescription, Many2OneField } from "@web/views/fields/many2one/many2one_field";
import { monetaryField } from "@web/views/fields/monetary/monetary_field";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { HotNameField } from "../hot_flag/hot_flag_field";
import { factsOf } from "../kit/card_facts";
import { DueDistance, daysUntil } from "../kit/due_distance";
import { moneyLabel } from "../kit/numbers";
import { StageDaysField } from "../kit/stage_days";
import { ChangedValue } from "./changed_value";

// Each widget shows a field of a deal with what explains it in a line below. The view has to have the field `deal_facts`.

const isOpen = ({ data }) => data.won_status === "pending" && data.active !== false;

/** Field widget `deal_name`: the name with its hot flag, and customer and salesperson below. */
export class DealNameField extends Component {
    static template = "sales_process_control.DealNameField";
    static components = { HotNameField };
    static props = { ...standardFieldProps };

    get isNew() {
        return Boolean(factsOf(this.props.record).is_new_since);
    }

    get people() {
        const { partner_id: partner, partner_name: company, user_id: seller } = this.props.record.data;
        const customer = partner?.display_name || company || _t("No customer");
        return _t("%(customer)s · %(seller)s", { customer, seller: seller?.display_name || _t("No salesperson") });
    }
}

/** Field widget `deal_stage`: the stage with the days in it, and its limit or the stage before. */
export class DealStageField extends Component {
    static template = "sales_process_control.DealStageField";
    static components = { ChangedValue, Many2OneField, StageDaysField };
    static props = { ...Many2OneField.props };

    get days() {
        const { id, record, readonly } = this.props;
        return { id, record, readonly, name: "stage_days" };
    }

    get isOpen() {
        return isOpen(this.props.record);
    }

    get change() {
        const { stage_before: before, stage_change: direction } = factsOf(this.props.record);
        return before && { direction: direction === "back" ? "down" : "up", label: _t("was %s", before) };
    }
}

/** Field widget `deal_amount`: an amount, and what it was. */
export class DealAmountField extends Component {
    static template = "sales_process_control.DealAmountField";
    static components = { ChangedValue, MonetaryField: monetaryField.component };
    static props = { ...monetaryField.component.props };

    get currencyId() {
        const { currencyField, name, record } = this.props;
        return record.data[currencyField || record.fields[name].currency_field || "currency_id"]?.id;
    }

    get change() {
        const { name, record } = this.props;
        const { amount_before: before } = factsOf(record);
        return (
            typeof before === "number" &&
            before !== record.data[name] && {
                direction: record.data[name] > before ? "up" : "down",
                label: _t("was %s", moneyLabel(before, this.currencyId)),
            }
        );
    }
}

/** Field widget `deal_closing`: the expected closing, and what it was. */
export class DealClosingField extends Component {
    static template = "sales_process_control.DealClosingField";
    static components = { ChangedValue, DateField: dateField.component, DueDistance };
    static props = { ...dateField.component.props };

    get date() {
        return this.props.record.data[this.props.name];
    }

    /** Whether an open deal should have been closed by now. */
    get isDue() {
        return Boolean(this.date) && isOpen(this.props.record) && daysUntil(this.date) <= 0;
    }

    get change() {
        const { closing_before: before, closing_change: change, push_count: pushes } = factsOf(this.props.record);
        if (!before) {
            return this.date && change === "set" && { direction: "set", label: _t("was not set") };
        }
        const date = formatDate(before);
        if (!this.date) {
            return { direction: "removed", label: _t("was %s", date) };
        }
        if (before.hasSame(this.date, "day")) {
            return false;
        }
        const isLater = this.date > before;
        return {
            direction: isLater ? "later" : "earlier",
            label:
                isLater && pushes > 1
                    ? _t("was %(date)s, pushed %(count)s times", { date, count: pushes })
                    : _t("was %s", date),
        };
    }
}

registry.category("fields").add("deal_name", {
    component: DealNameField,
    displayName: _t("Deal with Customer and Salesperson"),
    supportedTypes: ["char"],
    listViewWidth: [150, 320],
});
registry.category("fields").add("deal_stage", {
    ...buildM2OFieldDescription(DealStageField),
    displayName: _t("Stage with Days"),
    listViewWidth: [120, 240],
});
/** Formatter of the sums of `deal_amount`, which show no more decimals than the amounts above them. */
registry
    .category("formatters")
    .add("deal_amount", (value, options) => formatMonetary(value, { ...options, trailingZeros: false }));
registry.category("fields").add("deal_amount", {
    ...monetaryField,
    component: DealAmountField,
    displayName: _t("Amount with Former Amount"),
    listViewWidth: [110, 170],
});
registry.category("fields").add("deal_closing", {
    ...dateField,
    component: DealClosingField,
    displayName: _t("Closing with Former Closing"),
    listViewWidth: [125, 190],
});

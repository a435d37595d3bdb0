import { Component, useState } from "@odoo/owl";
import { AutoComplete } from "@web/core/autocomplete/autocomplete";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useChildRef, useService } from "@web/core/utils/hooks";
import { errorMessage, reportExpiredSession } from "./error_message";
import { moneyLabel } from "./numbers";

/**
 * @typedef {Object} FoundRecord
 * @property {"crm.lead"|"res.partner"} resModel
 * @property {number} resId
 * @property {string} name
 * @property {string[]} details what tells the record from others of the same name
 * @property {string} kind what it is, for screen readers; the icon says so, too
 * @property {string} icon class of its icon
 * @property {boolean} isHot whether a deal has an open hot flag
 */

/** @returns {FoundRecord} */
function describeDeal(deal) {
    const amount = deal.amount ? moneyLabel(deal.amount, deal.currency_id) : "";
    return {
        resModel: "crm.lead",
        resId: deal.id,
        name: deal.name || _t("Deal without a name"),
        details: [deal.partner_name, deal.stage_name, amount, deal.user_name].filter(Boolean),
        kind: deal.is_hot ? _t("Hot deal") : _t("Deal"),
        icon: deal.is_hot ? "fa-fire text-danger" : "fa-star-o",
        isHot: Boolean(deal.is_hot),
    };
}

/** @returns {FoundRecord} */
function describeCustomer(customer) {
    return {
        resModel: "res.partner",
        resId: customer.id,
        name: customer.name,
        details: [customer.company_name, customer.city, customer.email].filter(Boolean),
        kind: customer.is_company ? _t("Customer") : _t("Contact"),
        icon: customer.is_company ? "fa-building-o" : "fa-user-o",
        isHot: false,
    };
}

/** Search field over open deals, and customers: Odoo's autocomplete with what tells records of the same name apart. */
export class RecordSearch extends Component {
    static template = "sales_process_control.RecordSearch";
    static components = { AutoComplete };
    static props = {
        id: { type: String, optional: true },
        /** Name of the chosen record. */
        value: { type: String, optional: true },
        placeholder: { type: String, optional: true },
        withCustomers: { type: Boolean, optional: true },
        /** Teams whose deals follow own ones, also before anything is typed, see `search_deals_and_customers`. */
        teams: { type: [Array, { value: "all" }, { value: null }], optional: true },
        autofocus: { type: Boolean, optional: true },
        /** Called with a `FoundRecord`. */
        onSelect: { type: Function },
        /** Called when the user has emptied the field, or has typed another text over the chosen record. */
        onClear: { type: Function, optional: true },
    };
    static defaultProps = {
        value: "",
        placeholder: "",
        withCustomers: false,
        teams: null,
        autofocus: false,
        onClear: () => {},
    };

    setup() {
        this.orm = useService("orm");
        this.inputRef = useChildRef();
        this.state = useState({ formerName: "" });
        /** Term of the last search: what is typed later waits for its own search. */
        this.term = "";
        this.sources = [{ placeholder: _t("One moment"), options: (term) => this.search(term), optionSlot: "option" }];
    }

    /** The chosen name. While the user types over it, the former one, since a new value closes Odoo's menu. */
    get name() {
        return this.state.formerName || this.props.value;
    }

    /** Return the options for a term; a failure is an option, too. */
    async search(term) {
        this.term = term;
        let found = null;
        try {
            const args = [term, this.props.withCustomers, this.props.teams];
            found = await this.orm.silent.call("crm.lead", "search_deals_and_customers", args);
        } catch (error) {
            reportExpiredSession(error);
            return [{ label: errorMessage(error) }];
        }
        const records = [...found.deals.map(describeDeal), ...found.customers.map(describeCustomer)];
        if (!records.length) {
            return [{ label: this.hintFor(term) }];
        }
        return records.map((record) => ({
            label: record.name,
            data: { record },
            onSelect: () => this.select(record),
        }));
    }

    hintFor(term) {
        return term ? _t("Nothing found") : _t("Type a name, an email address or a phone number");
    }

    select(record) {
        this.endTyping();
        this.props.onSelect(record);
    }

    /** A record whose name is not shown any more is not chosen any more. */
    onInput({ inputValue }) {
        const { value } = this.props;
        if (value && inputValue !== value) {
            this.state.formerName = value;
            this.props.onClear();
        }
    }

    onChange({ inputValue }) {
        if (!inputValue) {
            this.props.onClear();
        }
    }

    /** A text that still waits for its search may become a choice: Odoo chooses the first record found with Tab. */
    onBlur({ inputValue }) {
        if (inputValue.trim() === this.term) {
            this.showChosen();
        }
    }

    /** Show what is chosen when the user leaves the field without a choice: a text in it would look like one. */
    showChosen() {
        this.endTyping();
        this.inputRef.el.value = this.props.value;
    }

    endTyping() {
        this.state.formerName = "";
    }
}

/** Dialog in which a user chooses an open deal: the choice closes it. */
export class RecordSearchDialog extends Component {
    static template = "sales_process_control.RecordSearchDialog";
    static components = { Dialog, RecordSearch };
    static props = {
        title: { type: String },
        teams: RecordSearch.props.teams,
        onSelect: { type: Function },
        close: { type: Function },
    };

    select(record) {
        this.props.onSelect(record);
        this.props.close();
    }
}

import { Component } from "@odoo/owl";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { _t } from "@web/core/l10n/translation";
import { PeriodPicker } from "./period_picker";

/**
 * Pickers of the period, the team, the salesperson and the company. The default slot is shown beside the picker of the
 * period.
 */
export class QueryPickers extends Component {
    static template = "sales_process_control.QueryPickers";
    static components = { PeriodPicker, RecordSelector };
    static props = {
        /** See `everything` of `makeAddress`. */
        query: { type: Object },
        /** What the server answers besides the blocks; null until then. */
        answer: { type: [Object, { value: null }] },
        /** Called with what was chosen, for example {teamId}. */
        onChoose: { type: Function },
        /** What the pickers are for, read by screen readers. */
        label: { type: String },
        /** What is chosen by the period, read by screen readers. */
        periodLabel: { type: String, optional: true },
        /** Words beside the pickers. */
        note: { type: String, optional: true },
        slots: { type: Object, optional: true },
    };
    static defaultProps = { note: "" };

    get periodLabel() {
        return this.props.periodLabel || _t("Period");
    }

    get periods() {
        return this.props.answer?.periods || [];
    }

    get companies() {
        return this.props.answer?.companies || [];
    }

    get mayCompareAll() {
        return Boolean(this.props.answer?.may_compare_all);
    }

    get team() {
        return {
            resModel: "crm.team",
            resId: this.props.query.teamId,
            fieldString: _t("Sales Team"),
            placeholder: _t("All teams"),
            domain: [],
            update: (id) => this.props.onChoose({ teamId: id }),
        };
    }

    get salesperson() {
        return {
            resModel: "res.users",
            resId: this.props.query.userId,
            fieldString: _t("Salesperson"),
            placeholder: _t("All salespeople"),
            domain: this.props.answer?.seller_domain || [["share", "=", false]],
            context: { active_test: false },
            update: (id) => this.props.onChoose({ userId: id }),
        };
    }

    onCompany(ev) {
        this.props.onChoose({ companyId: Number(ev.target.value) || false });
    }
}

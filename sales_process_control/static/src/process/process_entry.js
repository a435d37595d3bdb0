import { Component } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { ReactionPicker } from "../kit/reaction/reaction_picker";
import { LongText } from "./long_text";
import { dateLabel, dayOf } from "./process_words";

/** One thing that was done, as a list item: what, when, by whom, what the customer said and how they took it. */
export class ProcessEntry extends Component {
    static template = "sales_process_control.ProcessEntry";
    static components = { LongText, ReactionPicker };
    static props = {
        entry: {
            type: Object,
            shape: {
                id: Number,
                date: String,
                what: String,
                is_step: Boolean,
                words: String,
                is_cut: Boolean,
                "*": true,
            },
        },
        /** Gets the entry, and answers with all that the customer said. */
        readWords: { type: Function },
    };

    get about() {
        const { date, user_name: name } = this.props.entry;
        return name ? _t("%(day)s, %(name)s", { day: dayOf(date), name }) : dayOf(date);
    }

    /** What was recorded beside the words. */
    get facts() {
        const { likelihood, date_deadline: closing, budget, currency_id: currencyId } = this.props.entry;
        const facts = [];
        if (likelihood) {
            facts.push(_t("Likelihood %s%", formatFloat(likelihood, { digits: [16, 0] })));
        }
        if (closing) {
            facts.push(_t("Closing %s", dateLabel(closing)));
        }
        if (budget) {
            facts.push(_t("Budget %s", formatCurrency(budget, currencyId)));
        }
        return facts.join(" · ");
    }

    readAll() {
        return this.props.readWords(this.props.entry);
    }
}

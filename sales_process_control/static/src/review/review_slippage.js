import { useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { NumbersTable, NumbersToggle } from "../screen/numbers_table";
import { SlippageChart } from "./charts/month_charts";
import { ReviewBlock } from "./review_block";
import { countLabel } from "../kit/numbers";
import { joinedPhrases } from "../kit/text_lists";

/** What became of the deals that were expected to close in each month. */
export class ReviewSlippage extends ReviewBlock {
    static template = "sales_process_control.ReviewSlippage";
    static components = { ...ReviewBlock.components, NumbersTable, NumbersToggle, SlippageChart };

    setup() {
        this.state = useState({ isShown: false });
    }

    get isEmpty() {
        return !!this.props.data && !this.props.data.slippage.some(({ due }) => due.value);
    }

    /** Outcomes from the bottom of the columns up. */
    get outcomes() {
        return [
            { key: "won", tone: "success", label: _t("won in the month") },
            { key: "pushed", tone: "warning", label: _t("pushed out") },
            { key: "lost", tone: "danger", label: _t("lost in the month") },
            { key: "open", tone: "blue", label: _t("open") },
            { key: "removed", tone: "grey", label: _t("removed") },
        ].filter(({ key }) => this.props.data.slippage.some((month) => month[key].value));
    }

    get months() {
        return this.props.data.slippage.map((month) => ({
            key: month.month,
            name: month.name,
            number: month.due,
            label: joinedPhrases([
                _t("%(month)s: %(count)s due", { month: month.name, count: countLabel(month.due.value) }),
                ...this.outcomes.map(({ key, label }) =>
                    _t("%(count)s %(outcome)s", { count: countLabel(month[key].value), outcome: label })
                ),
            ]),
            parts: Object.fromEntries(this.outcomes.map(({ key }) => [key, month[key].value])),
        }));
    }

    get columns() {
        return [_t("Month"), _t("Due"), _t("Won"), _t("Pushed out"), _t("Lost"), _t("Open"), _t("Removed")];
    }

    get rows() {
        return this.props.data.slippage.map((month) => ({
            key: month.month,
            name: month.name,
            cells: ["due", "won", "pushed", "lost", "open", "removed"].map((key) => ({
                label: countLabel(month[key].value),
                number: month[key],
            })),
        }));
    }
}

import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { daysLabel } from "../kit/stage_days";
import { countLabel, isKnown, moneyLabel, percentLabel, shortMoneyLabel } from "../kit/numbers";
import { ForecastBlock } from "./forecast_block";
import { shortDayLabel } from "../screen/short_labels";

/** Where the expected part comes from: the open deals that add most to it. */
export class ForecastDeals extends ForecastBlock {
    static template = "sales_process_control.ForecastDeals";

    setup() {
        this.action = useService("action");
    }

    get isEmpty() {
        return !!this.props.data && !this.props.data.deals.length;
    }

    /** Without chances the deals are there, but nothing can be said of them. */
    get emptyLabel() {
        const { all, is_known: isKnownYet } = this.props.data;
        return all.value && !isKnownYet
            ? _t("The chances of the open deals are not known yet: too few deals were won or lost.")
            : _t("No open deals.");
    }

    get allLabel() {
        const { value } = this.props.data.all;
        return value === 1 ? _t("The one open deal") : _t("All %s deals", countLabel(value));
    }

    /** What of the expected part the deals add up to; empty if these are all deals. */
    get shareLabel() {
        const { deals, shown_amount: shown, expected_amount: expected, all } = this.props.data;
        return deals.length < all.value && expected
            ? _t("These %(count)s: %(shown)s of the expected %(expected)s", {
                  count: deals.length,
                  shown: shortMoneyLabel(shown, this.currencyId),
                  expected: shortMoneyLabel(expected, this.currencyId),
              })
            : "";
    }

    get columns() {
        const { start, end, today, period_name: period } = this.props.answer;
        const inPeriod = start > today ? _t("In %s", period) : _t("By %s", shortDayLabel(end));
        return [
            { key: "amount", label: _t("Amount") },
            { key: "chance_in_period", label: inPeriod },
            { key: "chance", label: _t("In the end") },
        ];
    }

    get deals() {
        return this.props.data.deals.map((deal) => ({
            ...deal,
            stage: _t("%(stage)s, %(days)s", { stage: deal.stage_name, days: daysLabel(deal.stage_days) }),
            cells: {
                amount: deal.amount ? moneyLabel(deal.amount, deal.currency_id) : _t("none"),
                chance_in_period: percentLabel(deal.chance_in_period),
                chance: isKnown(deal.chance) ? percentLabel(deal.chance) : _t("not known yet"),
            },
        }));
    }

    open(deal, newWindow) {
        return this.action.doAction(
            { type: "ir.actions.act_window", res_model: "crm.lead", res_id: deal.id, views: [[false, "form"]] },
            { newWindow }
        );
    }
}

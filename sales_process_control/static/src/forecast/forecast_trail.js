import { useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { NumbersTable, NumbersToggle } from "../screen/numbers_table";
import { isKnown, moneyLabel, shortMoneyLabel } from "../kit/numbers";
import { dayLabel, ofLabel } from "../screen/number_labels";
import { TrailChart } from "./charts/trail_chart";
import { ForecastBlock } from "./forecast_block";
import { shortDayLabel } from "../screen/short_labels";

/** The forecasts of the period that were stored night by night, with what was won so far and the target. */
export class ForecastTrail extends ForecastBlock {
    static template = "sales_process_control.ForecastTrail";
    static components = { ...ForecastBlock.components, NumbersTable, NumbersToggle, TrailChart };

    setup() {
        this.state = useState({ isShown: false });
    }

    get isEmpty() {
        return !!this.props.data && !this.props.data.days.length;
    }

    get days() {
        return this.props.data.days;
    }

    /** One forecast makes no line. */
    get isLine() {
        return this.days.length > 1;
    }

    get chart() {
        const { start, end, today } = this.props.answer;
        return {
            days: this.days,
            target: this.props.data.target,
            last: start > today ? this.days.at(-1).day : end,
            format: (value) => shortMoneyLabel(value, this.currencyId),
        };
    }

    /** What the lines show in one sentence: the first and the last forecast. */
    get sentence() {
        const [first, last] = [this.days[0], this.days.at(-1)];
        const values = {
            first: shortDayLabel(first.day),
            was: shortMoneyLabel(first.total_amount, this.currencyId),
            last: shortDayLabel(last.day),
            is: shortMoneyLabel(last.total_amount, this.currencyId),
            won: shortMoneyLabel(last.won_amount, this.currencyId),
        };
        return this.isLine
            ? _t("Expected on %(first)s: %(was)s. On %(last)s: %(is)s, of which %(won)s was won.", values)
            : _t("Expected on %(last)s: %(is)s, of which %(won)s was won.", values);
    }

    get legend() {
        const entries = [
            { key: "forecast", label: _t("forecast, with its range") },
            { key: "won", label: _t("won so far") },
        ];
        if (isKnown(this.props.data.target)) {
            entries.push({ key: "target", label: _t("target %s", this.chart.format(this.props.data.target)) });
        }
        return entries;
    }

    get columns() {
        return [_t("As of"), _t("Forecast"), _t("Range from"), _t("Range to"), _t("Won")];
    }

    /** The newest first. */
    get rows() {
        const money = (amount) => ({ label: moneyLabel(amount, this.currencyId) });
        return this.days.toReversed().map((day) => ({
            key: day.day,
            name: dayLabel(day.day),
            cells: [day.total_amount, day.amount_low, day.amount_high, day.won_amount].map(money),
        }));
    }

    /** In how many forecasts amounts are missing; empty if in none. */
    get withoutRate() {
        const { without_rate: count, days } = this.props.data;
        return count
            ? _t("In %s, amounts in a currency without an exchange rate count as 0.", ofLabel(count, days.length))
            : "";
    }

    get hasRebuilt() {
        return this.days.some((day) => day.is_rebuilt);
    }
}

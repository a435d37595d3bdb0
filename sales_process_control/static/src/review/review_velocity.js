import { markup, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { countLabel, isKnown, moneyLabel, percentLabel, shortMoneyLabel } from "../kit/numbers";
import { NumbersTable, NumbersToggle } from "../screen/numbers_table";
import { VelocityChart } from "./charts/month_charts";
import { ReviewBlock } from "./review_block";
import { daysOrUnknown } from "../screen/conversion_labels";

/** Sales velocity: the amount that the open deals bring in a day, as of now and through the months. */
export class ReviewVelocity extends ReviewBlock {
    static template = "sales_process_control.ReviewVelocity";
    static components = { ...ReviewBlock.components, NumbersTable, NumbersToggle, VelocityChart };

    setup() {
        this.state = useState({ isShown: false });
        this.format = (value) => shortMoneyLabel(value, this.currencyId);
    }

    get velocity() {
        return this.props.data.velocity;
    }

    get currencyId() {
        return this.props.data.currency_id;
    }

    get value() {
        const { value } = this.velocity;
        return isKnown(value) ? _t("%s per day", markup`<b>${moneyLabel(value, this.currencyId)}</b>`) : "";
    }

    /** Why the velocity is not known. */
    get reason() {
        return this.velocity.reason || _t("Not known yet: too few deals were won or lost.");
    }

    get openItems() {
        const { open } = this.velocity;
        const label = open.value === 1 ? _t("1 open deal") : _t("%s open deals", countLabel(open.value));
        return [{ number: open, label }];
    }

    /** The factors besides the open deals. */
    get formula() {
        const { rate, average, cycle } = this.velocity;
        const unknown = _t("not known yet");
        return _t("× win rate %(rate)s × average won amount %(average)s ÷ sales cycle %(cycle)s", {
            rate: percentLabel(rate) || unknown,
            average: isKnown(average) ? moneyLabel(average, this.currencyId) : unknown,
            cycle: daysOrUnknown(cycle),
        });
    }

    /** Twelve months may have enough deals where the chosen period has not. */
    get trendLabel() {
        const { value } = this.velocity.trend.at(-1);
        return isKnown(value)
            ? _t("By the twelve months up to each month end; now %s a day", moneyLabel(value, this.currencyId))
            : _t("By the twelve months up to each month end");
    }

    get months() {
        return this.velocity.trend.map(({ name, value }) => ({ name, value: isKnown(value) ? value : null }));
    }

    get hasTrend() {
        return this.months.some(({ value }) => value !== null);
    }

    get columns() {
        return [_t("Month"), _t("Per day")];
    }

    get rows() {
        return this.velocity.trend.map(({ month, name, value }) => ({
            key: month,
            name,
            cells: [
                {
                    label: isKnown(value) ? moneyLabel(value, this.currencyId) : _t("not known yet"),
                },
            ],
        }));
    }
}

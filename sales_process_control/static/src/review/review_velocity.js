import { markup, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";
import { NumbersTable, NumbersToggle } from "../screen/numbers_table";
import { VelocityChart } from "./charts/month_charts";
import { ReviewBlock } from "./review_block";
import { daysOrUnknown } from "../screen/conversion_labels";
import { countLabel, isKnown, moneyLabel, percentLabel } from "../screen/number_labels";

/** Sales velocity: the amount that the open deals bring in a day, as of now and through the months. */
export class ReviewVelocity extends ReviewBlock {
    static template = "sales_process_control.ReviewVelocity";
    static components = { ...ReviewBlock.components, NumbersTable, NumbersToggle, VelocityChart };

    setup() {
        this.state = useState({ isShown: false });
        this.format = (value) => formatFloat(value, { humanReadable: true, decimals: 0, minDigits: 2 });
    }

    get velocity() {
        return this.props.data.velocity;
    }

    get value() {
        const { value } = this.velocity;
        return isKnown(value) ? _t("%s a day", markup`<b>${moneyLabel(value, this.props.data.currency_id)}</b>`) : "";
    }

    /** Why the velocity is not known. */
    get reason() {
        return this.velocity.reason || _t("Not known yet: too few deals were won or lost.");
    }

    get openItems() {
        const { open } = this.velocity;
        return [{ number: open, label: _t("%s open deals", countLabel(open.value)) }];
    }

    /** The factors besides the open deals. */
    get formula() {
        const { rate, average, cycle } = this.velocity;
        const unknown = _t("not known yet");
        return _t("× win rate %(rate)s × average won amount %(average)s ÷ sales cycle %(cycle)s", {
            rate: percentLabel(rate) || unknown,
            average: isKnown(average) ? moneyLabel(average, this.props.data.currency_id) : unknown,
            cycle: daysOrUnknown(cycle),
        });
    }

    get months() {
        return this.velocity.trend.map(({ name, value }) => ({ name, value: isKnown(value) ? value : null }));
    }

    get hasTrend() {
        return this.months.some(({ value }) => value !== null);
    }

    get columns() {
        return [_t("Month"), _t("A day")];
    }

    get rows() {
        return this.velocity.trend.map(({ month, name, value }) => ({
            key: month,
            name,
            cells: [
                {
                    label: isKnown(value) ? moneyLabel(value, this.props.data.currency_id) : _t("not known yet"),
                },
            ],
        }));
    }
}

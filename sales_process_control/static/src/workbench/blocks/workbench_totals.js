import { _t } from "@web/core/l10n/translation";
import { countLabel, isKnown, moneyLabel, timesLabel } from "../../kit/numbers";
import { leftOutLabel } from "../../screen/left_out";
import { dealsLabel } from "../../screen/number_labels";
import { shortDayLabel } from "../../screen/short_labels";
import { WorkbenchBlock, workbenchBlocks } from "../workbench_block";

/** Row of totals: open, expected, won, target and gap of the month, and hot. */
export class WorkbenchTotals extends WorkbenchBlock {
    static template = "sales_process_control.WorkbenchTotals";

    money(amount) {
        return moneyLabel(amount, this.props.data.currency_id);
    }

    /** Totals in their order, each with a number that opens records, or with a text only. */
    get totals() {
        const { open, won, hot } = this.props.data;
        return [
            {
                key: "open",
                label: _t("Open"),
                number: open,
                text: this.money(open.amount),
                note: dealsLabel(open.value),
            },
            this.expected,
            { key: "won", label: _t("Won"), number: won, text: this.money(won.amount), note: dealsLabel(won.value) },
            this.target,
            this.gap,
            {
                key: "hot",
                label: _t("Hot"),
                number: hot,
                text: this.money(hot.amount),
                note: this.flagsLabel(hot.value),
            },
        ];
    }

    flagsLabel(count) {
        return count === 1 ? _t("1 flag") : _t("%s flags", countLabel(count));
    }

    get expected() {
        const { expected, expected_amount: amount, is_known: isKnownYet, until } = this.props.data;
        const total = { key: "expected", label: _t("Expected by chance") };
        return isKnownYet
            ? {
                  ...total,
                  number: expected,
                  text: this.money(amount),
                  // Near the end of the month little is expected: the day says why.
                  note: _t("from open deals, until %s", shortDayLabel(until)),
              }
            : { ...total, text: _t("not known yet"), note: _t("too few deals were won or lost") };
    }

    get target() {
        const { target, period_name: period, without_target: names } = this.props.data;
        const note = names ? _t("%(period)s, none for %(names)s", { period, names }) : period;
        // A target of the company or the team is none of the salesperson's.
        const total = { key: "target", label: this.props.isMine ? _t("My target") : _t("Target"), note };
        return target
            ? { ...total, number: target, text: this.money(target.amount) }
            : { ...total, text: _t("not set") };
    }

    /** How far the forecast is from the target; what is won and expected are parts of the forecast. */
    get gap() {
        const { gap, is_reached: isReached, coverage } = this.props.data;
        let text = _t("not known");
        if (isReached) {
            text = _t("reached");
        } else if (isKnown(gap)) {
            const amount = this.money(Math.abs(gap));
            text = gap < 0 ? _t("%s below", amount) : _t("%s above", amount);
        }
        const note = isKnown(coverage) ? _t("open deals are %s what is still to be won", timesLabel(coverage)) : "";
        return { key: "gap", label: _t("Forecast and target"), text, note };
    }

    get remark() {
        return leftOutLabel(this.props.data.left_out);
    }
}

workbenchBlocks.add(
    "totals",
    { component: WorkbenchTotals, title: _t("Totals"), isLater: true, dependsOn: ["flag"] },
    { sequence: 5 }
);

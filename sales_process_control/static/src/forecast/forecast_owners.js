import { _t } from "@web/core/l10n/translation";
import { countLabel, isKnown, moneyLabel, shortMoneyLabel, signedLabel, timesLabel } from "../kit/numbers";
import { ForecastBlock } from "./forecast_block";
import { leftOutLabel } from "../screen/left_out";
import { monthsOfTargetLabel } from "../screen/target_labels";

/** The forecast by team and by salesperson: tables with won, expected, forecast, target, gap and coverage. */
export class ForecastOwners extends ForecastBlock {
    static template = "sales_process_control.ForecastOwners";

    get isEmpty() {
        return !!this.props.data && !this.props.data.sellers.rows.length;
    }

    get tables() {
        const { teams, sellers } = this.props.data;
        const tables = [{ key: "sellers", name: _t("Salesperson"), caption: _t("By salesperson"), ...sellers }];
        if (teams) {
            tables.unshift({ key: "teams", name: _t("Team"), caption: _t("By team"), ...teams });
        }
        return tables.map((table) => ({
            ...table,
            columns: this.getColumns(table.has_targets),
            rows: table.rows.map((row) => this.describe(row)),
            leftOut: leftOutLabel(table.left_out),
            moreLabel: table.more ? _t("and %s more", countLabel(table.more)) : "",
        }));
    }

    getColumns(hasTargets) {
        const columns = [
            { key: "won", label: _t("Won") },
            { key: "expected", label: _t("Expected"), title: _t("From open deals, in the rest of the period") },
            { key: "total", label: _t("Forecast"), title: _t("Won, expected from open deals and still to come") },
        ];
        if (hasTargets) {
            columns.push(
                { key: "target", label: _t("Target") },
                { key: "gap", label: _t("Gap"), title: _t("Forecast minus target") },
                {
                    key: "coverage",
                    label: _t("Coverage"),
                    title: _t("Amount of the open deals divided by what is still to be won (target − won)"),
                }
            );
        }
        return columns;
    }

    describe(row) {
        return {
            key: String(row.id),
            name: row.name,
            cells: {
                won: { number: row.won, label: this.format(row.won.amount) },
                expected: { number: row.open, label: this.orUnknown(row.expected) },
                total: { label: this.orUnknown(row.total) },
                target: row.target
                    ? {
                          number: row.target,
                          label: this.format(row.target.amount),
                          note: monthsOfTargetLabel(row.target_months, row.all_months, row.incomplete),
                      }
                    : { label: _t("none") },
                gap: row.target ? this.getGap(row) : { label: "" },
                coverage: { label: row.target ? this.getCoverage(row) : "" },
            },
        };
    }

    format(amount) {
        return isKnown(amount) ? shortMoneyLabel(amount, this.currencyId) : "";
    }

    orUnknown(amount) {
        return isKnown(amount) ? this.format(amount) : _t("not known yet");
    }

    /** The sign says the same as the colour. */
    getGap({ gap }) {
        if (!isKnown(gap)) {
            return { label: _t("not known yet") };
        }
        return {
            label: signedLabel(shortMoneyLabel(gap, this.currencyId), gap),
            title: moneyLabel(gap, this.currencyId),
            className: gap < 0 ? "o_forecast_behind" : "o_forecast_ahead",
        };
    }

    /** How many times the open deals are worth what is missing. */
    getCoverage({ is_reached: isReached, coverage }) {
        return isReached ? _t("reached") : timesLabel(coverage);
    }
}

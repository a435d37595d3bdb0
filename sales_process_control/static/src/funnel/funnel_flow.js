import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Block, frameOf } from "../kit/block/block";
import { RecordNumber } from "../kit/record_number/record_number";
import { BLOCK_PROPS, worthShowing } from "./funnel_block";
import { dayLabel, fullLabel, shortLabel, valueOf } from "./funnel_words";

const STRENGTHS = 3;

/** From which stage to which one the deals went between the two days. */
export class FunnelFlow extends Component {
    static template = "sales_process_control.FunnelFlow";
    static components = { Block, RecordNumber };
    static props = { ...BLOCK_PROPS };

    get frame() {
        return frameOf(this.props);
    }

    get isEmpty() {
        return !!this.props.data && !this.props.data.flow.rows.length;
    }

    get explanation() {
        const { before, day } = this.props.data;
        return _t("from %(before)s (rows) to %(day)s (columns); green forward, red back, grey did not move", {
            before: dayLabel(before),
            day: dayLabel(day),
        });
    }

    get caption() {
        const { before, day } = this.props.data;
        return _t("Where deals went from %(before)s to %(day)s", { before: dayLabel(before), day: dayLabel(day) });
    }

    get columns() {
        const { columns, rows } = this.props.data.flow;
        const reached = new Set(rows.flatMap(({ cells }) => cells.map(({ key }) => key)));
        return worthShowing(columns, ({ key }) => !reached.has(key));
    }

    /** The most that went one way: what comes near it is shown strongly. */
    get most() {
        const cells = this.props.data.flow.rows.flatMap((row) => row.cells);
        return Math.max(1, ...cells.map(({ number }) => number.value));
    }

    /** The server tells of those from where, and to where, deals went. */
    get rows() {
        const { columns, most } = this;
        return this.props.data.flow.rows.map((row) => {
            const cells = Object.fromEntries(row.cells.map((cell) => [cell.key, cell]));
            return {
                ...row,
                cells: columns.map(({ key }) => this.cell(key, cells[key], most)),
                total: this.totalOf(row.cells),
            };
        });
    }

    /** How many deals came to each column, and all of them. Amounts are those of the day before: rows add up, not columns. */
    get totals() {
        const cells = this.props.data.flow.rows.flatMap((row) => row.cells);
        const sums = this.columns.map(({ key }) => this.totalOf(cells.filter((cell) => cell.key === key)).count);
        return [...sums, this.totalOf(cells).count];
    }

    get remark() {
        const { measure, data } = this.props;
        return measure === "count"
            ? ""
            : _t("amounts as on %s; of deals that came in, those of their end", dayLabel(data.before));
    }

    cell(key, told, most) {
        if (!told) {
            return { key };
        }
        const { direction, number } = told;
        return {
            key,
            number,
            direction,
            strength: Math.ceil((STRENGTHS * number.value) / most),
            count: fullLabel(number.value, "count"),
            amount: this.amountOf(number),
        };
    }

    /** What goes with the count where money is measured. */
    amountOf(number) {
        const { measure } = this.props;
        return measure === "count" || !number.value ? "" : shortLabel(valueOf(number, measure), measure);
    }

    totalOf(cells) {
        const sum = { value: 0, amount: 0, weighted: 0 };
        for (const { number } of cells) {
            sum.value += number.value;
            sum.amount += number.amount;
            sum.weighted += number.weighted;
        }
        return { count: fullLabel(sum.value, "count"), amount: this.amountOf(sum) };
    }
}

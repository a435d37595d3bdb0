import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Block, frameOf } from "../screen/block";
import { EmptyState } from "../screen/empty_state";
import { dayLabel } from "../screen/number_labels";
import { RecordNumber } from "../screen/record_number";
import { BLOCK_PROPS, classOf, COMPARISON_PROPS, hideEmptyIfMany } from "./funnel_block";
import { fullLabel, shortLabel, valueOf } from "./funnel_labels";

/** Number of background shades of the cells. */
const STRENGTHS = 3;

/** Block with a matrix: how many deals went from each stage to each other stage between the two days. */
export class FunnelFlow extends Component {
    static template = "sales_process_control.FunnelFlow";
    static components = { Block, EmptyState, RecordNumber };
    static props = { ...BLOCK_PROPS, ...COMPARISON_PROPS };

    get frame() {
        return { ...frameOf(this.props), className: classOf("o_funnel_flow", this.props) };
    }

    get isEmpty() {
        return !!this.props.data && !this.props.data.flow.rows.length;
    }

    get explanation() {
        const { before, day } = this.props.data;
        return _t(
            "from %(before)s (rows) to %(day)s (columns): green moved forward, red moved back, gray did not move",
            {
                before: dayLabel(before),
                day: dayLabel(day),
            }
        );
    }

    get caption() {
        if (this.props.isWaiting) {
            return _t("Where deals went");
        }
        const { before, day } = this.props.data;
        return _t("Where deals went from %(before)s to %(day)s", { before: dayLabel(before), day: dayLabel(day) });
    }

    get columns() {
        const { columns, rows } = this.props.data.flow;
        const reached = new Set(rows.flatMap(({ cells }) => cells.map(({ key }) => key)));
        return hideEmptyIfMany(columns, ({ key }) => !reached.has(key));
    }

    /** Largest count of a cell; the shades of the cells are relative to it. */
    get largestCount() {
        const cells = this.props.data.flow.rows.flatMap((row) => row.cells);
        return Math.max(1, ...cells.map(({ number }) => number.value));
    }

    /** Rows with a cell for each column. The server sends only the cells that have deals. */
    get rows() {
        const { columns, largestCount } = this;
        return this.props.data.flow.rows.map((row) => {
            const cells = Object.fromEntries(row.cells.map((cell) => [cell.key, cell]));
            return {
                ...row,
                cells: columns.map(({ key }) => this.getCell(key, cells[key], largestCount)),
                total: this.getTotal(row.cells),
            };
        });
    }

    /**
     * Counts of the columns and of the whole matrix. There are no amounts: they are those of the earlier day, so that only
     * rows add up to a meaningful sum.
     */
    get totals() {
        const cells = this.props.data.flow.rows.flatMap((row) => row.cells);
        const sums = this.columns.map(({ key }) => this.getTotal(cells.filter((cell) => cell.key === key)).count);
        return [...sums, this.getTotal(cells).count];
    }

    get remark() {
        const { measure, data } = this.props;
        return measure === "count" || this.props.isWaiting
            ? ""
            : _t("amounts as on %(before)s; for deals that came in since, as on %(day)s or when they left", {
                  before: dayLabel(data.before),
                  day: dayLabel(data.day),
              });
    }

    getCell(key, serverCell, largestCount) {
        if (!serverCell) {
            return { key };
        }
        const { direction, number } = serverCell;
        return {
            key,
            number,
            direction,
            strength: Math.ceil((STRENGTHS * number.value) / largestCount),
            count: fullLabel(number.value, "count"),
            amount: this.getAmountLabel(number),
        };
    }

    /** Return the amount below the count of a cell; empty if counts are measured. */
    getAmountLabel(number) {
        const { measure } = this.props;
        return measure === "count" || !number.value ? "" : shortLabel(valueOf(number, measure), measure);
    }

    getTotal(cells) {
        const sum = { value: 0, amount: 0, weighted: 0, expected: 0 };
        for (const { number } of cells) {
            sum.value += number.value;
            sum.amount += number.amount;
            sum.weighted += number.weighted;
            sum.expected += number.expected;
        }
        return { count: fullLabel(sum.value, "count"), amount: this.getAmountLabel(sum) };
    }
}

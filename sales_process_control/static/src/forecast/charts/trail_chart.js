import { Component } from "@odoo/owl";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { useChart } from "../../screen/charts/chart";
import { mix } from "../../screen/charts/chart_palette";
import { shortDayLabel } from "../../screen/short_labels";

/** Return the days from one serialized date to another. */
function daysBetween(first, last) {
    return Math.round(deserializeDate(last).diff(deserializeDate(first), "days").days);
}

/** Lines of the stored forecasts with their range as a band, of what was won so far, and of the target. */
export class TrailChart extends Component {
    static template = "sales_process_control.TrailChart";
    static props = {
        /** Days in their order: {day, total_amount, amount_low, amount_high, won_amount}. */
        days: { type: Array, element: Object },
        /** The last day of the axis, serialized. */
        last: { type: String },
        target: { type: [Number, { value: false }] },
        /** Returns the label of a value on the axis. */
        format: { type: Function },
    };

    setup() {
        useChart("canvas", (palette, isRightToLeft) => this.configure(palette, isRightToLeft));
    }

    get points() {
        const { days } = this.props;
        return (name) => days.map((day) => ({ x: daysBetween(days[0].day, day.day), y: day[name] }));
    }

    getLines(palette) {
        const line = (name, color, more = {}) => ({
            data: this.points(name),
            borderColor: color,
            borderWidth: 2,
            pointRadius: 0,
            fill: false,
            ...more,
        });
        // The band is drawn behind the lines.
        const edge = { order: 1, borderWidth: 0, backgroundColor: mix(palette.primary, palette.ground, 0.18) };
        return [
            line("amount_low", palette.primary, edge),
            line("amount_high", palette.primary, { ...edge, fill: "-1" }),
            line("total_amount", palette.primary),
            // Dots tell the lines apart without their colours.
            line("won_amount", palette.success, { pointRadius: 2, pointBackgroundColor: palette.success }),
        ];
    }

    getTarget(palette, width) {
        const { target } = this.props;
        if (typeof target !== "number") {
            return [];
        }
        return [
            {
                data: [
                    { x: 0, y: target },
                    { x: width, y: target },
                ],
                borderColor: palette.text,
                borderDash: [5, 4],
                borderWidth: 1.5,
                pointRadius: 0,
                fill: false,
            },
        ];
    }

    configure(palette, isRightToLeft) {
        const { days, last, format } = this.props;
        const first = days[0].day;
        const width = Math.max(daysBetween(first, last), 1);
        const dayAt = (value) => shortDayLabel(serializeDate(deserializeDate(first).plus({ days: value })));
        return {
            type: "line",
            data: { datasets: [...this.getLines(palette), ...this.getTarget(palette, width)] },
            options: {
                scales: {
                    x: {
                        type: "linear",
                        min: 0,
                        max: width,
                        reverse: isRightToLeft,
                        grid: { display: false },
                        border: { color: palette.line },
                        ticks: {
                            color: palette.muted,
                            maxTicksLimit: 7,
                            includeBounds: false,
                            precision: 0,
                            maxRotation: 0,
                            callback: dayAt,
                        },
                    },
                    y: {
                        beginAtZero: true,
                        position: isRightToLeft ? "right" : "left",
                        grid: { color: mix(palette.line, palette.ground, 0.4) },
                        border: { display: false },
                        ticks: { color: palette.muted, maxTicksLimit: 5, callback: (value) => format(value) },
                    },
                },
            },
        };
    }
}

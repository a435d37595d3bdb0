import { Component, markup } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { daysLabel } from "../kit/stage_days";
import { daysOrUnknown } from "../screen/conversion_labels";
import { countLabel, isKnown } from "../kit/numbers";
import { joinedParts } from "../kit/text_lists";
import { FEW } from "./few";

/**
 * How long deals typically stay in a stage, beside its limit: in words, and as marks on one line. The line is an SVG:
 * attributes of its shapes give their places.
 */
export class StageDwell extends Component {
    static template = "sales_process_control.StageDwell";
    static props = {
        /** Typical length of the visits, see `crm.review.stages`. */
        dwell: { type: Object },
    };

    get isFew() {
        const { visits, median } = this.props.dwell;
        return visits < FEW && !isKnown(median);
    }

    get fewLabel() {
        const { visits } = this.props.dwell;
        return visits === 1
            ? _t("1 visit: too few for a typical length")
            : _t("%s visits: too few for a typical length", countLabel(visits));
    }

    /** The typical lengths as a sentence, in bold. */
    get words() {
        const { median, p90 } = this.props.dwell;
        const days = { half: markup`<b>${this.median}</b>`, most: markup`<b>${this.ninth}</b>` };
        if (!isKnown(median)) {
            return _t("Half leave: %(half)s, nine in ten: %(most)s", days);
        }
        return isKnown(p90)
            ? _t("Half leave within %(half)s, nine in ten within %(most)s", days)
            : _t("Half leave within %(half)s, nine in ten: %(most)s", days);
    }

    get median() {
        return daysOrUnknown(this.props.dwell.median);
    }

    get ninth() {
        return daysOrUnknown(this.props.dwell.p90);
    }

    get limitLabel() {
        const { limit, limit_source: source } = this.props.dwell;
        const days = daysLabel(limit);
        if (source === "default") {
            return _t("Limit %s (default, not set)", days);
        }
        return source === "suggested" ? _t("Limit %s (suggested, not set)", days) : _t("Limit %s", days);
    }

    get isOverLimit() {
        const { median, limit } = this.props.dwell;
        return isKnown(median) && limit > 0 && median > limit;
    }

    /** Marks on the line by their kind; null where nothing is known, or where they lie beyond its end. */
    get marks() {
        const { median, p90, limit, scale } = this.props.dwell;
        const place = (days) => (isKnown(days) && days > 0 ? Math.min(100, (100 * days) / (scale || 1)) : null);
        return { median: place(median), ninth: place(p90), limit: place(limit) };
    }

    get title() {
        const { limit } = this.props.dwell;
        return joinedParts([
            _t("Half leave within: %s", this.median),
            _t("Nine in ten leave within: %s", this.ninth),
            limit > 0 ? this.limitLabel : _t("No limit"),
        ]);
    }
}

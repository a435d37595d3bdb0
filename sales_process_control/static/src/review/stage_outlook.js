import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { countLabel, percentLabel } from "../kit/numbers";
import { FEW } from "./few";

/** Kinds of outcomes in the order of the bar, with their colours. */
const TONES = { went_on: "success", moved_back: "warning", lost: "danger", here: "grey" };

/** What usually happens to deals within some days after entering a stage: one stacked bar, with its shares in words. */
export class StageOutlook extends Component {
    static template = "sales_process_control.StageOutlook";
    static props = {
        /** Shares by days, see `crm.review.stages`. */
        incidence: { type: Array, element: Object },
        days: { type: Number },
        visits: { type: Number },
        /** Whether all that went on were won. */
        goesToWin: { type: Boolean, optional: true },
    };
    static defaultProps = { goesToWin: false };

    get row() {
        return this.props.incidence.find(({ days }) => days === this.props.days);
    }

    get missingLabel() {
        const { visits, days } = this.props;
        if (visits >= FEW) {
            return _t("No visit has lasted %s days yet.", days);
        }
        return visits === 1
            ? _t("1 visit: too few to say what usually happens")
            : _t("%s visits: too few to say what usually happens", countLabel(visits));
    }

    get heading() {
        return _t("What usually happens within %s days", this.props.days);
    }

    get segments() {
        const labels = {
            went_on: this.props.goesToWin ? _t("won") : _t("moved on"),
            moved_back: _t("moved back"),
            lost: _t("lost"),
            here: _t("still here"),
        };
        const segments = Object.entries(TONES).map(([key, tone]) => {
            const share = this.row[key] || 0;
            return {
                key,
                tone,
                share,
                style: `--o-share: ${share}`,
                label: _t("%(share)s %(outcome)s", { share: percentLabel(share), outcome: labels[key] }),
            };
        });
        // What rounds to 0% would only lengthen the list.
        return segments.filter(({ share }) => share >= 0.005);
    }
}

import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { countLabel, dealsLabel, isKnown } from "../screen/number_labels";
import { shortMoneyLabel } from "../screen/short_labels";

/** A total of the Deal Review. A tile with deals is a button that filters the list by them. */
export class DealReviewTile extends Component {
    static template = "sales_process_control.DealReviewTile";
    static props = {
        tile: {
            type: Object,
            shape: {
                key: String,
                name: String,
                value: [Number, { value: false }],
                amount: [Number, { value: false }],
                "*": true,
            },
        },
        /** Answer of the server that the tile is part of. */
        answer: { type: Object },
        isPressed: { type: Boolean },
        onToggle: { type: Function },
    };

    /** Whether the tile has deals that the list can show. */
    get hasDeals() {
        return Boolean(this.props.tile.domain);
    }

    money(amount) {
        return shortMoneyLabel(amount, this.props.answer.currency_id);
    }

    /** What is written large: how many deals, with which amount. */
    get label() {
        const { key, value, amount } = this.props.tile;
        if (key === "expected" || key === "target") {
            return isKnown(amount) ? this.money(amount) : _t("not known yet");
        }
        // What was lost is less in the pipeline; the tile's name says so.
        const shown = key === "lost" && isKnown(amount) ? Math.abs(amount) : amount;
        return _t("%(count)s · %(amount)s", { count: countLabel(value), amount: this.money(shown) });
    }

    /** What is written below. */
    get remarks() {
        const { key, rest } = this.props.tile;
        const remarks = this[`${key}Remarks`]?.() || [];
        if (rest?.value || rest?.amount) {
            remarks.push(
                _t("%(deals)s of %(amount)s not listed", {
                    deals: dealsLabel(rest.value),
                    amount: this.money(rest.amount),
                })
            );
        }
        return remarks;
    }

    openRemarks() {
        const { change } = this.props.tile;
        if (!change || !(change.value || change.amount)) {
            return [];
        }
        return [
            _t("%(sign)s %(count)s · %(amount)s", {
                sign: (change.amount || change.value) < 0 ? "▼" : "▲",
                count: countLabel(Math.abs(change.value)),
                amount: this.money(Math.abs(change.amount)),
            }),
        ];
    }

    expectedRemarks() {
        const { low, high } = this.props.tile;
        return isKnown(low) ? [_t("%(low)s to %(high)s", { low: this.money(low), high: this.money(high) })] : [];
    }

    targetRemarks() {
        const { gap, coverage } = this.props.tile;
        const remarks = isKnown(gap) ? [_t("gap %s", this.money(gap))] : [];
        return isKnown(coverage) ? [...remarks, _t("coverage %s", coverage.toFixed(1))] : remarks;
    }
}

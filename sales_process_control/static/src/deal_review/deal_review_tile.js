import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { countLabel, isKnown, isZeroLabel, shortMoneyLabel, timesLabel } from "../kit/numbers";
import { dealsLabel } from "../screen/number_labels";
import { RecordNumber } from "../screen/record_number";
import { monthsOfTargetLabel } from "../screen/target_labels";

const TARGETS_ACTION = "sales_process_control.crm_sales_target_action";

/** Return the sign of a change that is not 0. */
function signOf(change) {
    return change < 0 ? "▼" : "▲";
}

/** A total of the Deal Review. A tile with deals is a button that filters the list by them. */
export class DealReviewTile extends Component {
    static template = "sales_process_control.DealReviewTile";
    static components = { RecordNumber };
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
        currencyId: { type: [Number, { value: false }] },
        /** Whether the numbers of a tile that is read later could not be read. */
        hasFailed: { type: Boolean },
        maySetTarget: { type: Boolean },
        isPressed: { type: Boolean },
        onToggle: { type: Function },
    };

    setup() {
        this.action = useService("action");
    }

    /** Whether the tile has deals that the list can show. */
    get hasDeals() {
        return Boolean(this.props.tile.domain);
    }

    /** Whether the numbers of the tile are being read. */
    get isWaiting() {
        return Boolean(this.props.tile.is_later) && !this.props.hasFailed;
    }

    /** Records of the target. */
    get number() {
        const { key, number } = this.props.tile;
        return key === "target" && number;
    }

    /** Whether no target is set that the forecast can be compared with. */
    get lacksTarget() {
        const { key, is_later: isLater, amount } = this.props.tile;
        return key === "target" && !isLater && !isKnown(amount);
    }

    money(amount) {
        return shortMoneyLabel(amount, this.props.currencyId);
    }

    /** What is written large: how many deals, with which amount. */
    get label() {
        const { key, value, amount, is_later: isLater } = this.props.tile;
        if (isLater) {
            return _t("not read");
        }
        if (this.lacksTarget) {
            return _t("no target set");
        }
        if (key === "expected" || key === "target") {
            return isKnown(amount) ? this.money(amount) : _t("not known yet");
        }
        return _t("%(count)s · %(amount)s", { count: countLabel(value), amount: this.money(this.shown(amount)) });
    }

    /** What was lost is less in the pipeline; the name of the tile says so. */
    shown(amount) {
        return this.props.tile.key === "lost" && amount ? -amount : amount;
    }

    /** What is written below. */
    get remarks() {
        const { key, rest, is_later: isLater } = this.props.tile;
        const remarks = (!isLater && this[`${key}Remarks`]?.()) || [];
        const restLabel = rest ? this.money(this.shown(rest.amount)) : "";
        if (rest?.value || !isZeroLabel(restLabel)) {
            remarks.push(
                _t("%(deals)s of %(amount)s not listed", { deals: dealsLabel(rest.value), amount: restLabel })
            );
        }
        return remarks;
    }

    /** The number of deals and their amount may change in opposite directions. Then each has a sign of its own. */
    openRemarks() {
        const { value = 0, amount = 0 } = this.props.tile.change || {};
        const parts = [
            { sign: signOf(value), text: countLabel(Math.abs(value)) },
            { sign: signOf(amount), text: this.money(Math.abs(amount)) },
        ].filter(({ text }) => !isZeroLabel(text));
        if (!parts.length) {
            return [];
        }
        const [first, second] = parts.map(({ sign, text }) => `${sign} ${text}`);
        if (!second) {
            return [first];
        }
        return [
            _t("%(count)s · %(amount)s", {
                count: first,
                amount: parts[0].sign === parts[1].sign ? parts[1].text : second,
            }),
        ];
    }

    expectedRemarks() {
        const { low, high, to_come: toCome } = this.props.tile;
        if (!isKnown(low)) {
            return [];
        }
        const remarks = [_t("%(low)s to %(high)s", { low: this.money(low), high: this.money(high) })];
        const toComeLabel = this.money(toCome.amount);
        if (!isZeroLabel(toComeLabel)) {
            remarks.push(_t("incl. %s to come", toComeLabel));
        }
        return remarks;
    }

    targetRemarks() {
        const { gap, coverage, months, all_months: allMonths, incomplete } = this.props.tile;
        const remarks = isKnown(gap) ? [_t("gap %s", this.money(gap))] : [];
        if (isKnown(coverage)) {
            remarks.push(_t("coverage %s", timesLabel(coverage)));
        }
        const missing = this.lacksTarget ? "" : monthsOfTargetLabel(months, allMonths, incomplete);
        return missing ? [...remarks, _t("The target is incomplete: %s.", missing)] : remarks;
    }

    openTargets() {
        return this.action.doAction(TARGETS_ACTION);
    }
}

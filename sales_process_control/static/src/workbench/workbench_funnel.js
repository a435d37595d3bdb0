import { Component } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { amountLabel } from "../kit/amount/amount";
import { Block, frameOf } from "../kit/block/block";
import { RecordNumber } from "../kit/record_number/record_number";
import { BLOCK_PROPS } from "./workbench_block";
import { WorkbenchConversion } from "./workbench_conversion";

/** The open deals by stage: today as a bar, thirty days ago in outline; beneath, how many go on from each stage. */
export class WorkbenchFunnel extends Component {
    static template = "sales_process_control.WorkbenchFunnel";
    static components = { Block, RecordNumber, WorkbenchConversion };
    static props = {
        ...BLOCK_PROPS,
        /** The same for the rates. */
        conversion: { type: Object },
    };

    get frame() {
        return frameOf(this.props);
    }

    get title() {
        return this.props.isMine ? _t("My Funnel") : _t("Funnel");
    }

    get isEmpty() {
        return !this.props.data?.stages.some(({ today, before }) => today.value || before.value);
    }

    get remarks() {
        const { is_estimated: isEstimated, has_recurring: hasRecurring, day } = this.props.data;
        const date = formatDate(deserializeDate(day));
        return [
            isEstimated ? _t("%s is estimated", date) : "",
            hasRecurring ? _t("amounts without recurring revenue") : "",
        ].filter(Boolean);
    }

    get dayTitle() {
        return _t("Outlined: %s", formatDate(deserializeDate(this.props.data.day)));
    }

    /** Lengths in parts of a hundred of the longest bar. */
    get stages() {
        const { stages, currency_id: currencyId } = this.props.data;
        const longest = Math.max(1, ...stages.flatMap(({ today, before }) => [today.value, before.value]));
        const lengthOf = ({ value }) => Math.round((100 * Math.max(0, value)) / longest);
        return stages.map((stage, index) => ({
            ...stage,
            key: `${stage.stage_id} ${index}`,
            length: lengthOf(stage.today),
            lengthBefore: lengthOf(stage.before),
            amountLabel: amountLabel(stage.today.amount, currencyId),
            changeLabel: stage.change > 0 ? `+${stage.change}` : String(stage.change),
            changeTone: this.toneOf(stage.change),
            beforeLabel: _t("was %s", stage.before.value),
            barLabel: _t("%(today)s today, %(before)s thirty days ago", {
                today: stage.today.value,
                before: stage.before.value,
            }),
        }));
    }

    toneOf(change) {
        if (!change) {
            return "text-muted bg-body-secondary";
        }
        return change > 0 ? "text-success-emphasis bg-success-subtle" : "text-danger-emphasis bg-danger-subtle";
    }
}

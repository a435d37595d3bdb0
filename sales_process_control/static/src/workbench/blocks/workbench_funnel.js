import { Component } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { countLabel, signedLabel } from "../../kit/numbers";
import { labelled } from "../../kit/text_lists";
import { STATUS_PROPS } from "../../screen/block";
import { leftOutLabel } from "../../screen/left_out";
import { PartOfNumber } from "../../screen/part_of_number";
import { RecordNumber } from "../../screen/record_number";
import { boundsLabel, rateLabel } from "../../screen/conversion_labels";
import { amountLabel } from "../../screen/number_labels";
import { WorkbenchBlock, workbenchBlocks } from "../workbench_block";

/** Labels of the values of `of` and `beside` in the data. */
const OF_LABELS = { mine: _t("mine"), team: _t("my teams"), all: _t("all"), chosen: _t("this team") };
const BESIDE_LABELS = { team: _t("team"), company: _t("company") };

/**
 * Conversion of each stage: counts of the deals that stayed there, the rate where there are enough deals, skipped and removed
 * deals, and the rate of the team or the company.
 */
export class WorkbenchConversion extends Component {
    static template = "sales_process_control.WorkbenchConversion";
    static components = { PartOfNumber, RecordNumber };
    static props = {
        ...STATUS_PROPS,
        data: WorkbenchBlock.props.data,
    };

    get sinceLabel() {
        return _t("Deals that came into the stage since %s", formatDate(deserializeDate(this.props.data.since)));
    }

    get ofLabel() {
        return (OF_LABELS[this.props.data.of] || OF_LABELS.mine).toString();
    }

    get noneLabel() {
        return _t("%(whose)s no outcome yet", { whose: this.ofLabel });
    }

    /** Stages with decided or removed deals, or a rate to compare with. */
    get stages() {
        const { stages, beside: besideName } = this.props.data;
        const name = BESIDE_LABELS[besideName]?.toString() || "";
        const rows = stages.map((stage, index) => ({
            ...stage,
            key: `${stage.stage_id} ${index}`,
            label: labelled(stage.name),
            rate: rateLabel(stage.rate, stage.interval) || boundsLabel(stage),
            others: [
                { name: "skipped", number: stage.skipped, label: _t("%s skipped", countLabel(stage.skipped.value)) },
                { name: "removed", number: stage.removed, label: _t("%s removed", countLabel(stage.removed.value)) },
            ].filter(({ number }) => number.value),
            besideLabel: this.besideLabel(name, stage.beside),
        }));
        return rows.filter(({ settled, removed, besideLabel }) => settled.value || removed.value || besideLabel);
    }

    besideLabel(name, beside) {
        const rate = beside ? rateLabel(beside.rate, beside.interval) : "";
        return rate ? _t("%(whose)s %(rate)s", { whose: name, rate }) : "";
    }
}

/** Open deals by stage: today as a bar, 30 days ago as an outline. The conversion of the stages is below. */
export class WorkbenchFunnel extends WorkbenchBlock {
    static template = "sales_process_control.WorkbenchFunnel";
    static components = { ...WorkbenchBlock.components, WorkbenchConversion };
    static props = {
        ...WorkbenchBlock.props,
        /** Props of `WorkbenchConversion`. */
        conversion: { type: Object },
    };

    get title() {
        return this.props.isMine ? _t("My Funnel") : _t("Funnel");
    }

    get isEmpty() {
        const { stages = [], elsewhere } = this.props.data || {};
        return !elsewhere?.value && !stages.some(({ today, before }) => today.value || before.value);
    }

    get remarks() {
        const { is_estimated: isEstimated, has_recurring: hasRecurring, left_out: leftOut, day } = this.props.data;
        const date = formatDate(deserializeDate(day));
        return [
            isEstimated ? _t("%s is estimated", date) : "",
            leftOutLabel(leftOut),
            hasRecurring ? _t("amounts without recurring revenue") : "",
        ].filter(Boolean);
    }

    /** Processes to choose from, if there are several. */
    get processes() {
        const { processes = [], process } = this.props.data || {};
        const chosen = String(process);
        const options = processes.map(({ stage_ids: stageIds, name, deals }) => ({
            key: String(stageIds),
            label:
                deals === 1
                    ? _t("%s: 1 deal", name)
                    : _t("%(teams)s: %(count)s deals", { teams: name, count: countLabel(deals) }),
            isChosen: String(stageIds) === chosen,
        }));
        return options.length > 1 ? options : [];
    }

    /** Choose a process. If it cannot be read, the field shows again the one that is shown. */
    async onProcess({ target }) {
        const { processes } = this.props.data;
        const chosen = processes.find(({ stage_ids: stageIds }) => String(stageIds) === target.value);
        await this.props.actions.chooseProcess(chosen.stage_ids);
        target.value = String(this.props.data.process);
    }

    get emptyLabel() {
        return this.processes.length
            ? _t("No open deals of this process today or 30 days ago.")
            : _t("No open deals today or 30 days ago. Create the first deal.");
    }

    get elsewhereLabel() {
        const { value } = this.props.data.elsewhere;
        return value === 1
            ? _t("1 deal in a stage that its team does not use")
            : _t("%s deals in stages that their team does not use", countLabel(value));
    }

    get dayTitle() {
        return _t("Outlined: %s", formatDate(deserializeDate(this.props.data.day)));
    }

    /** Stages with the labels and bar lengths of the template. The longest bar has the length 100. */
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
            changeLabel: signedLabel(countLabel(stage.change), stage.change),
            changeTone: this.toneOf(stage.change),
            beforeLabel: _t("was %s", countLabel(stage.before.value)),
            barLabel: _t("%(today)s today, %(before)s thirty days ago", {
                today: countLabel(stage.today.value),
                before: countLabel(stage.before.value),
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

workbenchBlocks.add(
    "funnel",
    { component: WorkbenchFunnel, title: _t("Funnel"), isLater: true, parts: ["conversion"] },
    { sequence: 60 }
);

import { Component } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { RecordNumber } from "../kit/record_number/record_number";
import { rateLabel } from "./rate_words";
import { BLOCK_PROPS } from "./workbench_block";

const OF = { mine: _t("mine"), team: _t("my teams"), all: _t("all") };
const BESIDE = { team: _t("team"), company: _t("company") };

/** How many deals go on from each stage, in counts where they are few, beside those of the team or of the company. */
export class WorkbenchConversion extends Component {
    static template = "sales_process_control.WorkbenchConversion";
    static components = { RecordNumber };
    static props = { ...BLOCK_PROPS };

    get sinceLabel() {
        return _t("Deals that came into the stage since %s", formatDate(deserializeDate(this.props.data.since)));
    }

    get ofLabel() {
        return (OF[this.props.data.of] || OF.mine).toString();
    }

    get noneLabel() {
        return _t("%(whose)s none settled yet", { whose: this.ofLabel });
    }

    /** Those of which there is something to say. */
    get stages() {
        const { stages, beside: besideName } = this.props.data;
        const name = BESIDE[besideName]?.toString() || "";
        const rows = stages.map((stage, index) => ({
            ...stage,
            key: `${stage.stage_id} ${index}`,
            rate: rateLabel(stage.rate, stage.interval),
            besideLabel: this.besideLabel(name, stage.beside),
        }));
        return rows.filter(({ settled, besideLabel }) => settled.value || besideLabel);
    }

    besideLabel(name, beside) {
        const rate = beside ? rateLabel(beside.rate, beside.interval) : "";
        return rate ? _t("%(whose)s %(rate)s", { whose: name, rate }) : "";
    }
}

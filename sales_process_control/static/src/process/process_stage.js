import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { LOOKS } from "../kit/stage_days/stage_days";
import { ProcessDeeds } from "./process_deeds";
import { ProcessNextAction } from "./process_next_action";
import { ProcessStep } from "./process_step";
import { daysLabel } from "./process_words";

const STATUS_LABELS = {
    won: _t("Won"),
    lost: _t("Lost"),
    archived: _t("Archived"),
};

/** Where the deal stands: its stage, the steps of it, the next action, and what was done since it came there. */
export class ProcessStage extends Component {
    static template = "sales_process_control.ProcessStage";
    static components = { ProcessDeeds, ProcessNextAction, ProcessStep };
    static props = {
        /** What `crm.lead.get_process` answers. */
        process: {
            type: Object,
            shape: { status: String, stage: Object, steps: Array, current: [Object, { value: false }], "*": true },
        },
        /** Whether nothing at all was done for the deal, which the page then says once. */
        isEmpty: { type: Boolean },
        onOpen: { type: Function },
        onRecord: { type: Function },
        onSchedule: { type: Function },
        readWords: { type: Function },
        readReason: { type: Function },
    };

    get isOpen() {
        return this.props.process.status === "open";
    }

    get heading() {
        const { status, stage } = this.props.process;
        const label = STATUS_LABELS[status];
        return label ? _t("%(status)s: %(stage)s", { status: label.toString(), stage: stage.name }) : stage.name;
    }

    get daysTitle() {
        return _t("%s in this stage", daysLabel(this.props.process.stage.days));
    }

    /** How a deal that is late is called: an icon and a word. */
    get pace() {
        const look = LOOKS[this.props.process.stage.pace];
        return look && { ...look, label: look.label.toString() };
    }

    get limitLabel() {
        const { limit } = this.props.process.stage;
        return limit ? _t("limit %s", daysLabel(limit)) : "";
    }

    /** The reason of the pace says both the days and what is wrong. */
    get reason() {
        return this.isOpen ? this.props.process.stage.pace_reason || "" : "";
    }

    get steps() {
        return this.props.process.steps;
    }

    get canRecord() {
        return this.isOpen && this.props.process.can_record;
    }
}

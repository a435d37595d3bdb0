import { Component } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { DueDistance } from "../kit/due_distance";
import { ReactionPicker } from "../kit/reaction_picker";
import { daysLabel, limitLabel, PACE_LOOKS } from "../kit/stage_days";
import { userDayLabel } from "../kit/user_day";
import { LongText, ProcessActions } from "./process_actions";

const STATUS_LABELS = {
    won: _t("Won"),
    lost: _t("Lost"),
    archived: _t("Archived"),
};
/** Number of characters of the guidance that are shown at first. */
const GUIDANCE_LENGTH = 200;

/** List item of one step of the stage: done, with day and author, or open, with a button that records it. */
export class ProcessStep extends Component {
    static template = "sales_process_control.ProcessStep";
    static components = { LongText, ReactionPicker };
    static props = {
        step: {
            type: Object,
            shape: {
                id: Number,
                name: String,
                is_required: Boolean,
                guidance: String,
                activity_type: String,
                count: Number,
                done: [Object, { value: false }],
                "*": true,
            },
        },
        canRecord: { type: Boolean },
        onOpen: { type: Function },
        onRecord: { type: Function },
    };

    get isDone() {
        return Boolean(this.props.step.done);
    }

    get doneLabel() {
        const { done, count } = this.props.step;
        const day = userDayLabel(done.date);
        const when = done.user_name ? _t("%(day)s, %(name)s", { day, name: done.user_name }) : day;
        return count > 1 ? _t("%(count)s times, last %(when)s", { count, when }) : when;
    }

    get recordLabel() {
        return _t("Record: %s", this.props.step.name);
    }

    get guidance() {
        return this.props.step.guidance.slice(0, GUIDANCE_LENGTH);
    }

    get isCut() {
        return this.props.step.guidance.length > GUIDANCE_LENGTH;
    }

    readAll() {
        return this.props.step.guidance;
    }
}

/** The planned activity that is due first, or a note that there is none. */
export class ProcessNextAction extends Component {
    static template = "sales_process_control.ProcessNextAction";
    static components = { DueDistance };
    static props = {
        nextAction: {
            type: [
                {
                    type: Object,
                    shape: { type: String, summary: String, date_deadline: String, count: Number, "*": true },
                },
                { value: false },
            ],
        },
        canSchedule: { type: Boolean },
        onOpen: { type: Function },
        onSchedule: { type: Function },
    };

    get date() {
        return deserializeDate(this.props.nextAction.date_deadline);
    }

    get who() {
        const { is_own: isOwn, user_name: name } = this.props.nextAction;
        return isOwn ? _t("yours") : name || _t("unassigned");
    }

    get plannedLabel() {
        return _t("%s planned", this.props.nextAction.count);
    }
}

/** Current stage of the deal: its steps, the next action, and the actions since the deal entered it. */
export class ProcessStage extends Component {
    static template = "sales_process_control.ProcessStage";
    static components = { ProcessActions, ProcessNextAction, ProcessStep };
    static props = {
        /** Result of `crm.lead.get_process`. */
        process: {
            type: Object,
            shape: { status: String, stage: Object, steps: Array, current: [Object, { value: false }], "*": true },
        },
        /** Whether the deal has no actions at all; the page then says so once, outside this component. */
        isEmpty: { type: Boolean },
        onOpen: { type: Function },
        onRecord: { type: Function },
        onSchedule: { type: Function },
        readFeedback: { type: Function },
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

    /** Look of the pace, if the deal is behind. */
    get pace() {
        const look = PACE_LOOKS[this.props.process.stage.pace];
        return look && { ...look, label: look.label.toString() };
    }

    get limitLabel() {
        const { limit, limit_source: source } = this.props.process.stage;
        return limit ? limitLabel(limit, source) : "";
    }

    /** Reason of the pace; it contains the days in the stage. */
    get reason() {
        return this.isOpen ? this.props.process.stage.pace_reason || "" : "";
    }

    /** What became of other deals that stayed as long; empty for closed deals. */
    get ageOutcome() {
        return this.props.process.stage.age_outcome || "";
    }

    get steps() {
        return this.props.process.steps;
    }

    get canRecord() {
        return this.isOpen && this.props.process.can_record;
    }
}

import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { daysLabel } from "../kit/stage_days";
import { joinedNames } from "../kit/text_lists";
import { userDayLabel } from "../kit/user_day";
import { ProcessActions } from "./process_actions";
import { OUTCOME_LOOKS } from "./process_labels";

/** List item of one visit that has ended, or of a stage that was skipped. */
export class ProcessVisit extends Component {
    static template = "sales_process_control.ProcessVisit";
    static components = { ProcessActions };
    static props = {
        visit: { type: Object, shape: { id: Number, kind: String, name: String, "*": true } },
        onOpen: { type: Function },
        readFeedback: { type: Function },
        readReason: { type: Function },
    };

    get outcome() {
        const { outcome, outcome_label: label, next_stage: next } = this.props.visit;
        const labels = {
            advanced: next && _t("Advanced to %s", next),
            moved_back: next && _t("Moved back to %s", next),
        };
        return { ...OUTCOME_LOOKS[outcome], label: labels[outcome] || label };
    }

    get span() {
        const { entered_at: entered, left_at: left } = this.props.visit;
        if (!left) {
            return _t("since %s", userDayLabel(entered));
        }
        return _t("%(entered)s – %(left)s", { entered: userDayLabel(entered), left: userDayLabel(left) });
    }

    get daysLabel() {
        return daysLabel(this.props.visit.days);
    }

    get skipLabel() {
        return _t("%(stage)s was skipped, %(day)s", {
            stage: this.props.visit.name,
            day: userDayLabel(this.props.visit.date),
        });
    }

    get stepsTaken() {
        const { steps_taken: names } = this.props.visit;
        return names.length ? _t("Done: %s", joinedNames(names)) : "";
    }

    get stepsOpen() {
        const { steps_open: names } = this.props.visit;
        return names.length ? _t("Missing: %s", joinedNames(names)) : "";
    }
}

import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ProcessDeeds } from "./process_deeds";
import { dayOf, daysLabel, listOf, OUTCOMES } from "./process_words";

/** One stay that has ended, or a stage that was skipped, as a list item. */
export class ProcessStay extends Component {
    static template = "sales_process_control.ProcessStay";
    static components = { ProcessDeeds };
    static props = {
        stay: { type: Object, shape: { id: Number, kind: String, name: String, "*": true } },
        onOpen: { type: Function },
        readWords: { type: Function },
        readReason: { type: Function },
    };

    get outcome() {
        const { outcome, outcome_label: label, next_stage: next } = this.props.stay;
        const labels = {
            advanced: next && _t("Advanced to %s", next),
            moved_back: next && _t("Moved back to %s", next),
        };
        return { ...OUTCOMES[outcome], label: labels[outcome] || label };
    }

    get span() {
        const { entered_at: entered, left_at: left } = this.props.stay;
        if (!left) {
            return _t("since %s", dayOf(entered));
        }
        return _t("%(entered)s – %(left)s", { entered: dayOf(entered), left: dayOf(left) });
    }

    get daysLabel() {
        return daysLabel(this.props.stay.days);
    }

    get skipLabel() {
        return _t("%(stage)s was skipped, %(day)s", { stage: this.props.stay.name, day: dayOf(this.props.stay.date) });
    }

    get stepsTaken() {
        const { steps_taken: names } = this.props.stay;
        return names.length ? _t("Taken: %s", listOf(names)) : "";
    }

    get stepsOpen() {
        const { steps_open: names } = this.props.stay;
        return names.length ? _t("Not taken: %s", listOf(names)) : "";
    }
}

import { Component, useEffect, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { daysLabel } from "../kit/stage_days";
import { countLabel } from "../kit/numbers";
import { labelled } from "../kit/text_lists";

/** Suggested limit of a stage with a button that sets it, and with a button that sets the earlier one again. */
export class StageLimit extends Component {
    static template = "sales_process_control.StageLimit";
    static props = {
        dwell: { type: Object },
        stageName: { type: String },
        /** Days of the limit that the user has just set, and whether one is being set; see `useReviewActions`. */
        applied: { type: Object, optional: true },
        onApply: { type: Function },
        onUndo: { type: Function },
    };

    setup() {
        this.rootRef = useRef("root");
        let hasFocus = false;
        // The button that was clicked is replaced by the other one.
        useEffect(
            () => () => {
                hasFocus = this.isFocused;
            },
            () => [this.props.applied?.days]
        );
        useEffect(
            () => {
                if (hasFocus) {
                    this.rootRef.el?.querySelector("button")?.focus();
                }
            },
            () => [this.props.applied?.days]
        );
    }

    get isFocused() {
        return Boolean(this.rootRef.el?.contains(document.activeElement)) || document.activeElement === document.body;
    }

    get canApply() {
        const { suggested, can_apply: canApply } = this.props.dwell;
        return canApply && suggested > 0;
    }

    get suggestedLabel() {
        const { suggested, suggested_from: from } = this.props.dwell;
        return _t("Suggested %(days)s, from %(count)s visits", {
            days: daysLabel(suggested),
            count: countLabel(from || 0),
        });
    }

    get appliedLabel() {
        return _t("Limit is now %s.", daysLabel(this.props.applied.days));
    }

    get applyTitle() {
        return _t("Set the limit of %(stage)s to %(days)s", {
            stage: this.props.stageName,
            days: daysLabel(this.props.dwell.suggested),
        });
    }

    /** Begins with the text of the button, so that it can be chosen by voice. */
    get applyName() {
        return labelled(_t("Apply"), this.applyTitle);
    }

    get undoTitle() {
        return _t("Restore the former limit of %s", this.props.stageName);
    }
}

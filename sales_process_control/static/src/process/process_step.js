import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ReactionPicker } from "../kit/reaction/reaction_picker";
import { LongText } from "./long_text";
import { dayOf } from "./process_words";

/** Letters of the guidance that are shown at once. */
const LETTERS = 200;

/** A step of the stage, as a list item: done, with when and by whom, or open and there to be recorded. */
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
        const day = dayOf(done.date);
        const when = done.user_name ? _t("%(day)s, %(name)s", { day, name: done.user_name }) : day;
        return count > 1 ? _t("%(count)s times, last %(when)s", { count, when }) : when;
    }

    get recordLabel() {
        return _t("Record: %s", this.props.step.name);
    }

    get guidance() {
        return this.props.step.guidance.slice(0, LETTERS);
    }

    get isCut() {
        return this.props.step.guidance.length > LETTERS;
    }

    readAll() {
        return this.props.step.guidance;
    }
}

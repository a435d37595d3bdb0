import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { LongText } from "./long_text";
import { ProcessEntry } from "./process_entry";
import { dayOf, listOf } from "./process_words";

/** What was done in one stay, or in none: the newest entries, the way to the others, and the passes of managers. */
export class ProcessDeeds extends Component {
    static template = "sales_process_control.ProcessDeeds";
    static components = { LongText, ProcessEntry };
    static props = {
        stay: {
            type: Object,
            shape: { id: [Number, { value: false }], count: Number, entries: Array, passes: Array, "*": true },
        },
        /** Said where nothing was done. */
        empty: { type: String, optional: true },
        onOpen: { type: Function },
        readWords: { type: Function },
        readReason: { type: Function },
    };
    static defaultProps = { empty: "" };

    get more() {
        return this.props.stay.count - this.props.stay.entries.length;
    }

    get moreLabel() {
        return _t("%s more", this.more);
    }

    passLabel({ user_name: name, next_stage: stage, date }) {
        const words = { day: dayOf(date), name: name || _t("somebody"), stage };
        return stage ? _t("Let on to %(stage)s by %(name)s, %(day)s", words) : _t("Let on by %(name)s, %(day)s", words);
    }

    openSteps(steps) {
        return _t("Open then: %s", listOf(steps));
    }
}

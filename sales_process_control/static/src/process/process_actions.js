import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { errorMessage, reportExpiredSession } from "../kit/error_message";
import { moneyLabel, numberLabel } from "../kit/numbers";
import { ReactionPicker } from "../kit/reaction_picker";
import { joinedNames } from "../kit/text_lists";
import { userDayLabel } from "../kit/user_day";
import { dateLabel } from "./process_labels";

/** Text of a user, shown as written: the beginning, and a button that fetches and shows all of it. */
export class LongText extends Component {
    static template = "sales_process_control.LongText";
    static props = {
        text: { type: String },
        /** Whether `text` is only the beginning; `readAll` fetches the whole text. */
        isCut: { type: Boolean, optional: true },
        readAll: { type: Function, optional: true },
        className: { type: String, optional: true },
    };
    static defaultProps = { isCut: false, className: "" };

    setup() {
        this.state = useState({ isOpen: false, isReading: false, wholeText: "", error: "" });
    }

    get text() {
        return this.state.isOpen ? this.state.wholeText : this.props.text;
    }

    get label() {
        return this.state.isOpen ? _t("less") : _t("more");
    }

    async toggle() {
        const { state } = this;
        state.error = "";
        if (!state.isOpen && !state.wholeText) {
            state.isReading = true;
            try {
                state.wholeText = await this.props.readAll();
            } catch (error) {
                reportExpiredSession(error);
                state.error = errorMessage(error);
                return;
            } finally {
                state.isReading = false;
            }
        }
        state.isOpen = !state.isOpen;
    }
}

/** List item of one recorded action: the action, its day and author, the customer's words and reaction. */
export class ProcessEntry extends Component {
    static template = "sales_process_control.ProcessEntry";
    static components = { LongText, ReactionPicker };
    static props = {
        entry: {
            type: Object,
            shape: {
                id: Number,
                date: String,
                what: String,
                is_step: Boolean,
                words: String,
                is_cut: Boolean,
                "*": true,
            },
        },
        /** Returns the whole feedback of an entry. */
        readFeedback: { type: Function },
    };

    get about() {
        const { date, user_name: name } = this.props.entry;
        return name ? _t("%(day)s, %(name)s", { day: userDayLabel(date), name }) : userDayLabel(date);
    }

    /** Values that were recorded with the action. */
    get facts() {
        const { likelihood, date_deadline: closing, budget, currency_id: currencyId } = this.props.entry;
        const facts = [];
        if (likelihood) {
            facts.push(_t("Likelihood %s%", numberLabel(likelihood)));
        }
        if (closing) {
            facts.push(_t("Closing %s", dateLabel(closing)));
        }
        if (budget) {
            facts.push(_t("Budget %s", moneyLabel(budget, currencyId)));
        }
        return facts.join(" · ");
    }

    readAll() {
        return this.props.readFeedback(this.props.entry);
    }
}

/** Actions of one visit, or those outside all visits: overrides of the stage gate, the newest entries, a link to the rest. */
export class ProcessActions extends Component {
    static template = "sales_process_control.ProcessActions";
    static components = { LongText, ProcessEntry };
    static props = {
        visit: {
            type: Object,
            shape: { id: [Number, { value: false }], count: Number, entries: Array, passes: Array, "*": true },
        },
        /** Text shown where there are no entries. */
        emptyText: { type: String, optional: true },
        onOpen: { type: Function },
        readFeedback: { type: Function },
        /** Returns the whole reason of an override. */
        readReason: { type: Function },
    };
    static defaultProps = { emptyText: "" };

    get moreCount() {
        return this.props.visit.count - this.props.visit.entries.length;
    }

    get moreLabel() {
        return _t("%s more", this.moreCount);
    }

    overrideLabel({ user_name: userName, next_stage: stage, date }) {
        const values = { day: userDayLabel(date), name: userName || _t("another user"), stage };
        return stage
            ? _t("Moved to %(stage)s with missing sales actions, approved by %(name)s, %(day)s", values)
            : _t("Moved with missing sales actions, approved by %(name)s, %(day)s", values);
    }

    openStepsLabel(steps) {
        return _t("Missing then: %s", joinedNames(steps));
    }
}

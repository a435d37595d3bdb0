import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { reasonOf } from "../kit/reason_of_error";

/** What somebody wrote, as it was written: the beginning, and the rest for those who ask for it. */
export class LongText extends Component {
    static template = "sales_process_control.LongText";
    static props = {
        text: { type: String },
        /** Whether there is more than `text`, which `readAll` fetches. */
        isCut: { type: Boolean, optional: true },
        readAll: { type: Function, optional: true },
        className: { type: String, optional: true },
    };
    static defaultProps = { isCut: false, className: "" };

    setup() {
        this.state = useState({ isOpen: false, isReading: false, whole: "", error: "" });
    }

    get text() {
        return this.state.isOpen ? this.state.whole : this.props.text;
    }

    get label() {
        return this.state.isOpen ? _t("less") : _t("more");
    }

    async toggle() {
        const { state } = this;
        state.error = "";
        if (!state.isOpen && !state.whole) {
            state.isReading = true;
            try {
                state.whole = await this.props.readAll();
            } catch (error) {
                state.error = reasonOf(error);
                return;
            } finally {
                state.isReading = false;
            }
        }
        state.isOpen = !state.isOpen;
    }
}

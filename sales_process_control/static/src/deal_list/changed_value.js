import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

/** Sign and word of a change; the word is what screen readers read. */
const SIGNS = {
    up: { sign: "▲", word: _t("up") },
    down: { sign: "▼", word: _t("down") },
    later: { sign: "→", word: _t("later") },
    earlier: { sign: "←", word: _t("earlier") },
    set: { sign: "+", word: _t("set") },
    removed: { sign: "×", word: _t("removed") },
};

/** What a value was, as a line of small text below the value, for example "▼ was $ 240,000". */
export class ChangedValue extends Component {
    static template = "sales_process_control.ChangedValue";
    static props = {
        direction: { type: String, validate: (direction) => direction in SIGNS },
        label: { type: String },
    };

    get sign() {
        return SIGNS[this.props.direction].sign;
    }

    get word() {
        return SIGNS[this.props.direction].word.toString();
    }
}

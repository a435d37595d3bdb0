import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RadioChips } from "../radio_chips/radio_chips";

/** The reactions of a customer: an icon and a word each, for colour alone says nothing to some. */
export const REACTIONS = [
    { value: "positive", label: _t("Positive"), icon: "fa-smile-o", tone: "text-success" },
    { value: "neutral", label: _t("Neutral"), icon: "fa-meh-o", tone: "text-muted" },
    { value: "negative", label: _t("Negative"), icon: "fa-frown-o", tone: "text-danger" },
];

/**
 * How a customer took something. With `onSelect` three buttons, which calls it with the reaction or, when it is taken
 * back, false; without, the icon alone with its word for those who hear the screen.
 */
export class ReactionPicker extends Component {
    static template = "sales_process_control.ReactionPicker";
    static components = { RadioChips };
    static props = {
        value: { type: [String, { value: false }], optional: true },
        onSelect: { type: Function, optional: true },
        isSmall: { type: Boolean, optional: true },
        /** Read-only: the word beside the icon. */
        withLabel: { type: Boolean, optional: true },
    };
    static defaultProps = { value: false, isSmall: false, withLabel: false };

    get options() {
        // Translated when they are shown: the words are loaded after the code.
        return REACTIONS.map(({ value, label, icon }) => ({ value, label: label.toString(), icon }));
    }

    get chosen() {
        const reaction = REACTIONS.find(({ value }) => value === this.props.value);
        return reaction && { ...reaction, label: reaction.label.toString() };
    }

    get title() {
        return _t("Reaction: %s", this.chosen.label);
    }
}

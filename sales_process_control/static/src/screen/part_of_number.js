import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { countLabel } from "../kit/numbers";
import { NUMBER_TYPE, RecordNumber } from "./record_number";

/** Stand for the numbers in the text, which is cut at them: the order is that of the language. */
const MARKS = { number: "{number}", total: "{total}" };

/** "6 of 9", or "mine 6 of 9": a number and the one of which it is a part. Each opens its records. */
export class PartOfNumber extends Component {
    static template = "sales_process_control.PartOfNumber";
    static components = { RecordNumber };
    static props = {
        number: NUMBER_TYPE,
        total: NUMBER_TYPE,
        /** Whose numbers these are. */
        whose: { type: String, optional: true },
    };
    static defaultProps = { whose: "" };

    /** Texts and numbers in the order in which they are shown. */
    get parts() {
        const { number, total, whose } = this.props;
        const text = whose
            ? _t("%(whose)s %(number)s of %(total)s", { whose, ...MARKS })
            : _t("%(number)s of %(total)s", MARKS);
        const numbers = { [MARKS.number]: number, [MARKS.total]: total };
        return text
            .split(/(\{number\}|\{total\})/)
            .filter(Boolean)
            .map((part) => {
                const shown = numbers[part];
                return shown ? { number: shown, label: countLabel(shown.value) } : { text: part };
            });
    }
}

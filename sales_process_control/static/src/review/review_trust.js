import { _t } from "@web/core/l10n/translation";
import { ReviewBlock } from "./review_block";
import { countLabel } from "../kit/numbers";
import { dayLabel } from "../screen/number_labels";

/** Return the label of a number: that of one record, or that of several. */
function oneOrMore({ value }, one, several) {
    return value === 1 ? one : several;
}

/** How far the numbers of the page can be trusted: where they come from, and what speaks against them. */
export class ReviewTrust extends ReviewBlock {
    static template = "sales_process_control.ReviewTrust";

    get isEmpty() {
        return !!this.props.data && !this.props.data.visits.value;
    }

    get visits() {
        const { visits } = this.props.data;
        return [
            {
                number: visits,
                label: oneOrMore(visits, _t("1 visit to a stage"), _t("%s visits to stages", countLabel(visits.value))),
            },
        ];
    }

    get origins() {
        return this.props.data.origins.map(({ name, number }) => ({
            number,
            label: _t("%(name)s: %(count)s", { name, count: countLabel(number.value) }),
        }));
    }

    /** What speaks against the numbers; what does not occur is left out. */
    get doubts() {
        const { corrections, bulk, same_day: sameDay, no_amount: noAmount, no_closing: noClosing } = this.props.data;
        return [
            {
                key: "bulk",
                number: bulk,
                label: _t("%s moved in bulk: 20 or more at once by one user", countLabel(bulk.value)),
            },
            {
                key: "same_day",
                number: sameDay,
                label: oneOrMore(
                    sameDay,
                    _t("1 left its stage on the day it came in"),
                    _t("%s left their stage on the day they came in", countLabel(sameDay.value))
                ),
            },
            {
                key: "corrections",
                number: corrections,
                label: _t("%s undone within five minutes", countLabel(corrections.value)),
            },
            {
                key: "no_amount",
                number: noAmount,
                label: oneOrMore(
                    noAmount,
                    _t("1 open deal without an amount"),
                    _t("%s open deals without an amount", countLabel(noAmount.value))
                ),
            },
            {
                key: "no_closing",
                number: noClosing,
                label: oneOrMore(
                    noClosing,
                    _t("1 open deal without an expected closing"),
                    _t("%s open deals without an expected closing", countLabel(noClosing.value))
                ),
            },
        ].filter(({ number }) => number.value);
    }

    get bulkDays() {
        return this.props.data.bulk_days.map(({ day, user_name: name, number }) => ({
            number,
            label: name
                ? _t("%(count)s on %(day)s by %(name)s", { count: countLabel(number.value), day: dayLabel(day), name })
                : _t("%(count)s on %(day)s", { count: countLabel(number.value), day: dayLabel(day) }),
        }));
    }
}

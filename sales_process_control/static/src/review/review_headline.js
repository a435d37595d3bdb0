import { _t } from "@web/core/l10n/translation";
import { ReviewBlock } from "./review_block";
import { countLabel } from "../kit/numbers";
import { joinedSentences } from "../kit/text_lists";
import { amountLabel } from "../screen/number_labels";

/** Sentences about the stage that costs most, and about the one that improved most. */
export class ReviewHeadline extends ReviewBlock {
    static template = "sales_process_control.ReviewHeadline";

    get findings() {
        const { headline, improved } = this.props.data;
        return [
            headline && {
                ...headline,
                key: "worst",
                tone: "danger",
                icon: "fa-exclamation-triangle",
                badge: _t("Costs most"),
            },
            improved && { ...improved, key: "best", tone: "success", icon: "fa-arrow-up", badge: _t("Improved most") },
        ]
            .filter(Boolean)
            .map((finding) => ({
                ...finding,
                text: joinedSentences(finding.sentences),
                numbers: finding.numbers.map((item) => ({ ...item, label: this.getNumberLabel(item) })),
            }));
    }

    /** Return "Lost 42, $ 840,000". */
    getNumberLabel({ label: name, number }) {
        const count = countLabel(number.value);
        const amount = amountLabel(number.amount, number.currency_id);
        return amount
            ? _t("%(name)s %(count)s, %(amount)s", { name, count, amount })
            : _t("%(name)s %(count)s", { name, count });
    }
}

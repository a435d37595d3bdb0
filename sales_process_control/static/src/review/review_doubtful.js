import { _t } from "@web/core/l10n/translation";
import { DealRow } from "../screen/deal_row";
import { ReviewBlock } from "./review_block";
import { countLabel } from "../kit/numbers";
import { amountLabel } from "../screen/number_labels";

/** Open deals that are probably not real: stalled ones, and hot ones without contact from the customer. */
export class ReviewDoubtful extends ReviewBlock {
    static template = "sales_process_control.ReviewDoubtful";
    static components = { ...ReviewBlock.components, DealRow };

    get isEmpty() {
        return !!this.props.data && !this.props.data.all.value;
    }

    get numbers() {
        const { stalled, silent_hot: silentHot } = this.props.data;
        return [
            { number: stalled, label: this.withAmount(_t("%s stalled", countLabel(stalled.value)), stalled) },
            {
                number: silentHot,
                label: this.withAmount(
                    _t("%s hot without contact from the customer", countLabel(silentHot.value)),
                    silentHot
                ),
            },
        ].filter(({ number }) => number.value);
    }

    withAmount(label, number) {
        const amount = amountLabel(number.amount, number.currency_id || this.props.data.currency_id);
        return amount ? _t("%(label)s, %(amount)s", { label, amount }) : label;
    }

    get listLabel() {
        const { value } = this.props.data.all;
        return value === 1 ? _t("Open as list") : _t("Open all %s as list", countLabel(value));
    }

    /** Rows of the deals. The sentence of the review stands in the place of the reasons for attention. */
    get deals() {
        return this.props.data.deals.map((deal) => ({
            ...deal,
            attention_reason: deal.sentence || deal.attention_reason,
        }));
    }
}

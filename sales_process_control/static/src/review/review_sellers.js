import { _t } from "@web/core/l10n/translation";
import { ReviewBlock } from "./review_block";
import { isKnown, percentLabel } from "../kit/numbers";
import { PartOfNumber } from "../screen/part_of_number";

/** Table with one row per salesperson. */
export class ReviewSellers extends ReviewBlock {
    static template = "sales_process_control.ReviewSellers";
    static components = { ...ReviewBlock.components, PartOfNumber };

    get isEmpty() {
        return !!this.props.data && !this.props.data.sellers.length;
    }

    get moreLabel() {
        const { more } = this.props.data;
        return more === 1 ? _t("and 1 more salesperson") : _t("and %s more salespeople", more);
    }

    get sellers() {
        return this.props.data.sellers.map((seller) => ({
            key: String(seller.user_id),
            name: seller.name || "",
            cells: [
                { key: "open", label: _t("Open"), number: seller.open },
                { key: "with_next", label: _t("With a next action"), number: seller.with_next, of: seller.open },
                { key: "progress", label: _t("Progress in 7 days"), number: seller.progress, of: seller.open },
                {
                    key: "promises",
                    label: _t("Promises kept in time"),
                    none: _t("none due yet"),
                    ...this.getShare(seller.promises.rate, seller.promises.kept, seller.promises.settled),
                },
                {
                    key: "steps",
                    label: _t("Required actions done"),
                    none: _t("none required"),
                    ...this.getShare(seller.steps.rate, seller.steps.taken, seller.steps.required),
                },
                { key: "bulk", label: _t("Moved in bulk"), number: seller.bulk },
            ].map((cell) => ({ ...cell, isNone: Boolean(cell.none) && !cell.of.value })),
        }));
    }

    getShare(rate, number, whole) {
        return { rate: isKnown(rate) ? percentLabel(rate) : "", number, of: whole };
    }

    get columns() {
        return this.sellers[0]?.cells.map(({ key, label }) => ({ key, label })) || [];
    }
}

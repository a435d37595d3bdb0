import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Block, frameOf } from "../kit/block/block";
import { RecordNumber } from "../kit/record_number/record_number";
import { rateLabel } from "./rate_words";
import { BLOCK_PROPS } from "./workbench_block";

/** A row a seller, for those who look at more than their own deals. */
export class WorkbenchSellers extends Component {
    static template = "sales_process_control.WorkbenchSellers";
    static components = { Block, RecordNumber };
    static props = { ...BLOCK_PROPS };

    get frame() {
        return frameOf(this.props);
    }

    get isEmpty() {
        return !this.props.data?.sellers.length;
    }

    get moreLabel() {
        const { more } = this.props.data;
        return more === 1 ? _t("and 1 seller more") : _t("and %s sellers more", more);
    }

    get sellers() {
        return this.props.data.sellers.map((seller) => ({
            ...seller,
            key: String(seller.user_id),
            numbers: [
                { name: "open", label: _t("Open"), number: seller.open },
                { name: "hot", label: _t("Hot"), number: seller.hot },
                { name: "stalled", label: _t("Stalled"), number: seller.stalled },
                { name: "idle", label: _t("No next action"), number: seller.idle },
            ],
            rate: rateLabel(seller.promises.rate, seller.promises.interval),
        }));
    }
}

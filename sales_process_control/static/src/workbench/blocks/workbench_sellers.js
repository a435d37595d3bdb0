import { _t } from "@web/core/l10n/translation";
import { countLabel } from "../../kit/numbers";
import { rateLabel } from "../../screen/conversion_labels";
import { PartOfNumber } from "../../screen/part_of_number";
import { WorkbenchBlock, workbenchBlocks } from "../workbench_block";

/** Table with one row per salesperson. Not shown in the scope of the user's own deals. */
export class WorkbenchSellers extends WorkbenchBlock {
    static template = "sales_process_control.WorkbenchSellers";
    static components = { ...WorkbenchBlock.components, PartOfNumber };

    get isEmpty() {
        return !this.props.data?.sellers.length;
    }

    /** Label of the link to the open deals of all sellers, if not all of them are shown. */
    get more() {
        const { more } = this.props.data;
        const [one, several] = [
            _t("1 more salesperson: open deals of all"),
            _t("%s more salespeople: open deals of all", countLabel(more)),
        ];
        return more ? (more === 1 ? one : several) : "";
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

workbenchBlocks.add(
    "sellers",
    {
        component: WorkbenchSellers,
        title: _t("Salespeople"),
        isLater: true,
        isForSeveral: true,
        dependsOn: ["activity", "flag"],
    },
    { sequence: 8 }
);

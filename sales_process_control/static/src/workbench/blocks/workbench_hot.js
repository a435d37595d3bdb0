import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { imageUrl } from "@web/core/utils/urls";
import { HotFlame } from "../../hot_flag/hot_flame";
import { DueDistance, daysUntil, urgencyOf } from "../../kit/due_distance";
import { countLabel } from "../../kit/numbers";
import { StageDays } from "../../kit/stage_days";
import { amountLabel } from "../../screen/number_labels";
import { WorkbenchBlock, workbenchBlocks } from "../workbench_block";
import { promiseLabel } from "../workbench_labels";

/** Open hot flags as cards, ordered by due date. */
export class WorkbenchHot extends WorkbenchBlock {
    static template = "sales_process_control.WorkbenchHot";
    static components = { ...WorkbenchBlock.components, DueDistance, HotFlame, StageDays };

    get more() {
        return this.moreLabel(this.props.data.open.value, this.props.data.flags.length);
    }

    get isEmpty() {
        return !this.props.data?.flags.length;
    }

    get openLabel() {
        return _t("%s open", countLabel(this.props.data.open.value));
    }

    get overdueLabel() {
        return promiseLabel(this.props.data.overdue.value);
    }

    get cards() {
        return this.props.data.flags.map((flag) => {
            const dueDate = flag.due_date ? deserializeDate(flag.due_date) : false;
            const [resModel, resId] = flag.lead_id ? ["crm.lead", flag.lead_id] : ["res.partner", flag.partner_id];
            const details = [amountLabel(flag.amount, flag.currency_id), flag.kind_name, flag.stage_name];
            return {
                ...flag,
                resModel,
                resId,
                dueDate,
                title: flag.name || flag.lead_name || _t("Deleted customer"),
                urgency: dueDate ? urgencyOf(daysUntil(dueDate)) : "undated",
                details: details.filter(Boolean),
                days: flag.lead_id ? { days: flag.stage_days || 0, pace: flag.pace || false, withPace: true } : false,
                avatar: flag.user_id ? imageUrl("res.users", flag.user_id, "avatar_128") : "",
                flame: {
                    resModel,
                    resId,
                    isHot: true,
                    note: flag.note || "",
                    dueDate,
                    canRaiseMore: resModel === "res.partner",
                    onChanged: this.props.actions.onFlagChanged,
                },
            };
        });
    }

    openLabelOf(card) {
        return card.lead_name ? _t("%(customer)s, open %(deal)s", { customer: card.title, deal: card.lead_name }) : "";
    }

    open(card, newWindow) {
        return this.props.actions.open(card.resModel, card.resId, newWindow);
    }
}

workbenchBlocks.add("hot", { component: WorkbenchHot, title: _t("Hot Customers"), lists: "flag" }, { sequence: 10 });

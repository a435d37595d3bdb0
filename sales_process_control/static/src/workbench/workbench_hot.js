import { Component } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { imageUrl } from "@web/core/utils/urls";
import { amountLabel } from "../kit/amount/amount";
import { Block, frameOf } from "../kit/block/block";
import { DueDistance, daysUntil, nearness } from "../kit/due_distance/due_distance";
import { HotFlame } from "../kit/hot_flame/hot_flame";
import { RecordNumber } from "../kit/record_number/record_number";
import { BLOCK_PROPS } from "./workbench_block";

/** Those who are about to act, overdue ones first: a card each. */
export class WorkbenchHot extends Component {
    static template = "sales_process_control.WorkbenchHot";
    static components = { Block, DueDistance, HotFlame, RecordNumber };
    static props = { ...BLOCK_PROPS };

    get frame() {
        return frameOf(this.props);
    }

    get isEmpty() {
        return !this.props.data?.flags.length;
    }

    get openLabel() {
        return _t("%s open", this.props.data.open.value);
    }

    get overdueLabel() {
        const { value } = this.props.data.overdue;
        return value === 1 ? _t("1 promise overdue") : _t("%s promises overdue", value);
    }

    get cards() {
        return this.props.data.flags.map((flag) => {
            const dueDate = flag.due_date ? deserializeDate(flag.due_date) : false;
            const [resModel, resId] = flag.lead_id ? ["crm.lead", flag.lead_id] : ["res.partner", flag.partner_id];
            const words = [amountLabel(flag.amount, flag.currency_id), flag.kind_name, flag.stage_name];
            return {
                ...flag,
                resModel,
                resId,
                dueDate,
                title: flag.name || flag.lead_name || _t("A customer that is gone"),
                near: dueDate ? nearness(daysUntil(dueDate)) : "undated",
                words: words.filter(Boolean),
                avatar: flag.user_id ? imageUrl("res.users", flag.user_id, "avatar_128") : "",
                flame: {
                    resModel,
                    resId,
                    isHot: true,
                    note: flag.note || "",
                    dueDate,
                    canRaiseMore: resModel === "res.partner",
                    onChanged: this.props.deeds.onFlagged,
                },
            };
        });
    }

    openLabelOf(card) {
        return card.lead_name ? _t("%(customer)s, open %(deal)s", { customer: card.title, deal: card.lead_name }) : "";
    }

    open(card, newWindow) {
        return this.props.deeds.open(card.resModel, card.resId, newWindow);
    }
}

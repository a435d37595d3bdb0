import { Component, status, useState } from "@odoo/owl";
import { Tooltip } from "@web/core/tooltip/tooltip";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { factsOf } from "../kit/card_facts";
import { DueDistance } from "../kit/due_distance";
import { percentLabel } from "../kit/numbers";
import { joinedPhrases } from "../kit/text_lists";
import { inUserZone } from "../kit/user_day";

const isOpen = ({ data }) => data.won_status === "pending" && data.active !== false;

/**
 * Field widget `deal_chance`: the chance to sign, with its evidence when it is pointed at, focused or tapped.
 *
 * The evidence is read only then: it takes longer than all other columns of a list together.
 */
export class DealChanceField extends Component {
    static template = "sales_process_control.DealChanceField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.popover = usePopover(Tooltip, { position: "bottom", setActiveElement: false });
        this.state = useState({ evidence: "" });
        /** What was read last, and of which state of the deal. */
        this.read = { key: "", promise: null };
        this.isPointedAt = false;
    }

    get label() {
        const chance = this.props.record.data[this.props.name];
        return percentLabel(chance);
    }

    get spokenLabel() {
        return joinedPhrases([this.label, _t("Evidence of the chance to sign")]);
    }

    /** What the evidence depends on. It is read again after the record was. */
    get key() {
        const { resId, data } = this.props.record;
        const { stage_days: days } = factsOf(this.props.record);
        return JSON.stringify([resId, data[this.props.name], data.stage_id?.id, days]);
    }

    /** Read the evidence once. */
    readEvidence() {
        const { key } = this;
        if (this.read.key !== key) {
            const { resId, resModel } = this.props.record;
            const promise = this.orm.silent
                .read(resModel, [resId], ["chance_evidence"])
                .then(([lead]) => lead?.chance_evidence || _t("There is no evidence for this chance."))
                .catch(() => {
                    this.read = { key: "", promise: null };
                    return _t("The evidence could not be read. Point at the chance again to retry.");
                });
            this.read = { key, promise };
        }
        return this.read.promise;
    }

    async show(ev) {
        const target = ev.currentTarget;
        this.isPointedAt = true;
        const evidence = await this.readEvidence();
        if (status(this) === "destroyed" || !this.isPointedAt || this.popover.isOpen) {
            return;
        }
        this.state.evidence = evidence;
        this.popover.open(target, { tooltip: evidence });
    }

    hide() {
        this.isPointedAt = false;
        this.state.evidence = "";
        this.popover.close();
    }

    /** Keep these keys from the list, which opens the record by them. */
    onKeydown(ev) {
        if (["Enter", " "].includes(ev.key)) {
            ev.stopPropagation();
        } else if (ev.key === "Escape" && this.popover.isOpen) {
            ev.stopPropagation();
            this.hide();
        }
    }
}

/** Field widget `deal_last_word`: how long ago the customer was last in contact, and the words below. */
export class DealLastWordField extends Component {
    static template = "sales_process_control.DealLastWordField";
    static props = { ...standardFieldProps };

    get distance() {
        const date = this.props.record.data[this.props.name];
        return date ? inUserZone(date).toRelativeCalendar({ unit: "days" }) : "";
    }

    get words() {
        return this.props.record.data.last_word || "";
    }
}

/** Field widget `deal_next_action`: the first planned activity with its distance. */
export class DealNextActionField extends Component {
    static template = "sales_process_control.DealNextActionField";
    static components = { DueDistance };
    static props = { ...standardFieldProps };

    get date() {
        return this.props.record.data[this.props.name];
    }

    get action() {
        return this.props.record.data.next_action || "";
    }

    get isMissing() {
        return !this.date && isOpen(this.props.record);
    }
}

/** Field widget `deal_steps`: how many required steps were taken, and the names of those that were not. */
export class DealStepsField extends Component {
    static template = "sales_process_control.DealStepsField";
    static props = { ...standardFieldProps };

    get label() {
        return this.props.record.data[this.props.name] || "";
    }

    get missing() {
        const { open_step_names: names } = this.props.record.data;
        return names ? _t("missing: %s", names) : "";
    }
}

/** Field widget `deal_attention`: why a deal needs attention; of a deal that needs none, its pace. */
export class DealAttentionField extends Component {
    static template = "sales_process_control.DealAttentionField";
    static props = { ...standardFieldProps };

    get reason() {
        return this.props.record.data[this.props.name] || "";
    }

    get isOnPace() {
        return !this.reason && factsOf(this.props.record).pace === "on_pace";
    }
}

for (const [name, component, displayName, supportedTypes, listViewWidth] of [
    ["deal_chance", DealChanceField, _t("Chance with Evidence"), ["float"], [75, 100]],
    ["deal_last_word", DealLastWordField, _t("Last Contact"), ["datetime"], [105, 240]],
    ["deal_next_action", DealNextActionField, _t("Next Action with Days Left"), ["date"], [105, 240]],
    ["deal_steps", DealStepsField, _t("Required Actions"), ["char"], [85, 200]],
    ["deal_attention", DealAttentionField, _t("Reason for Attention"), ["char"], [170, 420]],
]) {
    registry.category("fields").add(name, { component, displayName, supportedTypes, listViewWidth });
}

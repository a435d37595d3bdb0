import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { RecordSearch } from "../kit/record_search";

/**
 * Field widget `hot_target` of a reference: one search over deals and customers. A deal that is hot already cannot get
 * another flag: its flag takes the place of the dialog.
 */
export class HotTargetField extends Component {
    static template = "sales_process_control.HotTargetField";
    static components = { RecordSearch };
    static props = { ...standardFieldProps, placeholder: { type: String, optional: true } };
    static defaultProps = { placeholder: "" };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ chosen: null });
    }

    get target() {
        return this.props.record.data[this.props.name];
    }

    get name() {
        return this.target?.displayName || "";
    }

    /** Teams whose deals the user was looking at when the dialog was opened. */
    get teams() {
        return this.props.record.context.search_teams ?? null;
    }

    /** What tells the chosen record from others of its name. */
    get details() {
        const { chosen } = this.state;
        const isChosen = chosen && chosen.resId === this.target?.resId && chosen.resModel === this.target?.resModel;
        return isChosen ? chosen.details : [];
    }

    async select(record) {
        if (record.isHot) {
            const description = await this.orm.call(record.resModel, "action_hot_flag", [[record.resId]]);
            await this.action.doAction(description);
            return;
        }
        this.state.chosen = record;
        const { resModel, resId, name } = record;
        await this.props.record.update({ [this.props.name]: { resModel, resId, displayName: name } });
    }

    clear() {
        return this.props.record.update({ [this.props.name]: false });
    }
}

registry.category("fields").add("hot_target", {
    component: HotTargetField,
    displayName: _t("Deal or Customer"),
    supportedTypes: ["reference"],
    extractProps: ({ placeholder }) => ({ placeholder }),
});

import { Component, onWillDestroy, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { reasonOf } from "../kit/reason_of_error";
import { ProcessDeeds } from "./process_deeds";
import { ProcessStage } from "./process_stage";
import { ProcessStay } from "./process_stay";

/** The process of a deal: read when its page is opened, and each time that the deal has been read anew. */
export class LeadProcess extends Component {
    static template = "sales_process_control.LeadProcess";
    static components = { ProcessDeeds, ProcessStage, ProcessStay };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.store = useService("mail.store");
        this.state = useState({ process: null, resId: false, isLoading: false, error: "" });
        this.lastCall = 0;
        useRecordObserver((record) => {
            // What a record holds is replaced as a whole when it was read or saved, not while somebody types.
            const { resId, data } = record;
            if (data && resId) {
                this.load(resId);
            }
        });
        onWillDestroy(() => this.lastCall++);
        this.onOpen = (kind, number) => this.open(kind, number);
        this.onRecord = (stepId) => this.record(stepId);
        this.onSchedule = () => this.schedule();
        this.readWords = (entry) => this.readText("crm.lead.progress", entry.id, "feedback");
        this.readReason = (pass) => this.readText("crm.stage.pass", pass.id, "reason");
    }

    get isEmpty() {
        const { current, stays, outside } = this.state.process;
        return !stays.length && [current, outside].every((stay) => !stay || (!stay.count && !stay.passes.length));
    }

    get hasOutside() {
        const { outside } = this.state.process;
        return Boolean(outside.count || outside.passes.length);
    }

    get earlierLabel() {
        const { more_stays: more } = this.state.process;
        return more === 1 ? _t("1 earlier stay") : _t("%s earlier stays", more);
    }

    async load(resId = this.props.record.resId) {
        const call = ++this.lastCall;
        if (this.state.resId !== resId) {
            Object.assign(this.state, { process: null, resId });
        }
        Object.assign(this.state, { isLoading: true, error: "" });
        const answer = {};
        try {
            answer.process = await this.orm.silent.call("crm.lead", "get_process", [[resId]]);
        } catch (error) {
            answer.error = reasonOf(error);
        }
        // An answer that was overtaken by a newer question, or by the reader's leaving, is none.
        if (call === this.lastCall) {
            Object.assign(this.state, answer, { isLoading: false });
        }
    }

    retry() {
        return this.load();
    }

    /** Save what was typed into the form, as Odoo does before a button's action. */
    async save() {
        const { record } = this.props;
        return (await record.isDirty()) ? record.save() : true;
    }

    async open(kind, number) {
        const { resId } = this.props.record;
        if (await this.save()) {
            await this.action.doAction(await this.orm.call("crm.lead", "action_open_process", [[resId], kind, number]));
        }
    }

    /** Open the dialog in which progress is recorded, with the step chosen; afterwards the deal is read anew. */
    async record(stepId) {
        const { record } = this.props;
        if (!(await this.save())) {
            return;
        }
        const context = stepId ? { default_step_id: stepId } : {};
        const description = await this.orm.call("crm.lead", "action_record_progress", [[record.resId]], { context });
        await this.action.doAction(description, { onClose: () => record.model.load() });
    }

    async schedule() {
        const { record } = this.props;
        if (await this.save()) {
            await this.store.scheduleActivity("crm.lead", [record.resId]);
            await record.model.load();
        }
    }

    async readText(model, id, name) {
        const [row] = await this.orm.silent.read(model, [id], [name]);
        return row[name] || "";
    }
}

registry.category("view_widgets").add("lead_process", { component: LeadProcess });

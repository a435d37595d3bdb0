import { Component, onWillDestroy, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { errorMessage, reportExpiredSession } from "../kit/error_message";
import { useFocusInBlock } from "../kit/focus";
import { useProgressDialog } from "../progress/record_progress";
import { ProcessActions } from "./process_actions";
import { ProcessStage } from "./process_stage";
import { ProcessVisit } from "./process_visit";

/** View widget `lead_process`: the process of a deal. It is read when the page opens and after each reload of the deal. */
export class LeadProcess extends Component {
    static template = "sales_process_control.LeadProcess";
    static components = { ProcessActions, ProcessStage, ProcessVisit };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.store = useService("mail.store");
        this.openProgressDialog = useProgressDialog();
        this.state = useState({ process: null, resId: false, isLoading: false, error: "" });
        const rootRef = useRef("root");
        useFocusInBlock(rootRef, () => rootRef.el);
        this.lastCallId = 0;
        useRecordObserver((record) => {
            // Reading `data` subscribes to it. It is replaced when the record is loaded or saved, not while the user types.
            const { resId, data } = record;
            if (data && resId) {
                this.load(resId);
            }
        });
        onWillDestroy(() => this.lastCallId++);
        this.onOpen = (kind, recordId) => this.open(kind, recordId);
        this.onRecord = (stepId) => this.record(stepId);
        this.onSchedule = () => this.schedule();
        this.readFeedback = (entry) => this.readText("crm.lead.progress", entry.id, "feedback");
        this.readReason = (override) => this.readText("crm.stage.pass", override.id, "reason");
    }

    get isEmpty() {
        const { current, stays, outside } = this.state.process;
        return !stays.length && [current, outside].every((visit) => !visit || (!visit.count && !visit.passes.length));
    }

    get hasOutside() {
        const { outside } = this.state.process;
        return Boolean(outside.count || outside.passes.length);
    }

    get earlierLabel() {
        const { more_stays: more } = this.state.process;
        return more === 1 ? _t("1 earlier visit") : _t("%s earlier visits", more);
    }

    async load(resId = this.props.record.resId) {
        const callId = ++this.lastCallId;
        if (this.state.resId !== resId) {
            Object.assign(this.state, { process: null, resId });
        }
        Object.assign(this.state, { isLoading: true, error: "" });
        const answer = {};
        try {
            answer.process = await this.orm.silent.call("crm.lead", "get_process", [[resId]]);
        } catch (error) {
            reportExpiredSession(error);
            answer.error = errorMessage(error);
        }
        // Ignore the answer if a newer call was made or the component was destroyed.
        if (callId === this.lastCallId) {
            Object.assign(this.state, answer, { isLoading: false });
        }
    }

    retry() {
        return this.load();
    }

    /** Save the form, as Odoo does before it runs the action of a button. */
    async save() {
        const { record } = this.props;
        return (await record.isDirty()) ? record.save() : true;
    }

    /**
     * Open the records behind a part of the page.
     *
     * @param {"activities"|"more"|"stay"|"stays"|"step"} kind as `action_open_process` takes it
     * @param {number|false} recordId of the visit or step
     */
    async open(kind, recordId) {
        const { resId } = this.props.record;
        if (await this.save()) {
            await this.action.doAction(
                await this.orm.call("crm.lead", "action_open_process", [[resId], kind, recordId])
            );
        }
    }

    /** Open the dialog in which progress is recorded, with the step chosen, and reload the deal afterwards. */
    async record(stepId) {
        const { record } = this.props;
        if (!(await this.save())) {
            return;
        }
        await this.openProgressDialog(record.resId, stepId ? { default_step_id: stepId } : {});
        await record.model.load();
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

import { Component, onMounted, onWillDestroy, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { errorMessage, reportExpiredSession } from "../kit/error_message";

/** View widget `history_progress`: runs an import chunk by chunk, shows the progress, and reloads the dialog at the end. */
export class HistoryProgress extends Component {
    static template = "sales_process_control.HistoryProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        const { done_count: done, total_count: total } = this.props.record.data;
        this.state = useState({ done, total, secondsLeft: null, isStopping: false, error: "" });
        this.isDestroyed = false;
        onMounted(() => this.run());
        onWillDestroy(() => {
            this.isDestroyed = true;
        });
    }

    get doneLabel() {
        const { done, total } = this.state;
        if (total === 1) {
            return _t("%s of 1 opportunity", formatInteger(done));
        }
        return _t("%(done)s of %(total)s opportunities", { done: formatInteger(done), total: formatInteger(total) });
    }

    get timeLabel() {
        const seconds = this.state.secondsLeft;
        if (this.state.isStopping) {
            return _t("Stopping after the current opportunities");
        }
        if (seconds === null) {
            return "";
        }
        if (seconds === 1) {
            return _t("1 second left");
        }
        return seconds < 60
            ? _t("%s seconds left", seconds)
            : _t("%(minutes)s min %(seconds)s s left", { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
    }

    /** Import until the file is done, the user stops the import, or a call fails. */
    async run() {
        this.state.error = "";
        try {
            await this.importChunks();
            if (this.state.isStopping) {
                await this.call("stop_import");
            }
            if (!this.isDestroyed) {
                await this.props.record.load();
            }
        } catch (error) {
            reportExpiredSession(error);
            this.state.error = errorMessage(error);
            this.state.isStopping = false;
        }
    }

    async importChunks() {
        const startedAt = Date.now();
        const doneBefore = this.state.done;
        let isFinished = false;
        while (!isFinished && !this.state.isStopping && !this.isDestroyed) {
            const { done, total, finished } = await this.call("import_next_chunk");
            const millisecondsEach = (Date.now() - startedAt) / Math.max(done - doneBefore, 1);
            const secondsLeft = Math.ceil(((total - done) * millisecondsEach) / 1000);
            Object.assign(this.state, { done, total, secondsLeft });
            isFinished = finished;
        }
    }

    call(method) {
        const { resModel, resId } = this.props.record;
        return this.orm.silent.call(resModel, method, [[resId]]);
    }

    stop() {
        const hasFailed = Boolean(this.state.error);
        this.state.isStopping = true;
        if (hasFailed) {
            this.run();
        }
    }
}

registry.category("view_widgets").add("history_progress", {
    component: HistoryProgress,
    fieldDependencies: [
        { name: "done_count", type: "integer" },
        { name: "total_count", type: "integer" },
    ],
});

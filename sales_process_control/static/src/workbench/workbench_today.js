import { Component } from "@odoo/owl";
import { ActivityMarkAsDone } from "@mail/core/web/activity_markasdone_popover";
import { deserializeDate, deserializeDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { useService } from "@web/core/utils/hooks";
import { Block, frameOf } from "../kit/block/block";
import { DueDistance } from "../kit/due_distance/due_distance";
import { RecordNumber } from "../kit/record_number/record_number";
import { BLOCK_PROPS } from "./workbench_block";

/** What the day holds: activities that are late or due, and meetings. */
export class WorkbenchToday extends Component {
    static template = "sales_process_control.WorkbenchToday";
    static components = { Block, DueDistance, RecordNumber };
    static props = { ...BLOCK_PROPS };

    setup() {
        this.orm = useService("orm");
        this.store = useService("mail.store");
        this.popover = usePopover(ActivityMarkAsDone, { position: "bottom-end" });
    }

    get frame() {
        return frameOf(this.props);
    }

    get isEmpty() {
        return !this.props.data?.entries.length;
    }

    get overdueLabel() {
        return _t("%s overdue", this.props.data.overdue.value);
    }

    get dueLabel() {
        return _t("%s due", this.props.data.due.value);
    }

    get meetingsLabel() {
        const { value } = this.props.data.meetings;
        return value === 1 ? _t("1 meeting") : _t("%s meetings", value);
    }

    get entries() {
        return this.props.data.entries.map((entry) => ({
            ...entry,
            key: `${entry.kind} ${entry.id}`,
            isMeeting: entry.kind === "meeting",
            words: [entry.lead_name, !this.props.isMine && entry.user_name].filter(Boolean),
            title: entry.title || _t("Activity"),
            date: entry.date_deadline ? deserializeDate(entry.date_deadline) : false,
            time: entry.start ? this.timeOf(entry.start) : _t("all day"),
            doneLabel: _t("Mark as done: %s", entry.title || _t("Activity")),
        }));
    }

    /** The reader's time of an instant, without seconds. */
    timeOf(instant) {
        return deserializeDateTime(instant).toFormat(localization.timeFormat.replace(/:ss/, ""));
    }

    open(entry, newWindow) {
        if (entry.isMeeting) {
            return this.props.deeds.open("calendar.event", entry.id, newWindow);
        }
        if (entry.lead_id) {
            return this.props.deeds.openDeal(entry.lead_id, newWindow);
        }
        return this.props.deeds.open("mail.activity", entry.id, newWindow);
    }

    /** Odoo's own way to mark an activity done; one that wants a file is done where the file is put. */
    async markDone(entry, ev) {
        const target = ev.currentTarget;
        try {
            this.store.insert(await this.orm.silent.call("mail.activity", "activity_format", [[entry.id]]));
        } catch (error) {
            // It may be gone: then it need not stand here any longer.
            this.props.deeds.onDone(entry.id);
            throw error;
        }
        const activity = this.store["mail.activity"].get(entry.id);
        if (!activity || activity.activity_category === "upload_file") {
            await this.open(entry);
            return;
        }
        this.popover.open(target, {
            activity,
            hasHeader: true,
            onActivityChanged: () => {
                this.popover.close();
                this.props.deeds.onDone(entry.id);
            },
        });
    }
}

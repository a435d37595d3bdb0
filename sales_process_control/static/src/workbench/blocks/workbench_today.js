import { ActivityMarkAsDone } from "@mail/core/web/activity_markasdone_popover";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { useService } from "@web/core/utils/hooks";
import { DueDistance } from "../../kit/due_distance";
import { rememberFocus } from "../../kit/focus";
import { countLabel } from "../../kit/numbers";
import { userDay, userTimeLabel, userToday } from "../../kit/user_day";
import { WorkbenchBlock, workbenchBlocks, withoutRows } from "../workbench_block";

/**
 * Return when a meeting takes place today: its start, or until when it goes on if it has begun on an earlier day.
 *
 * @param {{start: string|false, stop: string|false}} meeting datetimes of the server; false for an all-day meeting
 * @returns {string}
 */
function timeLabel({ start, stop }) {
    const today = userToday();
    if (start && userDay(start) >= today) {
        return userTimeLabel(start);
    }
    return start && userDay(stop) <= today ? _t("until %s", userTimeLabel(stop)) : _t("all day");
}

/** Activities that are late or due today, and the meetings of the day. */
export class WorkbenchToday extends WorkbenchBlock {
    static template = "sales_process_control.WorkbenchToday";
    static components = { ...WorkbenchBlock.components, DueDistance };

    setup() {
        this.orm = useService("orm");
        this.store = useService("mail.store");
        this.giveFocusBack = () => {};
        this.popover = usePopover(ActivityMarkAsDone, {
            position: "bottom-end",
            onClose: () => this.giveFocusBack(),
        });
    }

    get isEmpty() {
        return !this.props.data?.entries.length;
    }

    countShown(kind) {
        return this.props.data.entries.filter((entry) => entry.kind === kind).length;
    }

    get moreActivities() {
        const count = this.props.data.activities.value - this.countShown("activity");
        const label = count === 1 ? _t("1 more activity") : _t("%s more activities", countLabel(count));
        return count > 0 ? label : "";
    }

    get moreMeetings() {
        const count = this.props.data.meetings.value - this.countShown("meeting");
        const label = count === 1 ? _t("1 more meeting") : _t("%s more meetings", countLabel(count));
        return count > 0 ? label : "";
    }

    get overdueLabel() {
        return _t("%s overdue", countLabel(this.props.data.overdue.value));
    }

    get dueLabel() {
        return _t("%s due", countLabel(this.props.data.due.value));
    }

    get meetingsLabel() {
        const { value } = this.props.data.meetings;
        return value === 1 ? _t("1 meeting") : _t("%s meetings", countLabel(value));
    }

    get entries() {
        return this.props.data.entries.map((entry) => ({
            ...entry,
            key: `${entry.kind} ${entry.id}`,
            isMeeting: entry.kind === "meeting",
            details: [entry.lead_name, !this.props.isMine && entry.user_name].filter(Boolean),
            title: entry.title || _t("Activity"),
            date: entry.date_deadline ? deserializeDate(entry.date_deadline) : false,
            time: timeLabel(entry),
            doneLabel: _t("Mark as done: %s", entry.title || _t("Activity")),
        }));
    }

    open(entry, newWindow) {
        if (entry.isMeeting) {
            return this.props.actions.open("calendar.event", entry.id, newWindow);
        }
        if (entry.lead_id) {
            return this.props.actions.openDeal(entry.lead_id, newWindow);
        }
        return this.props.actions.open("mail.activity", entry.id, newWindow);
    }

    /** Open Odoo's popover that marks an activity as done. An activity that asks for a file is opened instead. */
    async markDone(entry, ev) {
        const target = ev.currentTarget;
        this.giveFocusBack = rememberFocus();
        try {
            this.store.insert(await this.orm.silent.call("mail.activity", "activity_format", [[entry.id]]));
        } catch (error) {
            // The activity may be deleted: remove it from the list.
            this.props.actions.onActivityDone(entry.id);
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
            onActivityChanged: async () => {
                this.popover.close();
                // The row has the focus again when it is removed, so that the focus stays in the block.
                await this.giveFocusBack();
                this.props.actions.onActivityDone(entry.id);
            },
        });
    }
}

function withoutActivity(data, activityId, today) {
    return withoutRows(
        data,
        "entries",
        (entry) => entry.kind === "activity" && entry.id === activityId,
        (entry) => ["activities", entry.date_deadline < today ? "overdue" : "due"]
    );
}

workbenchBlocks.add(
    "today",
    { component: WorkbenchToday, title: _t("Today"), lists: "activity", withoutActivity },
    { sequence: 30 }
);

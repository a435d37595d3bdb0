import { Component, onMounted, useEffect, useRef, useState } from "@odoo/owl";
import { deserializeDate, deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatCurrency } from "@web/core/currency";
import { DueDistance } from "../due_distance/due_distance";

/** Why a customer is hot: what the record knows at once, the rest as soon as it has been read. */
export class HotFlagPopover extends Component {
    static template = "sales_process_control.HotFlagPopover";
    static components = { DueDistance };
    static props = {
        source: { type: Object },
        contentId: { type: String },
        note: { type: String, optional: true },
        dueDate: { type: [Object, { value: false }], optional: true },
        onEdit: { type: Function },
        /** Raises another flag, where a record may have several. */
        onRaise: { type: [Function, { value: false }], optional: true },
        onPointerEnter: { type: Function, optional: true },
        onPointerLeave: { type: Function, optional: true },
        onFocusOut: { type: Function, optional: true },
        close: { type: Function, optional: true },
    };
    static defaultProps = {
        note: "",
        dueDate: false,
        onRaise: false,
        onPointerEnter: () => {},
        onPointerLeave: () => {},
        onFocusOut: () => {},
    };

    setup() {
        this.rootRef = useRef("root");
        this.source = useState(this.props.source);
        onMounted(() => this.source.load());
        useEffect(
            (wantsFocus) => {
                const button = this.rootRef.el.querySelector("button");
                if (wantsFocus && button) {
                    button.focus();
                    this.source.wantsFocus = false;
                }
            },
            () => [this.source.wantsFocus, this.source.isLoaded, this.source.error]
        );
    }

    /** What is shown of each flag, in words. */
    get flags() {
        return this.source.flags.map((flag) => ({
            ...flag,
            dueDate: flag.due_date && deserializeDate(flag.due_date),
            amountLabel: flag.amount ? formatCurrency(flag.amount, flag.currency_id) : "",
            sinceLabel: _t("Hot since %s", this.dayOf(flag.raised_at)),
            before: flag.revisions.map((revision) => this.describeRevision(revision)),
        }));
    }

    get isEmpty() {
        return this.source.isLoaded && !this.source.flags.length;
    }

    get isWaiting() {
        return !this.source.isLoaded && !this.source.error;
    }

    /** The flag that the record itself tells of, until all of them are read. */
    get isPreview() {
        return !this.source.isLoaded && Boolean(this.props.note);
    }

    dayOf(instant) {
        return formatDate(deserializeDateTime(instant));
    }

    dateLabel(date) {
        return formatDate(date);
    }

    editLabel(flag) {
        return _t("Edit or settle: %s", flag.note);
    }

    describeRevision(revision) {
        const due = revision.due_date && formatDate(deserializeDate(revision.due_date));
        return {
            note: revision.note,
            when: due ? _t("%(day)s, due %(due)s", { day: this.dayOf(revision.date), due }) : this.dayOf(revision.date),
        };
    }

    retry() {
        this.source.load();
    }
}

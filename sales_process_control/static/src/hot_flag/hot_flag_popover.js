import { Component, onMounted, reactive, useEffect, useRef, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { DueDistance } from "../kit/due_distance";
import { errorMessage, reportExpiredSession } from "../kit/error_message";
import { useFocusInBlock } from "../kit/focus";
import { moneyLabel } from "../kit/numbers";
import { userDayLabel } from "../kit/user_day";

/**
 * Make the store of the open hot flags of one record. The flags are read on the first `load()` and kept.
 *
 * @param {Object} orm service
 * @param {string} resModel model of the record: a deal or a contact
 * @param {number} resId
 * @returns {{flags: Array, isLoaded: boolean, error: string, wantsFocus: boolean, load: Function}} reactive;
 *  `wantsFocus` asks the popover to take the keyboard focus
 */
export function makeHotFlagSource(orm, resModel, resId) {
    let reading = null;
    const source = reactive({ flags: [], isLoaded: false, error: "", wantsFocus: false, load });

    async function read() {
        source.error = "";
        try {
            source.flags = await orm.silent.call("crm.hot.flag", "get_popover", [resModel, resId]);
            source.isLoaded = true;
        } catch (error) {
            reportExpiredSession(error);
            source.error = errorMessage(error);
            reading = null;
        }
    }

    /** Read the flags unless they are read or being read. A failure is stored in `error`. */
    function load() {
        reading ||= read();
        return reading;
    }

    return source;
}

/** Popover of a hot flame. Shows note and due date of the record at once, and the open flags when they are read. */
export class HotFlagPopover extends Component {
    static template = "sales_process_control.HotFlagPopover";
    static components = { DueDistance };
    static props = {
        /** Store made by `makeHotFlagSource`. */
        source: { type: Object },
        contentId: { type: String },
        note: { type: String, optional: true },
        dueDate: { type: [Object, { value: false }], optional: true },
        onEdit: { type: Function },
        /** Raises another flag, for records that may have several. */
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
        useFocusInBlock(this.rootRef, () => this.rootRef.el);
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

    /** The flags with the labels that the template shows. */
    get flags() {
        return this.source.flags.map((flag) => ({
            ...flag,
            dueDate: flag.due_date && deserializeDate(flag.due_date),
            amountLabel: flag.amount ? moneyLabel(flag.amount, flag.currency_id) : "",
            sinceLabel: _t("Hot since %s", userDayLabel(flag.raised_at)),
            before: flag.revisions.map((revision) => this.describeRevision(revision)),
        }));
    }

    get isEmpty() {
        return this.source.isLoaded && !this.source.flags.length;
    }

    get isWaiting() {
        return !this.source.isLoaded && !this.source.error;
    }

    /** Whether the record's own note stands in for the flags, which are not read yet. */
    get isPreview() {
        return !this.source.isLoaded && Boolean(this.props.note);
    }

    dueLabel(date) {
        return _t("due %s", formatDate(date));
    }

    editLabel(flag) {
        return _t("Edit or Close: %s", flag.note);
    }

    describeRevision(revision) {
        const day = userDayLabel(revision.date);
        const due = revision.due_date && formatDate(deserializeDate(revision.due_date));
        const when = due ? _t("%(day)s, due %(due)s", { day, due }) : day;
        return _t("“%(note)s” (%(when)s)", { note: revision.note, when });
    }

    retry() {
        this.source.load();
    }
}

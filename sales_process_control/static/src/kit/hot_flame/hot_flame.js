import { Component, onWillUnmount, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { useService } from "@web/core/utils/hooks";
import { daysUntil, distanceLabel } from "../due_distance/due_distance";
import { HotFlagPopover } from "../hot_flag_popover/hot_flag_popover";
import { makeHotFlagSource } from "../hot_flag_popover/hot_flag_source";
import { useHotFlagDialog } from "./hot_flag_dialog";

/** A pointer that only crosses the screen shall not ask the server. */
export const OPEN_DELAY = 250;
/** Time to move the pointer from the flame into the popover. */
export const CLOSE_DELAY = 250;

let lastId = 0;

/**
 * The flame of a deal or customer that is hot, with its name beside it as slot, and the way to raise a flag.
 *
 * Pointing at it, focusing it with the keyboard or tapping on it shows why it is hot. A click or Enter opens the
 * dialog, unless `beforeOpen` resolves to false; `onChanged` is called when it has been closed.
 */
export class HotFlame extends Component {
    static template = "sales_process_control.HotFlame";
    static props = {
        resModel: { type: String },
        resId: { type: Number },
        isHot: { type: Boolean },
        note: { type: [String, { value: false }], optional: true },
        dueDate: { type: [Object, { value: false }], optional: true },
        canRaise: { type: Boolean, optional: true },
        /** A customer may be hot for several reasons, a deal for one. */
        canRaiseMore: { type: Boolean, optional: true },
        beforeOpen: { type: Function, optional: true },
        onChanged: { type: Function, optional: true },
        className: { type: String, optional: true },
        slots: { type: Object, optional: true },
    };
    static defaultProps = {
        note: "",
        dueDate: false,
        canRaise: false,
        beforeOpen: () => {},
        onChanged: () => {},
        className: "",
    };

    setup() {
        this.openFlagDialog = useHotFlagDialog();
        this.orm = useService("orm");
        this.buttonRef = useRef("button");
        this.contentId = `o_hot_flag_content_${++lastId}`;
        this.state = useState({ isOpen: false });
        this.popover = usePopover(HotFlagPopover, {
            position: "bottom-start",
            popoverClass: "o_hot_flag_popover_box",
            setActiveElement: false,
            onClose: () => this.onPopoverClosed(),
        });
        this.forgetFlags();
        onWillUpdateProps((next) => {
            if (this.tellsApart.some((name) => String(this.props[name]) !== String(next[name]))) {
                this.popover.close();
                this.forgetFlags(next);
            }
        });
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    /** What a changed record shows itself by. */
    get tellsApart() {
        return ["resModel", "resId", "isHot", "note", "dueDate"];
    }

    forgetFlags({ resModel, resId } = this.props) {
        this.source = makeHotFlagSource(this.orm, resModel, resId);
    }

    get isLate() {
        return Boolean(this.props.dueDate) && daysUntil(this.props.dueDate) < 0;
    }

    get isShown() {
        return this.props.isHot || this.props.canRaise;
    }

    /** All that the record itself knows, for those who hear the screen; the popover reads out the rest. */
    get label() {
        const { isHot, note, dueDate } = this.props;
        if (!isHot) {
            return _t("Raise a hot flag");
        }
        if (!note) {
            return _t("Hot");
        }
        if (!dueDate) {
            return _t("Hot: %s", note);
        }
        return _t("Hot: %(note)s, due %(date)s, %(distance)s", {
            note,
            date: formatDate(dueDate),
            distance: distanceLabel(daysUntil(dueDate)),
        });
    }

    showPopover() {
        browser.clearTimeout(this.timer);
        if (!this.props.isHot || this.state.isOpen || !this.buttonRef.el) {
            return;
        }
        this.popover.open(this.buttonRef.el, {
            source: this.source,
            contentId: this.contentId,
            note: this.props.note || "",
            dueDate: this.props.dueDate,
            onEdit: (flag) => this.openDialog(flag),
            onRaise: this.props.canRaiseMore && (() => this.openDialog()),
            onPointerEnter: () => browser.clearTimeout(this.timer),
            onPointerLeave: (ev) => this.onPointerLeave(ev),
            onFocusOut: (ev) => this.onFocusOut(ev),
        });
        this.state.isOpen = true;
    }

    after(delay, callback) {
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(callback, delay);
    }

    onPointerEnter(ev) {
        if (ev.pointerType !== "touch") {
            this.after(OPEN_DELAY, () => this.showPopover());
        }
    }

    onPointerLeave(ev) {
        if (ev.pointerType !== "touch") {
            this.after(CLOSE_DELAY, () => this.popover.close());
        }
    }

    onPointerDown(ev) {
        this.pressedBy = ev.pointerType;
    }

    /** A board or a list has its own use for these keys, and would keep the button from being pressed. */
    onKeydown(ev) {
        if (["Enter", " "].includes(ev.key)) {
            ev.stopPropagation();
        }
    }

    onPopoverClosed() {
        this.state.isOpen = false;
        if (this.contentEl?.contains(document.activeElement)) {
            this.focusQuietly();
        }
    }

    /** Back to the flame, without showing again what has just been closed. */
    focusQuietly() {
        this.isQuiet = true;
        this.buttonRef.el?.focus();
        this.isQuiet = false;
    }

    /** The focus that comes with a press is followed by a click, which knows better what is meant. */
    onFocusIn() {
        if (!this.pressedBy && !this.isQuiet) {
            this.showPopover();
        }
    }

    onFocusOut(ev) {
        const isWithin = [this.buttonRef.el, this.contentEl].some((el) => el?.contains(ev.relatedTarget));
        if (!isWithin) {
            this.after(CLOSE_DELAY, () => this.popover.close());
        }
    }

    get contentEl() {
        return document.getElementById(this.contentId)?.parentElement;
    }

    /** A finger looks first; mouse and keyboard, for which the popover is there already, do what it offers. */
    onClick() {
        const isTap = this.pressedBy === "touch";
        this.pressedBy = null;
        if (!this.props.isHot) {
            this.openDialog();
        } else if (isTap && this.state.isOpen) {
            this.popover.close();
        } else if (isTap) {
            this.showPopover();
        } else {
            this.doWhatIsOffered();
        }
    }

    /** One thing is done at once; among several, or after a failure, the keyboard goes on in the popover. */
    async doWhatIsOffered() {
        this.showPopover();
        await this.source.load();
        const { flags, error } = this.source;
        const editable = flags.filter((flag) => flag.can_edit);
        if (error || this.props.canRaiseMore || editable.length > 1) {
            this.source.wantsFocus = true;
        } else if (editable.length) {
            this.openDialog(editable[0]);
        }
    }

    async openDialog(flag) {
        browser.clearTimeout(this.timer);
        this.popover.close();
        if ((await this.props.beforeOpen()) === false) {
            return;
        }
        this.isQuiet = true;
        try {
            const { resModel, resId } = this.props;
            await this.openFlagDialog({ resModel, resId, flag });
            this.forgetFlags();
            await this.props.onChanged();
        } finally {
            this.isQuiet = false;
        }
    }
}

import { Component, onWillUnmount, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { useService } from "@web/core/utils/hooks";
import { daysUntil, distanceLabel } from "../kit/due_distance";
import { HotFlagPopover, makeHotFlagSource } from "./hot_flag_popover";

/** Milliseconds before the popover opens, so that a pointer that only crosses the flame sends no request. */
export const OPEN_DELAY = 250;
/** Milliseconds before the popover closes: time to move the pointer from the flame into the popover. */
export const CLOSE_DELAY = 250;

/** Props whose change means that the flags which were read may be out of date. */
const IDENTIFYING_PROPS = ["resModel", "resId", "isHot", "note", "dueDate"];

let lastId = 0;

/**
 * Return a function that opens the hot flag dialog, in which flags are raised, edited and settled.
 *
 * @returns {(target: {resModel: string, resId: number, flag?: Object}) => Promise} opens the dialog for a record, or for
 *  one of its flags as returned by `get_popover`; resolves when the dialog is closed, with the close information of the
 *  action service
 */
export function useHotFlagDialog() {
    const orm = useService("orm");
    const action = useService("action");
    return async ({ resModel, resId, flag }) => {
        const [model, id] = flag ? ["crm.hot.flag", flag.id] : [resModel, resId];
        const description = await orm.call(model, "action_hot_flag", [[id]]);
        return new Promise((resolve, reject) => {
            action.doAction(description, { onClose: resolve }).catch(reject);
        });
    };
}

/**
 * Flame button of a deal or customer. The default slot holds the name beside the flame.
 *
 * Hover, keyboard focus or a tap show the popover with the open flags. A click or Enter open the dialog, unless
 * `beforeOpen` resolves to false; `onChanged` is called when the dialog is closed.
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
        /** Whether the record may have several flags: a customer may, a deal may not. */
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
        this.resetFlags();
        onWillUpdateProps((nextProps) => {
            if (IDENTIFYING_PROPS.some((name) => String(this.props[name]) !== String(nextProps[name]))) {
                this.popover.close();
                this.resetFlags(nextProps);
            }
        });
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    /** Drop the flags that were read; they are read again when the popover opens. */
    resetFlags({ resModel, resId } = this.props) {
        this.source = makeHotFlagSource(this.orm, resModel, resId);
    }

    get isLate() {
        return Boolean(this.props.dueDate) && daysUntil(this.props.dueDate) < 0;
    }

    get isShown() {
        return this.props.isHot || this.props.canRaise;
    }

    /** Accessible name: the values of the record. Screen readers read the popover as the description. */
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

    startTimer(delay, callback) {
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(callback, delay);
    }

    onPointerEnter(ev) {
        if (ev.pointerType !== "touch") {
            this.startTimer(OPEN_DELAY, () => this.showPopover());
        }
    }

    onPointerLeave(ev) {
        if (ev.pointerType !== "touch") {
            this.startTimer(CLOSE_DELAY, () => this.popover.close());
        }
    }

    onPointerDown(ev) {
        this.pressedBy = ev.pointerType;
    }

    /** Keep these keys from kanban and list views, which handle them and prevent the click of the button. */
    onKeydown(ev) {
        if (["Enter", " "].includes(ev.key)) {
            ev.stopPropagation();
        }
    }

    onPopoverClosed() {
        this.state.isOpen = false;
        if (this.contentEl?.contains(document.activeElement)) {
            this.focusButton();
        }
    }

    /** Move the focus to the flame without opening the popover. */
    focusButton() {
        this.ignoresFocus = true;
        this.buttonRef.el?.focus();
        this.ignoresFocus = false;
    }

    /** A focus caused by a press is ignored: the click that follows decides what opens. */
    onFocusIn() {
        if (!this.pressedBy && !this.ignoresFocus) {
            this.showPopover();
        }
    }

    /** A button in the popover that is removed gives the focus to the popover, which then stays open. */
    onFocusOut(ev) {
        const isInside = (target) => [this.buttonRef.el, this.contentEl].some((el) => el?.contains(target));
        if (!isInside(ev.relatedTarget)) {
            this.startTimer(CLOSE_DELAY, () => isInside(document.activeElement) || this.popover.close());
        }
    }

    get contentEl() {
        return document.getElementById(this.contentId)?.parentElement;
    }

    /** A tap toggles the popover. Mouse and keyboard have opened it by hover or focus, so they go on to the dialog. */
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
            this.editOrFocusPopover();
        }
    }

    /** Open the dialog if there is exactly one choice; otherwise, or after a failure, focus the popover's buttons. */
    async editOrFocusPopover() {
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
        this.ignoresFocus = true;
        try {
            const { resModel, resId } = this.props;
            await this.openFlagDialog({ resModel, resId, flag });
            this.resetFlags();
            await this.props.onChanged();
        } finally {
            this.ignoresFocus = false;
        }
    }
}

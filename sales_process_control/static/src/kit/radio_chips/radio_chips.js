import { Component, useRef } from "@odoo/owl";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * A choice among a few, all of them in sight: one tap chooses, another one on the same takes it back. To the keyboard
 * it is a group of radio buttons: one stop of the tab key, and arrows.
 */
export class RadioChips extends Component {
    static template = "sales_process_control.RadioChips";
    static props = {
        options: {
            type: Array,
            element: {
                type: Object,
                shape: {
                    value: true,
                    label: String,
                    icon: { type: String, optional: true },
                    /** What is told besides: a guidance, who has done it. */
                    title: { type: String, optional: true },
                    /** A word that goes with the label, smaller. */
                    remark: { type: String, optional: true },
                    isMuted: { type: Boolean, optional: true },
                },
            },
        },
        value: { type: [String, Number, { value: false }], optional: true },
        onSelect: { type: Function },
        label: { type: String },
        isSmall: { type: Boolean, optional: true },
    };
    static defaultProps = { value: false, isSmall: false };

    setup() {
        this.rootRef = useRef("root");
    }

    isChecked(option) {
        return option.value === this.props.value;
    }

    /** The one that the tab key comes to. */
    isTabStop(option, index) {
        return this.props.options.some((one) => this.isChecked(one)) ? this.isChecked(option) : index === 0;
    }

    toggle(option) {
        this.props.onSelect(this.isChecked(option) ? false : option.value);
    }

    /** A board, a list or a popover has its own use for these keys. */
    onKeydown(ev) {
        if (["Enter", " "].includes(ev.key)) {
            ev.stopPropagation();
        }
        const { options } = this.props;
        if (!(ev.key in STEPS) || ev.altKey || ev.ctrlKey || ev.metaKey) {
            return;
        }
        ev.stopPropagation();
        ev.preventDefault();
        const chips = [...this.rootRef.el.querySelectorAll("[role=radio]")];
        const index = (chips.indexOf(document.activeElement) + STEPS[ev.key] + options.length) % options.length;
        chips[index].focus();
        this.props.onSelect(options[index].value);
    }
}

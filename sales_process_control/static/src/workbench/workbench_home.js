import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { SALES_TOURS, useSalesTours } from "./sales_tours";

/**
 * Setting that makes the workbench the first page. Each user has a button for the own account; managers are asked once
 * whether CRM opens on the workbench for everybody. Beside it is the help: guided tours, and the set-up panel of managers.
 */
export class WorkbenchHome extends Component {
    static template = "sales_process_control.WorkbenchHome";
    static components = { Dropdown, DropdownItem };
    static props = { /** Read the workbench again: the set-up panel was called up. */ onSetUp: { type: Function } };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.ui = useService("ui");
        this.startTour = useSalesTours();
        this.homeRef = useRef("home");
        this.home = useState({ isRead: false, isHome: false, isOffered: false, tours: [], canSetUp: false });
        // Not awaited: the screen does not depend on the setting, and works without it if it cannot be read.
        onWillStart(() => {
            this.read();
        });
    }

    async read() {
        try {
            const answer = await this.orm.silent.call("res.users", "get_workbench_home", []);
            Object.assign(this.home, {
                isRead: true,
                isHome: answer.is_home,
                isOffered: answer.is_offered,
                tours: answer.tours || [],
                canSetUp: answer.can_set_up,
            });
        } catch {
            this.home.isRead = false;
        }
    }

    get homeLabel() {
        return this.home.isHome ? _t("My first page after logging in") : _t("Make this my first page after logging in");
    }

    /** Guided tours that the user can take on this device. */
    get tours() {
        return this.home.tours
            .filter((name) => SALES_TOURS[name] && !(SALES_TOURS[name].isForDesktop && this.ui.isSmall))
            .map((name) => ({ name, label: SALES_TOURS[name].label }));
    }

    async callUpSetup() {
        await this.orm.call("crm.workbench.setup", "call_up", []);
        this.home.canSetUp = false;
        this.props.onSetUp();
    }

    async toggleHome() {
        const isHome = !this.home.isHome;
        await this.orm.call("res.users", "set_workbench_home", [isHome]);
        this.home.isHome = isHome;
        this.notification.add(
            isHome ? _t("The workbench is now your first page.") : _t("Odoo's own first page is now your first page."),
            { type: "success" }
        );
    }

    async answerOffer(isWanted) {
        await this.orm.call("res.users", "answer_workbench_offer", [isWanted]);
        this.home.isOffered = false;
        // The focus was on a button that goes.
        this.homeRef.el?.focus();
        if (isWanted) {
            this.notification.add(_t("CRM will open on the workbench for all users."), {
                type: "success",
            });
        }
    }
}

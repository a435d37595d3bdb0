import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/**
 * Setting that makes the workbench the first page. Each user has a button for the own account; managers are asked once
 * whether CRM opens on the workbench for everybody.
 */
export class WorkbenchHome extends Component {
    static template = "sales_process_control.WorkbenchHome";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.home = useState({ isRead: false, isHome: false, isOffered: false });
        // Not awaited: the screen does not depend on the setting, and works without it if it cannot be read.
        onWillStart(() => {
            this.read();
        });
    }

    async read() {
        try {
            const answer = await this.orm.silent.call("res.users", "get_workbench_home", []);
            Object.assign(this.home, { isRead: true, isHome: answer.is_home, isOffered: answer.is_offered });
        } catch {
            this.home.isRead = false;
        }
    }

    get homeLabel() {
        return this.home.isHome ? _t("My first page after logging in") : _t("Make this my first page after logging in");
    }

    async toggleHome() {
        const isHome = !this.home.isHome;
        await this.orm.call("res.users", "set_workbench_home", [isHome]);
        this.home.isHome = isHome;
        this.notification.add(
            isHome
                ? _t("You begin on the workbench from now on.")
                : _t("You begin on Odoo's own first page from now on."),
            { type: "success" }
        );
    }

    async answerOffer(isWanted) {
        await this.orm.call("res.users", "answer_workbench_offer", [isWanted]);
        this.home.isOffered = false;
        if (isWanted) {
            this.notification.add(_t("CRM opens on the workbench for everybody from the next visit on."), {
                type: "success",
            });
        }
    }
}

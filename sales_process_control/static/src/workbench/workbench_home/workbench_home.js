import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** Whether the day begins here: a manager is asked once for everybody, and anybody may choose it for himself. */
export class WorkbenchHome extends Component {
    static template = "sales_process_control.WorkbenchHome";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.home = useState({ isKnown: false, isHome: false, isOffered: false });
        // The page does not wait for it, and does without it where it cannot be read.
        onWillStart(() => {
            this.read();
        });
    }

    async read() {
        try {
            const found = await this.orm.silent.call("res.users", "get_workbench_home", []);
            Object.assign(this.home, { isKnown: true, isHome: found.is_home, isOffered: found.is_offered });
        } catch {
            this.home.isKnown = false;
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

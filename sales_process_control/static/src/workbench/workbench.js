import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { ErrorHandler } from "@web/core/utils/components";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { Block } from "../kit/block/block";
import { useLiveData } from "../kit/live_data/live_data";
import { RadioChips } from "../kit/radio_chips/radio_chips";
import { reasonOf } from "../kit/reason_of_error";
import { useKeptFocus } from "./kept_focus";
import { WorkbenchAttention } from "./workbench_attention";
import { WorkbenchCustomers } from "./workbench_customers";
import { useDeeds } from "./workbench_deeds";
import { WorkbenchFunnel } from "./workbench_funnel";
import { WorkbenchHome } from "./workbench_home/workbench_home";
import { WorkbenchHot } from "./workbench_hot";
import { WorkbenchOpportunities } from "./workbench_opportunities";
import { WorkbenchSellers } from "./workbench_sellers";
import { WorkbenchToday } from "./workbench_today";

const { DateTime } = luxon;

const MESSAGE = "sales_process_control.workbench";
/** What paints the page; the server names what follows. */
const FIRST = ["hot", "attention", "today", "opportunities", "customers"];
/** In the order in which one looks at them; the funnel comes with its rates. */
const BLOCKS = [
    { name: "hot", Component: WorkbenchHot, title: _t("Hot Customers") },
    { name: "attention", Component: WorkbenchAttention, title: _t("Needs Attention") },
    { name: "today", Component: WorkbenchToday, title: _t("Today") },
    { name: "opportunities", Component: WorkbenchOpportunities, title: _t("Key Opportunities") },
    { name: "customers", Component: WorkbenchCustomers, title: _t("Key Customers") },
    { name: "funnel", Component: WorkbenchFunnel, title: _t("Funnel") },
    { name: "sellers", Component: WorkbenchSellers, title: _t("Sellers") },
];
const SCOPES = { mine: _t("Mine"), team: _t("My teams"), all: _t("All") };

/** What a block shows without some of its rows, each of which counts no more in some of its numbers. */
function without(data, rows, isGone, countedIn) {
    const changed = { ...data, [rows]: data[rows].filter((row) => !isGone(row)) };
    for (const name of data[rows].filter(isGone).flatMap(countedIn)) {
        if (changed[name]) {
            changed[name] = { ...changed[name], value: changed[name].value - 1 };
        }
    }
    return changed;
}

/** The page on which a day of selling begins. */
export class Workbench extends Component {
    static template = "sales_process_control.Workbench";
    static components = { Block, ErrorHandler, RadioChips, WorkbenchHome };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.rootRef = useRef("root");
        const stored = browser.localStorage.getItem(this.storageKey);
        this.page = useState({
            scope: stored in SCOPES ? stored : "mine",
            scopes: [],
            today: DateTime.local().toISODate(),
            later: [],
            /** Why a block cannot be drawn, by its name. */
            broken: {},
        });
        this.live = useLiveData({
            read: (names) => this.read(names),
            message: MESSAGE,
            shown: () => [FIRST, this.page.later].filter((names) => names.length),
            hearsMessages: () => this.page.scope === "mine",
        });
        this.deeds = useDeeds({
            reload: (names) => this.reloadAfterDeed(names),
            leave: (id) => this.leave(id),
            finish: (id) => this.finish(id),
            scope: () => this.page.scope,
        });
        this.retries = {};
        useKeptFocus(this.rootRef);
        useSetupAction({ rootRef: this.rootRef, getLocalState: () => ({ workbench: this.known() }) });
        // Not waited for: the page is there at once, and fills itself.
        onWillStart(() => {
            this.start();
        });
    }

    get storageKey() {
        return `sales_process_control.workbench.scope.${user.userId}`;
    }

    /** What is shown again, until it has been read anew, when the reader comes back from a list. */
    known() {
        const { scope, scopes, later } = this.page;
        const ready = Object.entries(this.live.blocks).filter(([, block]) => block.status === "ready");
        return { scope, scopes, later, data: Object.fromEntries(ready.map(([name, { data }]) => [name, data])) };
    }

    async start() {
        const known = this.props.state?.workbench;
        if (known?.scope === this.page.scope) {
            Object.assign(this.page, { scopes: known.scopes, later: known.later });
            this.live.remember(known.data);
        }
        await this.show();
    }

    async read(names) {
        const { scope } = this.page;
        const answer = await this.orm.silent.call("crm.lead", "get_workbench", [scope, names]);
        if (scope === this.page.scope) {
            const { scopes, today, later } = answer;
            Object.assign(this.page, { scopes, today, later });
        }
        return answer.blocks;
    }

    /** What one looks at is not kept waiting for the sums, which take longer. */
    async reloadAfterDeed(names) {
        await this.live.reload(names.filter((name) => FIRST.includes(name)));
        this.live.reload(names.filter((name) => this.page.later.includes(name)));
    }

    /** A deal has ended: its row goes before the server has been asked. */
    leave(id) {
        const isGone = (deal) => deal.id === id;
        this.live.change("attention", (data) => without(data, "deals", isGone, (deal) => ["all", deal.pace]));
        this.live.change("opportunities", (data) => without(data, "deals", isGone, () => ["closing"]));
    }

    /** An activity was marked as done: the same. */
    finish(id) {
        const isGone = (entry) => entry.kind === "activity" && entry.id === id;
        const isLate = (entry) => entry.date_deadline < this.page.today;
        this.live.change("today", (data) =>
            without(data, "entries", isGone, (entry) => [isLate(entry) ? "overdue" : "due"])
        );
    }

    /** Read the page: what paints it, then what follows. */
    async show() {
        const { scope } = this.page;
        try {
            await this.live.load(FIRST);
        } catch (error) {
            // A scope that was remembered, and is not offered any more, is given up for one's own deals.
            if (error.exceptionName === "odoo.exceptions.AccessError" && scope === this.page.scope) {
                this.choose("mine");
            }
        }
        if (scope === this.page.scope) {
            await this.live.reload(this.page.later);
        }
    }

    /** Why the page is empty, where the server has never answered; otherwise each block speaks for itself. */
    get failure() {
        const first = FIRST.map((name) => this.live.blocks[name]);
        return !this.page.later.length && first.every((block) => block?.status === "error") ? first[0].error : "";
    }

    choose(scope) {
        // A second click on the one that is chosen takes nothing back: one of them always is.
        if (scope && scope !== this.page.scope) {
            browser.localStorage.setItem(this.storageKey, scope);
            Object.assign(this.page, { scope, later: [] });
            this.live.forget();
            this.show();
        }
    }

    get scopes() {
        return this.page.scopes.map((name) => ({ value: name, label: SCOPES[name].toString() }));
    }

    get isMine() {
        return this.page.scope === "mine";
    }

    get todayLabel() {
        const day = DateTime.fromISO(this.page.today);
        return day.toLocaleString({ weekday: "long", day: "numeric", month: "long" });
    }

    /** What stands on the page. */
    get blocks() {
        const shown = BLOCKS.filter(({ name }) => name !== "sellers" || !this.isMine);
        return shown.map(({ name, Component: One, title }) => {
            const props = this.block(name);
            if (name === "funnel") {
                props.conversion = this.block("conversion");
            }
            const broken = this.page.broken[name];
            const className = `o_workbench_${name}`;
            const frame = {
                title: title.toString(),
                className,
                status: "error",
                error: broken || "",
                onRetry: props.onRetry,
            };
            return { name, One, props, broken, frame, onError: (error) => this.onBroken(name, error) };
        });
    }

    /** What comes from the server could not be drawn: the other blocks do not lack for it. */
    onBroken(name, error) {
        this.page.broken[name] = reasonOf(error.cause || error);
    }

    async retry(name) {
        await this.live.reload([name]);
        delete this.page.broken[name];
    }

    /** What a block is given: as values, so that it is drawn anew when they change, and only then. */
    block(name) {
        const { status, data, error } = this.live.blocks[name] || { status: "loading", data: null, error: "" };
        this.retries[name] ||= () => this.retry(name);
        return { status, data, error, onRetry: this.retries[name], deeds: this.deeds, isMine: this.isMine };
    }
}

registry.category("lazy_components").add("sales_process_control.Workbench", Workbench);

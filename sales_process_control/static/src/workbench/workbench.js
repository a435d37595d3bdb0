import { Component, onPatched, onWillPatch, onWillStart, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { RadioChips } from "../kit/radio_chips";
import { SafeBlock, useSafeBlocks } from "../screen/block";
import { useLiveData } from "../screen/live_data";
import { useWorkbenchActions } from "./workbench_actions";
import { workbenchBlocks } from "./workbench_block";
import { WorkbenchHome } from "./workbench_home";

const { DateTime } = luxon;

const MESSAGE_TYPE = "sales_process_control.workbench";
const SCOPE_LABELS = { mine: _t("Mine"), team: _t("My teams"), all: _t("All") };

/**
 * Keep the keyboard focus in its block when the focused element is removed, for example with the row of a lost deal.
 *
 * @param {{el: HTMLElement}} rootRef of the screen
 */
function useFocusInBlock(rootRef) {
    let focused, heading;
    onWillPatch(() => {
        focused = document.activeElement;
        const block = rootRef.el?.contains(focused) && focused.closest(".o_block");
        heading = block && block.querySelector("h2");
    });
    onPatched(() => {
        if (heading && !focused.isConnected) {
            heading.focus({ preventScroll: true });
        }
    });
}

/** Screen that shows the day of a salesperson or a team, as a grid of blocks. */
export class Workbench extends Component {
    static template = "sales_process_control.Workbench";
    static components = { RadioChips, SafeBlock, WorkbenchHome };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.rootRef = useRef("root");
        this.registeredBlocks = workbenchBlocks.getEntries().map(([name, entry]) => ({ name, ...entry }));
        const storedScope = browser.localStorage.getItem(this.storageKey);
        this.state = useState({
            scope: storedScope in SCOPE_LABELS ? storedScope : "mine",
            /** Names of the scopes that the server offers. */
            scopes: [],
            today: DateTime.local().toISODate(),
            /** Names of the blocks that are read by the second request. */
            later: [],
        });
        this.live = useLiveData({
            read: (names) => this.readBlocks(names),
            getBatches: () => [this.firstNames, this.state.later].filter((names) => names.length),
            messageType: MESSAGE_TYPE,
            listensToMessages: () => this.isMine,
        });
        this.actions = useWorkbenchActions({
            reloadAfter: (kind) => this.reloadAfter(kind),
            removeDeal: (id) => this.changeBlocks("withoutDeal", id),
            removeActivity: (id) => this.changeBlocks("withoutActivity", id),
            getScope: () => this.state.scope,
        });
        this.toSafeBlock = useSafeBlocks();
        useFocusInBlock(this.rootRef);
        useSetupAction({ rootRef: this.rootRef, getLocalState: () => ({ workbench: this.getLocalState() }) });
        // Not awaited: the screen is rendered at once, and the blocks are filled when they are read.
        onWillStart(() => {
            this.start();
        });
    }

    get storageKey() {
        return `sales_process_control.workbench.scope.${user.userId}`;
    }

    get isMine() {
        return this.state.scope === "mine";
    }

    /** Registered blocks of the scope. */
    get scopeBlocks() {
        return this.registeredBlocks.filter(({ isForSeveral }) => !(isForSeveral && this.isMine));
    }

    /** Names of the blocks that are read by the first request. */
    get firstNames() {
        return this.scopeBlocks.filter(({ isLater }) => !isLater).map(({ name }) => name);
    }

    /** State to show at once when the user returns to the screen by the breadcrumbs. */
    getLocalState() {
        const { scope, scopes, later } = this.state;
        return { scope, scopes, later, data: this.live.getData() };
    }

    async start() {
        const localState = this.props.state?.workbench;
        if (localState?.scope === this.state.scope) {
            Object.assign(this.state, { scopes: localState.scopes, later: localState.later });
            this.live.restore(localState.data);
        }
        await this.load();
    }

    /** Read all blocks: the first ones, then those that the server names. */
    async load() {
        const { scope } = this.state;
        try {
            await this.live.load(this.firstNames);
        } catch (error) {
            // The stored scope may no longer be offered to the user.
            if (error.exceptionName === "odoo.exceptions.AccessError" && scope === this.state.scope) {
                this.chooseScope("mine");
            }
        }
        if (scope === this.state.scope) {
            await this.live.reload(this.state.later);
        }
    }

    async readBlocks(names) {
        const { scope } = this.state;
        const answer = await this.orm.silent.call("crm.lead", "get_workbench", [scope, names]);
        if (scope === this.state.scope) {
            const { scopes, today, later } = answer;
            Object.assign(this.state, { scopes, today, later });
        }
        return answer.blocks;
    }

    /**
     * Reload the blocks that a change of a record affects. The first blocks are not delayed by those read later, which
     * take more time.
     *
     * @param {"activity"|"deal"|"flag"} kind of the record
     * @returns {Promise} resolves when the first blocks are read
     */
    async reloadAfter(kind) {
        const { firstNames, scopeBlocks: blocks } = this;
        const { later } = this.state;
        const listing = blocks.filter(({ lists }) => lists === kind);
        const depending = blocks.filter(({ dependsOn }) => dependsOn?.includes(kind));
        const names = kind === "deal" ? [...firstNames, ...later] : [...listing, ...depending].map(({ name }) => name);
        await this.live.reload(names.filter((name) => firstNames.includes(name)));
        this.live.reload(names.filter((name) => later.includes(name)));
    }

    /**
     * Remove a record from the blocks before the server is asked.
     *
     * @param {"withoutDeal"|"withoutActivity"} method of the registered blocks
     * @param {number} recordId
     */
    changeBlocks(method, recordId) {
        for (const block of this.registeredBlocks.filter((registered) => registered[method])) {
            this.live.change(block.name, (data) => block[method](data, recordId, this.state.today));
        }
    }

    /** Error that is shown instead of the grid if no request of the screen has succeeded yet. */
    get failure() {
        const first = this.firstNames.map((name) => this.live.blocks[name]);
        const hasFailed = !this.state.later.length && first.every((block) => block?.status === "error");
        return (hasFailed && first[0]?.error) || "";
    }

    chooseScope(scope) {
        // A click on the chosen chip clears it, but one scope always stays chosen.
        if (scope && scope !== this.state.scope) {
            browser.localStorage.setItem(this.storageKey, scope);
            Object.assign(this.state, { scope, later: [] });
            this.live.clear();
            this.load();
        }
    }

    get scopeOptions() {
        return this.state.scopes.map((name) => ({ value: name, label: SCOPE_LABELS[name].toString() }));
    }

    get todayLabel() {
        const day = DateTime.fromISO(this.state.today);
        return day.toLocaleString({ weekday: "long", day: "numeric", month: "long" });
    }

    /** Blocks of the scope, as props of `SafeBlock`. */
    get blocks() {
        return this.scopeBlocks.map(({ name, component, title: lazyTitle, parts = [] }) => {
            const title = lazyTitle.toString();
            const className = `o_workbench_${name}`;
            const blockProps = { ...this.live.getProps(name), title, className };
            Object.assign(blockProps, { actions: this.actions, isMine: this.isMine });
            for (const part of parts) {
                blockProps[part] = this.live.getProps(part);
            }
            return this.toSafeBlock({ name, component, title, className, blockProps });
        });
    }
}

registry.category("lazy_components").add("sales_process_control.Workbench", Workbench);

import { Component, onPatched, onWillPatch, onWillStart, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { RadioChips } from "../kit/radio_chips";
import { SafeBlock, useSafeBlocks } from "../screen/block";
import { useFreshness } from "../screen/freshness";
import { useLiveData } from "../screen/live_data";
import { useWorkbenchActions } from "./workbench_actions";
import { workbenchBlocks } from "./workbench_block";
import { WorkbenchHome } from "./workbench_home";

const { DateTime } = luxon;

const MESSAGE_TYPE = "sales_process_control.workbench";
/** Block of the server that says whether the records of the other blocks have changed. */
const STATE = "state";
/** Blocks that show one process at a time. */
const OF_PROCESS = ["funnel", "conversion"];
const NO_CHOICE = { teamId: false, process: null };
const REFUSALS = ["odoo.exceptions.AccessError", "odoo.exceptions.UserError"];
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
        const scope = storedScope in SCOPE_LABELS ? storedScope : "mine";
        this.state = useState({
            scope,
            /** Team and process that the user has chosen in this scope: `{teamId, process}`. */
            choice: this.readChoice(scope),
            /** Teams that the server offers in this scope: `{id, name}`. */
            teams: [],
            /** When the blocks were read, or were found to be current, as the server sends it. */
            readAt: false,
            /** What screen readers are told after the page has updated itself. */
            announcement: "",
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
        useFreshness({ isCurrent: () => this.isCurrent(), read: () => this.update() });
        const actions = useWorkbenchActions({
            reloadAfter: (kind) => this.reloadAfter(kind),
            removeDeal: (id) => this.changeBlocks("withoutDeal", id),
            removeActivity: (id) => this.changeBlocks("withoutActivity", id),
        });
        this.actions = { ...actions, chooseProcess: (stageIds) => this.chooseProcess(stageIds) };
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

    /** Names of the blocks that are read by the first request. The state is that before anything else is read. */
    get firstNames() {
        return [STATE, ...this.scopeBlocks.filter(({ isLater }) => !isLater).map(({ name }) => name)];
    }

    /** Text that differs if the user has chosen other deals. */
    get choiceKey() {
        return JSON.stringify([this.state.scope, this.state.choice.teamId]);
    }

    choiceStorageKey(scope) {
        return `sales_process_control.workbench.choice.${user.userId}.${scope}`;
    }

    /** Return the team and the process that were chosen last in a scope. */
    readChoice(scope) {
        try {
            const { teamId, process } = JSON.parse(browser.localStorage.getItem(this.choiceStorageKey(scope)));
            return {
                teamId: (scope !== "mine" && Number.isInteger(teamId) && teamId) || false,
                process: Array.isArray(process) ? process : null,
            };
        } catch {
            return { ...NO_CHOICE };
        }
    }

    storeChoice(choice) {
        this.state.choice = choice;
        browser.localStorage.setItem(this.choiceStorageKey(this.state.scope), JSON.stringify(choice));
    }

    /** State to show at once when the user returns to the screen by the breadcrumbs. */
    getLocalState() {
        const { scopes, teams, later, readAt } = this.state;
        return { choiceKey: this.choiceKey, scopes, teams, later, readAt, data: this.live.getData() };
    }

    async start() {
        const localState = this.props.state?.workbench;
        if (localState?.choiceKey === this.choiceKey) {
            const { scopes, teams, later, readAt, data } = localState;
            Object.assign(this.state, { scopes, teams, later, readAt });
            this.live.restore(data);
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

    /** Ask the server for blocks of the deals that are chosen. */
    ask(names) {
        const { scope, choice } = this.state;
        const teamIds = choice.teamId ? [choice.teamId] : null;
        const process = names.some((name) => OF_PROCESS.includes(name)) ? choice.process : null;
        return this.orm.silent.call("crm.lead", "get_workbench", [scope, names, teamIds, process]);
    }

    async readBlocks(names) {
        const { scope, choice } = this.state;
        const key = this.choiceKey;
        let answer;
        try {
            answer = await this.ask(names);
        } catch (error) {
            // A team or process that was chosen before may be archived, or changed, by now.
            const mayDrop = (choice.teamId || choice.process) && choice === this.state.choice;
            if (!mayDrop || scope !== this.state.scope || !REFUSALS.includes(error.exceptionName)) {
                throw error;
            }
            this.storeChoice({ ...choice, ...(choice.process ? { process: null } : { teamId: false }) });
            return this.readBlocks(names);
        }
        if (key === this.choiceKey) {
            const { scopes, teams, today, later } = answer;
            Object.assign(this.state, { scopes, teams, today, later });
            if (names.includes(STATE)) {
                this.state.readAt = answer.read_at;
            }
        }
        return answer.blocks;
    }

    /** Return whether the blocks show the current records. The state was read before them. */
    async isCurrent() {
        const key = this.choiceKey;
        const { data } = this.live.getProps(STATE);
        const { blocks, read_at: readAt } = await this.ask([STATE]);
        if (key !== this.choiceKey || data !== this.live.getProps(STATE).data) {
            // The page is being read already.
            return true;
        }
        const isCurrent = Boolean(data) && data.seen === blocks[STATE].seen;
        if (isCurrent) {
            this.state.readAt = readAt;
        }
        return isCurrent;
    }

    /** Read the page again, and tell screen readers if that was done because something has changed. */
    async update() {
        const { data } = this.live.getProps(STATE);
        await this.live.reloadAll();
        if (data?.seen !== this.live.getProps(STATE).data?.seen) {
            this.state.announcement = _t("The workbench has changed. It is now as of %s.", this.timeLabel);
        }
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
            Object.assign(this.state, { scope, choice: this.readChoice(scope), teams: [], later: [] });
            this.live.clear();
            this.load();
        }
    }

    chooseTeam(teamId) {
        this.storeChoice({ ...NO_CHOICE, teamId });
        this.state.later = [];
        this.live.clear();
        this.load();
    }

    chooseProcess(process) {
        this.storeChoice({ ...this.state.choice, process });
        return this.live.reload(OF_PROCESS);
    }

    get scopeOptions() {
        return this.state.scopes.map((name) => ({ value: name, label: SCOPE_LABELS[name].toString() }));
    }

    /** Options of the picker of teams; none if there is nothing to choose. */
    get teamOptions() {
        const { teams, choice } = this.state;
        const isNeeded = teams.length > 1 || (choice.teamId && teams.length);
        return isNeeded && !this.isMine ? [{ id: false, name: _t("All teams") }, ...teams] : [];
    }

    onTeam(ev) {
        this.chooseTeam(Number(ev.target.value) || false);
    }

    get timeLabel() {
        const { readAt } = this.state;
        return readAt ? deserializeDateTime(readAt).toFormat(localization.timeFormat.replace(/:ss/, "")) : "";
    }

    get asOfLabel() {
        return this.timeLabel && _t("As of %s", this.timeLabel);
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

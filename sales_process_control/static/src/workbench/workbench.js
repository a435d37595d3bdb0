import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";
import { deepEqual } from "@web/core/utils/objects";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useFocusInBlock } from "../kit/focus";
import { RadioChips } from "../kit/radio_chips";
import { userTimeLabel, userToday } from "../kit/user_day";
import { ACCESS_ERROR, askOrDrop, USER_ERROR } from "../screen/ask_or_drop";
import { SafeBlock, useSafeBlocks } from "../screen/block";
import { useFreshness } from "../screen/freshness";
import { useLiveData } from "../screen/live_data";
import { STOP_RESOLVED } from "../stage_gate/stop_dialog";
import { ShownState } from "./shown_state";
import { useWorkbenchActions } from "./workbench_actions";
import { workbenchBlocks } from "./workbench_block";
import { WorkbenchHome } from "./workbench_home";

const { DateTime } = luxon;

const MESSAGE_TYPE = "sales_process_control.workbench";
/** Block of the server that says whether the records of the other blocks have changed. */
const STATE = "state";
/** Milliseconds between two reads of the blocks of the second request because records have changed: they take long. */
export const LATER_INTERVAL = 180_000;
/** Milliseconds between two announcements that the page has changed. */
export const ANNOUNCE_INTERVAL = 180_000;
/** Blocks that show one process at a time. */
const OF_PROCESS = ["funnel", "conversion"];
const NO_CHOICE = { teamId: false, process: null };
const SCOPE_LABELS = { mine: _t("Mine"), team: _t("My teams"), all: _t("All") };

/** Screen that shows the day of a salesperson or a team, as a grid of blocks. */
export class Workbench extends Component {
    static template = "sales_process_control.Workbench";
    static components = { RadioChips, SafeBlock, WorkbenchHome };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.shown = new ShownState();
        /** Stages of the process that the funnel shows. Later reads ask for it, so that it stays the same. */
        this.shownProcess = null;
        /** Names of the blocks that the last check has found to be old; null for all. */
        this.stale = null;
        /** Requests for blocks that were begun, and those that are under way. */
        this.reads = { begun: 0, underWay: 0 };
        /** How often the user has chosen other deals. */
        this.restarts = 0;
        this.laterReadAt = 0;
        this.announcedAt = -ANNOUNCE_INTERVAL;
        /** Whether the user has changed records since the last announcement. */
        this.hasActed = false;
        this.retryProcess = () => this.live.retry(OF_PROCESS);
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
            /** When all blocks were read, or were found to be current, as the server sends it. */
            readAt: false,
            /** What screen readers are told after the page has updated itself. */
            announcement: "",
            /** Names of the scopes that the server offers. */
            scopes: [],
            today: userToday(),
            /** Names of the blocks that are read by the second request. */
            later: [],
        });
        this.live = useLiveData({
            read: (names) => this.readBlocks(names),
            getBatches: () => [this.firstNames, this.state.later].filter((names) => names.length),
            messageType: MESSAGE_TYPE,
            listensToMessages: () => this.isMine,
        });
        useBus(this.env.bus, STOP_RESOLVED, () => this.reloadAfter("deal"));
        useFreshness({ isCurrent: () => this.isCurrent(), read: () => this.update() });
        const actions = useWorkbenchActions({
            reloadAfter: (kind) => this.reloadAfter(kind),
            removeDeal: (id) => this.changeBlocks("withoutDeal", id),
            removeActivity: (id) => this.changeBlocks("withoutActivity", id),
            getTeams: () => this.shownTeams,
        });
        this.actions = {
            ...actions,
            chooseProcess: (stageIds) => this.chooseProcess(stageIds),
            hideBlock: (name) => this.hideBlock(name),
        };
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

    /** Registered blocks of the scope. Optional ones are those that the server names. */
    get scopeBlocks() {
        return this.registeredBlocks.filter(
            ({ name, isForSeveral, isOptional }) =>
                !(isForSeveral && this.isMine) && (!isOptional || this.state.later.includes(name))
        );
    }

    /** Names of the blocks that are read by the first request. The state is that before anything else is read. */
    get firstNames() {
        return [STATE, ...this.scopeBlocks.filter(({ isLater }) => !isLater).map(({ name }) => name)];
    }

    /** Text that differs if the user has chosen other deals. */
    get choiceKey() {
        return JSON.stringify([this.state.scope, this.state.choice.teamId]);
    }

    /** Teams whose deals are shown: their ids, or `all`; null for own deals. */
    get shownTeams() {
        const { scope, choice, teams } = this.state;
        if (choice.teamId) {
            return [choice.teamId];
        }
        return { mine: null, team: teams.map(({ id }) => id), all: "all" }[scope];
    }

    /** Names of the blocks of the scope on the server, without the state. */
    get blockNames() {
        return [...this.firstNames.filter((name) => name !== STATE), ...this.state.later];
    }

    /** Teams and processes are those of the companies that the user has selected. */
    choiceStorageKey(scope) {
        const companyIds = user.activeCompanies.map(({ id }) => id).sort();
        return `sales_process_control.workbench.choice.${user.userId}.${companyIds}.${scope}`;
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
        const { seen, readAt: readAtOf } = this.shown;
        const shown = { seen, readAt: readAtOf };
        return { choiceKey: this.choiceKey, scopes, teams, later, readAt, shown, data: this.live.getData() };
    }

    async start() {
        const localState = this.props.state?.workbench;
        if (localState?.choiceKey === this.choiceKey) {
            const { scopes, teams, later, readAt, shown, data } = localState;
            Object.assign(this.state, { scopes, teams, later, readAt });
            Object.assign(this.shown, shown);
            this.live.restore(data);
        }
        await this.load();
    }

    /**
     * Read blocks: those of the first request, then those that the server names.
     *
     * @param {string[]} [names] of the blocks; by default all
     */
    async load(names) {
        const { scope } = this.state;
        const isWanted = (name) => !names || names.includes(name);
        const first = this.firstNames.filter(isWanted);
        try {
            await (first.length && this.live.load(first));
        } catch (error) {
            // The stored scope may no longer be offered to the user.
            if (error.exceptionName === ACCESS_ERROR && scope === this.state.scope) {
                this.chooseScope("mine");
            }
        }
        if (scope === this.state.scope) {
            await this.live.reload(this.state.later.filter(isWanted));
        }
    }

    /**
     * Ask the server for blocks of the deals that are chosen.
     *
     * @param {string[]} names
     * @param {{teamId: number|false, process: number[]|null}} [choice]
     * @param {number[]|null} [shownProcess] process to ask for if none is chosen
     */
    ask(names, choice = this.state.choice, shownProcess = this.shownProcess) {
        const teamIds = choice.teamId ? [choice.teamId] : null;
        const isOfProcess = names.some((name) => OF_PROCESS.includes(name));
        const process = isOfProcess ? choice.process || shownProcess : null;
        return this.orm.silent.call("crm.lead", "get_workbench", [this.state.scope, names, teamIds, process]);
    }

    /**
     * Ask the server for blocks; without the chosen team or process if they were refused, since a team may be archived
     * and a process changed by now. The choice is forgotten only if the server answers without it.
     */
    async askOrDrop(names) {
        const { scope, choice } = this.state;
        const process = this.shownProcess;
        const isChosen = () => choice === this.state.choice && scope === this.state.scope;
        const { answer, dropped } = await askOrDrop(
            (without) => (without ? this.ask(names, { ...choice, ...without }, null) : this.ask(names)),
            ({ exceptionName }) => {
                const isOfProcess = exceptionName === USER_ERROR && names.some((name) => OF_PROCESS.includes(name));
                return (
                    isChosen() &&
                    ((isOfProcess && (choice.process || process) && { process: null }) ||
                        (exceptionName === ACCESS_ERROR && choice.teamId && { ...NO_CHOICE }))
                );
            }
        );
        if (isChosen() && dropped) {
            const rest = { ...choice, ...dropped };
            this.dropChoice(choice, rest);
            if (choice.teamId !== rest.teamId && !names.includes(STATE)) {
                this.restart(); // the other blocks are still those of the team
            }
        } else if (isChosen()) {
            this.followProcess(choice, answer.blocks.funnel?.process);
        }
        return answer;
    }

    /** Keep the stages that the chosen process has by now: of a choice that is years old, none may be left. */
    followProcess(choice, process) {
        if (choice.process && process && !deepEqual(choice.process, process)) {
            this.storeChoice({ ...choice, process });
        }
    }

    /** Forget what cannot be chosen any more, and say so. */
    dropChoice(choice, rest) {
        this.shownProcess = null;
        if (choice.teamId !== rest.teamId) {
            this.shown.clear();
            this.notification.add(_t("The selected team is no longer available. All teams are shown."));
        } else if (choice.process) {
            this.notification.add(_t("The selected process has changed. Another process is shown."));
        }
        if (!deepEqual(choice, rest)) {
            this.storeChoice(rest);
        }
    }

    async readBlocks(names) {
        const { latest } = this.shown;
        this.reads.begun++;
        this.reads.underWay++;
        if (names.some((name) => this.state.later.includes(name))) {
            this.laterReadAt = Date.now();
        }
        try {
            const { restarts } = this;
            const answer = await this.askOrDrop(names);
            if (restarts === this.restarts) {
                this.noteAnswer(names, answer, latest);
            }
            return answer.blocks;
        } finally {
            this.reads.underWay--;
        }
    }

    /** Keep what an answer says about the page. `latest` is the state that was known when the blocks were asked for. */
    noteAnswer(names, { scopes, teams, today, later, blocks, read_at: readAt }, latest) {
        Object.assign(this.state, { scopes, teams, today, later });
        const state = blocks[STATE]?.seen || latest;
        if (blocks[STATE]?.seen) {
            this.shown.latest = state;
        }
        for (const name of names.filter((one) => one !== STATE && blocks[one] && !blocks[one].error)) {
            this.shown.noteRead(name, state, readAt);
        }
        this.shownProcess = blocks.funnel?.process || this.shownProcess;
        this.state.readAt = this.shown.oldest(this.blockNames);
    }

    /** Return whether the blocks show the current records; the names of those that do not are kept. */
    async isCurrent() {
        const key = this.choiceKey;
        const { begun } = this.reads;
        let answer;
        try {
            answer = this.reads.underWay ? null : await this.ask([STATE]);
        } catch (error) {
            if ([ACCESS_ERROR, USER_ERROR].includes(error.exceptionName)) {
                this.stale = null;
                return false; // what is shown may not be chosen any more
            }
            throw error;
        }
        const state = answer?.blocks[STATE]?.seen;
        if (!state || key !== this.choiceKey || begun !== this.reads.begun) {
            return true; // the page is being read already, or its state is not known
        }
        this.shown.latest = state;
        const stale = this.findStale(state, answer.read_at);
        this.stale = stale.length ? stale : null;
        this.state.readAt = this.shown.oldest(this.blockNames);
        this.hasActed &&= this.state.readAt !== answer.read_at;
        return !stale.length;
    }

    /** Return the names of the blocks to read again: failed ones, and those of another state of the records. */
    findStale(state, readAt) {
        const isRead = (name) => this.live.blocks[name]?.status === "ready" && !this.live.blocks[name].error;
        const isDue = Date.now() - this.laterReadAt >= LATER_INTERVAL;
        const stale = this.blockNames.filter((name) => {
            const isSame = this.shown.check(name, state, readAt);
            const mayWait = this.state.later.includes(name) && !isDue;
            return !isRead(name) || !(isSame || mayWait);
        });
        // Both show one process.
        return stale.some((name) => OF_PROCESS.includes(name)) ? [...new Set([...stale, ...OF_PROCESS])] : stale;
    }

    /** Read old blocks again, and tell screen readers if others have changed what they show. */
    async update() {
        const names = this.stale;
        this.stale = null;
        const before = this.live.getData();
        await this.load(names);
        const after = this.live.getData();
        const hasChanged = this.blockNames.some((name) => before[name] && !deepEqual(before[name], after[name]));
        const isOwn = this.hasActed;
        this.hasActed = false;
        if (hasChanged && !isOwn && Date.now() - this.announcedAt >= ANNOUNCE_INTERVAL) {
            this.announcedAt = Date.now();
            this.state.announcement = _t("The workbench was updated. It is now as of %s.", this.timeLabel);
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
        this.hasActed = true;
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
            Object.assign(this.state, { scope, choice: this.readChoice(scope), teams: [] });
            this.restart();
        }
    }

    chooseTeam(teamId) {
        this.storeChoice({ ...NO_CHOICE, teamId });
        this.restart();
    }

    /** Read the page of other deals. */
    restart() {
        Object.assign(this.state, { later: [], readAt: false, announcement: "" });
        Object.assign(this, { shownProcess: null, stale: null, restarts: this.restarts + 1 });
        this.shown.clear();
        this.live.clear();
        this.load();
    }

    /** Stop showing an optional block, which the server does not name any more. */
    hideBlock(name) {
        this.state.later = this.state.later.filter((one) => one !== name);
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
        return readAt ? userTimeLabel(readAt) : "";
    }

    get asOfLabel() {
        return this.timeLabel && _t("As of %s", this.timeLabel);
    }

    get todayLabel() {
        const day = DateTime.fromISO(this.state.today);
        return day.toLocaleString({ weekday: "long", day: "numeric", month: "long" });
    }

    /** Blocks of one process are read together. */
    toProcessProps(name, props) {
        return OF_PROCESS.includes(name) ? { ...props, onRetry: this.retryProcess } : props;
    }

    /** Blocks of the scope, as props of `SafeBlock`. */
    get blocks() {
        const hasNoDeals = this.live.blocks.totals?.data?.open?.value === 0;
        return this.scopeBlocks.map(({ name, component, title: lazyTitle, parts = [] }) => {
            const title = lazyTitle.toString();
            const className = `o_workbench_${name}`;
            const blockProps = { ...this.toProcessProps(name, this.live.getProps(name)), title, className };
            Object.assign(blockProps, { actions: this.actions, isMine: this.isMine, hasNoDeals });
            for (const part of parts) {
                blockProps[part] = this.toProcessProps(part, this.live.getProps(part));
            }
            return this.toSafeBlock({ name, component, title, className, blockProps });
        });
    }
}

registry.category("lazy_components").add("sales_process_control.Workbench", Workbench);

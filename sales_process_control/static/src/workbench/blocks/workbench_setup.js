import { useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { countLabel } from "../../kit/numbers";
import { joinedNames, joinedParts } from "../../kit/text_lists";
import { MANAGER_TOUR, useSalesTours } from "../sales_tours";
import { WorkbenchBlock, workbenchBlocks } from "../workbench_block";

const MODEL = "crm.workbench.setup";
const COLLAPSED_KEY = "sales_process_control.workbench.setup_is_collapsed";
const ICONS = {
    done: "fa-check-circle text-success",
    open: "fa-circle-o",
    skipped: "fa-minus-circle text-muted",
};
const STATE_LABELS = { done: _t("Done"), open: _t("To do"), skipped: _t("Skipped") };
const TITLES = {
    stages: _t("Stages"),
    history: _t("History of your deals"),
    teams: _t("Teams and targets"),
    weekly: _t("Weekly report"),
    alerts: _t("Deal alerts"),
};
const TEXTS = {
    stages: _t(
        "Define the stages of your deals, and how long deals may stay in them: keep your stages, or load a ready process."
    ),
    history: _t(
        "Import the deals of your former program with their history. Rates and limits are then known from the first day."
    ),
    teams: _t("Define who sells in which team, and what is to be won this month."),
    weekly: _t("An email on Monday morning with the numbers for the team meeting."),
    alerts: _t(
        "An activity for what needs attention: overdue promises, stalled deals, and hot deals without a next action."
    ),
};
const SETTINGS = "crm.crm_config_settings_action";
const ASK_ADMINISTRATOR = _t("An administrator switches it on in the settings of CRM.");

/** Set-up panel of the company in use: the first steps, each with its state. Sales managers only. */
export class WorkbenchSetup extends WorkbenchBlock {
    static template = "sales_process_control.WorkbenchSetup";

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.orm = useService("orm");
        this.ui = useService("ui");
        this.startTour = useSalesTours();
        this.state = useState({ isCollapsed: browser.localStorage.getItem(this.storageKey) === "1" });
    }

    get storageKey() {
        return `${COLLAPSED_KEY}.${user.userId}`;
    }

    toggle() {
        this.state.isCollapsed = !this.state.isCollapsed;
        browser.localStorage.setItem(this.storageKey, this.state.isCollapsed ? "1" : "0");
    }

    get progressLabel() {
        const { steps, done_count: done, company } = this.props.data;
        return _t("%(company)s: %(done)s of %(all)s steps", { company: company.name, done, all: steps.length });
    }

    get isComplete() {
        const { steps, done_count: done } = this.props.data;
        return done === steps.length;
    }

    /** Steps as the template shows them. */
    get steps() {
        return this.props.data.steps.map((step) => {
            const { buttons, ...described } = this[`describe_${step.key}`](step);
            return {
                key: step.key,
                state: step.state,
                icon: ICONS[step.state],
                stateLabel: STATE_LABELS[step.state],
                title: TITLES[step.key],
                text: TEXTS[step.key],
                ...described,
                buttons: buttons.map((button, index) => this.describeButton(button, step.state === "open" && !index)),
                canSkip: step.key !== "stages" && step.state !== "done",
                isSkipped: step.state === "skipped",
            };
        });
    }

    describeButton({ isPressed, ...button }, isPrimary) {
        return {
            ...button,
            className: isPrimary ? "btn-primary" : "btn-secondary",
            pressed: isPressed === undefined ? undefined : String(isPressed),
        };
    }

    describe_stages({
        stages,
        limited,
        with_actions: withActions,
        suggestions,
        is_kept: isKept,
        teams_without: without,
    }) {
        return {
            facts: [
                {
                    number: stages,
                    label: stages.value === 1 ? _t("1 stage") : _t("%s stages", countLabel(stages.value)),
                },
                { number: limited, label: _t("%s with their own limit", countLabel(limited.value)) },
                { number: withActions, label: _t("%s with sales actions", countLabel(withActions.value)) },
            ],
            warning: without.length ? _t("Without open stages, or without a won stage: %s", joinedNames(without)) : "",
            note:
                suggestions.length || limited.value === stages.value
                    ? ""
                    : _t("Limits can be suggested for stages from 20 ended visits on."),
            buttons: [
                {
                    label: isKept ? _t("Stages are kept") : _t("Keep my stages"),
                    isPressed: isKept,
                    run: () => this.change("keep_stages", !isKept),
                },
                ...(suggestions.length
                    ? [{ label: _t("Use suggested limits"), run: () => this.takeLimits(suggestions) }]
                    : []),
                {
                    label: _t("Load the six-stage process"),
                    run: () =>
                        this.open("sales_process_control.crm_process_loader_action", { default_hides_others: true }),
                },
            ],
        };
    }

    describe_history({ deals }) {
        return {
            facts: [
                {
                    number: deals,
                    label: deals.value === 1 ? _t("1 imported deal") : _t("%s imported deals", countLabel(deals.value)),
                },
            ],
            buttons: [this.opener(_t("Import a history"), "sales_process_control.crm_stage_history_import_action")],
        };
    }

    describe_teams({ teams, members, targets }) {
        return {
            facts: [
                { number: teams, label: teams.value === 1 ? _t("1 team") : _t("%s teams", countLabel(teams.value)) },
                {
                    number: members,
                    label: members.value === 1 ? _t("1 member") : _t("%s members", countLabel(members.value)),
                },
                {
                    number: targets,
                    label:
                        targets.value === 1
                            ? _t("1 target this month")
                            : _t("%s targets this month", countLabel(targets.value)),
                },
            ],
            buttons: [
                this.opener(_t("Sales teams"), "sales_team.crm_team_action_config"),
                this.opener(_t("Set targets"), "sales_process_control.crm_sales_target_action"),
            ],
        };
    }

    describe_weekly({ readers, can_set: canSet }) {
        return {
            facts: [
                {
                    number: readers,
                    label: readers.value === 1 ? _t("1 recipient") : _t("%s recipients", countLabel(readers.value)),
                },
            ],
            note: canSet ? "" : ASK_ADMINISTRATOR,
            buttons: [
                ...(canSet ? [this.settingOpener(_t("For all team leaders"), "weekly_report")] : []),
                this.opener(_t("For me"), "sales_process_control.crm_my_preferences_action"),
            ],
        };
    }

    describe_alerts({ kinds, can_set: canSet }) {
        return {
            facts: [{ label: kinds === 1 ? _t("1 kind of alert is on") : _t("%s kinds of alerts are on", kinds) }],
            note: canSet ? "" : ASK_ADMINISTRATOR,
            buttons: canSet ? [this.settingOpener(_t("Choose alerts"), "deal_alerts")] : [],
        };
    }

    opener(label, action) {
        return { label, run: () => this.open(action) };
    }

    /** Return a button that opens the settings of CRM at one of them: it is below the first screen of a long page. */
    settingOpener(label, setting) {
        return {
            label,
            run: async () => {
                await this.open(SETTINGS);
                const place = document.getElementById(setting);
                place?.scrollIntoView({ block: "center" });
                place?.querySelector("input")?.focus({ preventScroll: true, focusVisible: true });
            },
        };
    }

    /** Open an action. After a dialog the states are read again; after a page the workbench is. */
    open(action, additionalContext = {}) {
        return this.action.doAction(action, { additionalContext, onClose: () => this.props.onRetry() });
    }

    async change(method, ...args) {
        await this.orm.call(MODEL, method, args);
        await this.props.onRetry();
    }

    skip({ key, isSkipped }) {
        return this.change("skip_step", key, !isSkipped);
    }

    takeLimits(suggestions) {
        const list = suggestions.map(({ name, days, visits }) =>
            _t("%(stage)s: %(days)s days (from %(visits)s visits)", { stage: name, days, visits })
        );
        this.dialog.add(ConfirmationDialog, {
            title: _t("Use suggested limits"),
            body: _t("Days to rot will be set for these stages, in all teams that use them. %s", joinedParts(list)),
            confirmLabel: _t("Use them"),
            confirm: async () => {
                const confirmed = suggestions.map(({ stage_id, days }) => [stage_id, days]);
                const count = await this.orm.call(MODEL, "take_suggested_limits", [confirmed]);
                this.notification.add(_t("Stages with a new limit: %s", count), { type: "success" });
                await this.props.onRetry();
            },
            cancel: () => {},
        });
    }

    async putAway() {
        await this.orm.call(MODEL, "put_away", []);
        this.props.actions.hideBlock("setup");
        // The focus was in the panel. The help calls the panel up again.
        document.querySelector(".o_workbench_help")?.focus();
        this.notification.add(
            _t(
                "The set-up panel is hidden. Use the help of the workbench or the configuration of CRM to show it again."
            )
        );
    }

    get canTour() {
        return !this.ui.isSmall;
    }

    takeTour() {
        return this.startTour(MANAGER_TOUR);
    }
}

workbenchBlocks.add(
    "setup",
    { component: WorkbenchSetup, title: _t("First steps"), isLater: true, isOptional: true },
    { sequence: 1 }
);

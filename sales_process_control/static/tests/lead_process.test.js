import { describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import { clickSave, contains, makeServerError, mockService } from "@web/../tests/web_test_helpers";
import { dayFromNow } from "./kit_helpers";
import {
    defineProcessModels,
    makeEntry,
    makeProcess,
    makeVisit,
    makeStep,
    mockOpening,
    mockProcess,
    mountForm,
    openPage,
} from "./process_helpers";

defineProcessModels();

describe.current.tags("desktop");

/** Open the page of a deal with the given values of its process. */
async function showProcess(values) {
    const calls = mockProcess(() => makeProcess(values));
    await mountForm();
    await openPage();
    return calls;
}

test("the process is read once, when the page is opened", async () => {
    const answer = new Deferred();
    const calls = mockProcess(() => answer);
    await mountForm();
    expect(calls).toEqual([]);
    await openPage();
    expect(".o_process_loading").toHaveText("One moment");
    expect(".o_lead_process").toHaveAttribute("aria-busy", "true");
    answer.resolve(makeProcess());
    await animationFrame();
    expect(".o_process_loading").toHaveCount(0);
    expect(".o_process_stage h2").toHaveText("Bidding");
    expect(".o_process_stage .o_process_days").toHaveText("3 days in this stage");
    expect(calls).toEqual([1]);
});

test("a deal without actions has one note that says so", async () => {
    await showProcess();
    expect(".o_process_empty").toHaveText(/^Nothing recorded yet\./);
    expect(".o_lead_process").not.toHaveText(/Nothing recorded in this stage/);
    expect(".o_process_before").toHaveCount(0);
    expect(".o_process_outside").toHaveCount(0);
});

test("a failed request shows the error and can be retried", async () => {
    let isDown = true;
    mockProcess(() => {
        if (isDown) {
            throw makeServerError({ message: "This deal was deleted." });
        }
        return makeProcess();
    });
    await mountForm();
    await openPage();
    expect("[role=alert]").toHaveText(/could not be read/);
    expect(".o_process_error").toHaveText("This deal was deleted.");
    isDown = false;
    await contains(".o_process_retry").click();
    expect("[role=alert]").toHaveCount(0);
    expect(".o_process_stage").toHaveCount(1);
    expect(".o_lead_process").toBeFocused();
});

test("an expired session is handed to Odoo", async () => {
    expect.errors(1);
    mockProcess(() => {
        throw makeServerError({ errorName: "odoo.http.SessionExpiredException", message: "Session expired" });
    });
    await mountForm();
    await openPage();
    await animationFrame();
    expect(".o_process_error").toHaveText("Session expired");
    expect(".o_dialog").toHaveCount(1);
    expect.verifyErrors([/RPC_ERROR/]);
});

test("the process is read again after a save and for another deal, not while the user types", async () => {
    const calls = await showProcess();
    await contains(".o_field_widget[name=name] input").edit("Renamed");
    await animationFrame();
    expect(calls).toEqual([1]);
    await clickSave();
    await animationFrame();
    expect(calls).toEqual([1, 1]);
    await contains(".o_pager_next").click();
    await animationFrame();
    expect(calls.at(-1)).toBe(2);
});

test("the answer to an outdated request is ignored", async () => {
    const slow = new Deferred();
    const answers = [
        slow,
        makeProcess({ stage: { name: "Newer", days: 0, limit: 0, pace: false, pace_reason: false } }),
    ];
    mockProcess(() => answers.shift());
    await mountForm();
    await openPage();
    await contains(".o_field_widget[name=name] input").edit("Renamed");
    await clickSave();
    await animationFrame();
    expect(".o_process_stage h2").toHaveText("Newer");
    slow.resolve(makeProcess());
    await animationFrame();
    expect(".o_process_stage h2").toHaveText("Newer");
});

test("a late stage shows limit, pace and reason", async () => {
    const reason = "18 days in Bidding (limit 12).";
    const outcome = "Of 25 deals that stayed in Bidding longer than 18 days, 2 were signed, 17 were lost, 6 are open.";
    const stage = {
        name: "Bidding",
        days: 18.9,
        limit: 12,
        pace: "stalled",
        pace_reason: reason,
        age_outcome: outcome,
    };
    await showProcess({ stage });
    expect(".o_process_pace").toHaveText("Stalled");
    expect(".o_process_limit").toHaveText("limit 12 days");
    expect(".o_process_reason").toHaveText(reason);
    expect(".o_process_age_outcome").toHaveText(outcome);
});

test("a limit that was not set says where it comes from", async () => {
    const stage = { name: "Bidding", days: 0.4, limit: 22, pace: "on_pace", pace_reason: false };
    await showProcess({ stage: { ...stage, limit_source: "suggested" } });
    expect(".o_process_limit").toHaveText("limit 22 days (suggested)");
    expect(".o_process_stage .o_process_days").toHaveText("<1 day in this stage");
});

test("steps are labelled as done or open; an open step can be recorded", async () => {
    const recorded = mockOpening("action_record_progress");
    const opened = mockOpening("action_open_process");
    const done = { date: "2026-03-10 09:00:00", user_name: "Li Wei", reaction: "positive" };
    const calls = await showProcess({
        steps: [
            makeStep({ id: 21, name: "Send the offer", is_required: true, count: 2, done }),
            makeStep({ id: 22, name: "Present it", guidance: "g".repeat(300) }),
        ],
    });
    expect(".o_process_step[data-step='21']").toHaveText(
        /Done:[^]*Send the offer[^]*required[^]*2 times, last 03\/10\/2026, Li Wei[^]*Positive/
    );
    expect(".o_process_step[data-step='22']").toHaveText(/Missing:[^]*Present it/);
    expect(".o_process_step[data-step='21'] .o_process_record").toHaveCount(0);
    expect(".o_process_guidance .o_long_text_content").toHaveText("g".repeat(200));
    await contains(".o_long_text_more").click();
    expect(".o_process_guidance .o_long_text_content").toHaveText("g".repeat(300));
    expect(".o_long_text_more").toHaveText("less");
    await contains(".o_process_done").click();
    expect(opened).toEqual([[[1], "step", 21, false]]);
    await contains(".o_process_record").click();
    await animationFrame();
    expect(recorded).toEqual([[[1], 22]]);
    expect(calls).toEqual([1, 1]);
});

test("a user who may not edit the deal has no buttons", async () => {
    await showProcess({ can_record: false, steps: [makeStep()] });
    expect(".o_process_record").toHaveCount(0);
    expect(".o_process_no_action").toHaveText("No next action");
    expect(".o_process_schedule").toHaveCount(0);
});

test("a won deal has no section for the next action", async () => {
    await showProcess({ status: "won", current: false, steps: [makeStep()] });
    expect(".o_process_stage h2").toHaveText("Won: Bidding");
    expect(".o_process_record").toHaveCount(0);
    expect(".o_process_next_action").toHaveCount(0);
});

test("the next action shows distance and user, and links to the other planned activities", async () => {
    const opened = mockOpening("action_open_process");
    await showProcess({
        next_action: {
            type: "Call",
            icon: "fa-phone",
            summary: "Ask for the date",
            date_deadline: dayFromNow(-2),
            days_to_due: -2,
            user_name: "Li Wei",
            is_own: false,
            count: 3,
        },
    });
    expect(".o_process_next_action").toHaveText(/Call[^]*Ask for the date[^]*2 days late[^]*Li Wei/);
    expect(".o_process_planned").toHaveText("3 planned");
    await contains(".o_process_planned").click();
    expect(opened).toEqual([[[1], "activities", false, false]]);
});

test("without a next action one can be scheduled, and the deal is reloaded", async () => {
    const scheduled = [];
    mockService("mail.store", { scheduleActivity: (...args) => scheduled.push(args) });
    const calls = await showProcess();
    await contains(".o_process_schedule").click();
    await animationFrame();
    expect(scheduled).toEqual([["crm.lead", [1]]]);
    expect(calls).toEqual([1, 1]);
});

test("visits and skips are listed in order, and each number opens its records", async () => {
    const opened = mockOpening("action_open_process");
    const pass = {
        id: 41,
        date: "2026-03-12 09:00:00",
        user_name: "Mo",
        words: "In a hurry",
        is_cut: false,
        next_stage: "Needs",
        steps: ["A", "B"],
    };
    await showProcess({
        stays: [
            makeVisit({ id: 14, name: "Needs", outcome: "moved_back", next_stage: "Talks" }),
            { id: 13, kind: "skip", name: "Evaluation", date: "2026-03-12 09:00:00" },
            makeVisit({
                id: 11,
                count: 8,
                entries: [makeEntry()],
                passes: [pass],
                steps_taken: ["Introduce us"],
                steps_open: ["Find the decider"],
            }),
        ],
        more_stays: 180,
        outside: { id: false, count: 1, entries: [makeEntry({ id: 39 })], passes: [], steps_taken: [] },
    });
    expect(queryAllTexts(".o_process_before li h3")).toEqual(["Needs", "First Contact"]);
    expect(".o_process_skip").toHaveText("Evaluation was skipped, 03/12/2026");
    expect(".o_process_visit[data-visit='14'] .o_process_outcome").toHaveText("Moved back to Talks");
    expect(".o_process_taken").toHaveText("Done: Introduce us");
    expect(".o_process_not_taken").toHaveText("Missing: Find the decider");
    expect(".o_process_override").toHaveText(
        /Moved to Needs with missing sales actions, approved by Mo, 03\/12\/2026[^]*Missing then: A, B[^]*In a hurry/
    );
    expect(".o_process_more").toHaveText("7 more");
    expect(".o_process_earlier").toHaveText("180 earlier visits");
    expect(".o_process_outside .o_process_entry").toHaveCount(1);
    for (const button of [
        ".o_process_more",
        ".o_process_visit[data-visit='14'] .o_process_days",
        ".o_process_earlier",
    ]) {
        await contains(button).click();
    }
    expect(opened.map(([, kind, recordId]) => [kind, recordId])).toEqual([
        ["more", 11],
        ["stay", 14],
        ["stays", false],
    ]);
});

test("feedback is shown as text; long feedback is cut and can be read in full", async () => {
    const facts = { likelihood: 40, date_deadline: "2026-04-01", budget: 900, currency_id: 1 };
    await showProcess({
        current: makeVisit({
            left_at: false,
            outcome: "open",
            count: 2,
            entries: [
                makeEntry({ id: 31, words: "The beginning", is_cut: true, reaction: "negative", ...facts }),
                makeEntry({ id: 32, words: "<b>bold</b>\n& more" }),
            ],
        }),
    });
    expect(".o_process_entry[data-entry='31'] .o_process_facts").toHaveText(
        "Likelihood 40% · Closing 04/01/2026 · Budget $ 900"
    );
    expect(".o_process_entry[data-entry='31']").toHaveText(/Negative/);
    expect(".o_process_entry[data-entry='32'] .o_long_text_content").toHaveText("<b>bold</b>\n& more");
    expect(".o_process_entry b").toHaveCount(0);
    await contains(".o_long_text_more").click();
    await animationFrame();
    expect(".o_process_entry[data-entry='31'] .o_long_text_content").toHaveText("The beginning, and the rest");
});

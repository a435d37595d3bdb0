import { describe, expect, isVisible, mockMatchMedia, press, queryAll, queryOne, test } from "@odoo/hoot";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import { contains } from "@web/../tests/web_test_helpers";
import { PLAY_DELAY, REDUCED_MOTION_DELAY } from "@sales_process_control/funnel/funnel_weeks";
import { makeFunnel, makeWeeks } from "./funnel_data";
import { defineFunnelModels, drawn, mockFunnel, mountFunnel, settle } from "./funnel_helpers";

defineFunnelModels();

describe.current.tags("desktop");

const BAR = ".o_weeks_bar";

function mockDays(weeks = makeWeeks(6, 2)) {
    return mockFunnel({ weeks, funnel: (day, before) => makeFunnel(day ? { day, before } : {}) });
}

async function passWeeks(count, delay = PLAY_DELAY) {
    for (let week = 0; week < count; week++) {
        await advanceTime(delay);
        await animationFrame();
    }
}

/** Move the bar, as the browser does for arrow keys and for dragging. */
async function drag(index) {
    const bar = queryOne(BAR);
    bar.value = String(index);
    bar.dispatchEvent(new Event("input", { bubbles: true }));
    await animationFrame();
}

function allowMotion() {
    mockMatchMedia({ "prefers-reduced-motion": "no-preference" });
}

test("each stage is an area, and estimated weeks are marked", async () => {
    mockDays();
    await mountFunnel();
    const { datasets, estimated, before } = drawn("weeks");
    expect(datasets).toHaveLength(5);
    expect(datasets.at(-1).data.at(-1)).toBe(1240000);
    expect(estimated).toBe(2);
    expect(before).toBeWithin(0, 3);
    expect(".o_weeks_estimated").toHaveText(/estimated/);
    expect(BAR).toHaveValue(6);
    expect(BAR).toHaveAttribute("aria-valuetext", "11/23/2026");
});

test("dragging the bar previews weeks, and the day where it stays is read", async () => {
    const calls = mockDays();
    await mountFunnel();
    await drag(1);
    expect(".o_funnel_day").toHaveText("10/25/2026");
    expect(BAR).toHaveAttribute("aria-valuetext", "10/25/2026, estimated");
    expect(calls.funnel).toHaveLength(1);
    await settle();
    expect(calls.funnel.at(-1).slice(0, 2)).toEqual(["2026-10-25", "2026-10-24"]);
});

test("a preview opens no records and ends when the day is read", async () => {
    const answer = new Deferred();
    const calls = mockFunnel({
        weeks: makeWeeks(6, 2),
        funnel: async (day, before) => {
            if (day) {
                await answer;
            }
            return makeFunnel(day ? { day, before } : {});
        },
    });
    await mountFunnel();
    const page = drawn("distribution").datasets[0].data[0];
    await drag(3);
    expect(drawn("distribution").datasets[0].data[0]).toBeLessThan(page);
    expect(".o_funnel_distribution .o_chart_bar button").toHaveCount(0);
    await settle();
    expect(calls.funnel).toHaveLength(2);
    expect(".o_funnel_distribution .o_chart_bar button").toHaveCount(0);
    answer.resolve();
    await settle();
    expect(".o_funnel_distribution .o_chart_bar button").toHaveCount(10);
});

test("the table of numbers is rendered on demand", async () => {
    mockDays();
    await mountFunnel();
    expect(".o_funnel_weeks table").toHaveCount(0);
    await contains(".o_funnel_weeks .o_numbers_toggle").click();
    expect(".o_funnel_weeks tbody tr").toHaveCount(7);
    expect(".o_funnel_weeks tbody tr:eq(0) th").toHaveText("10/18/2026, estimated");
    expect(".o_funnel_weeks tbody tr:last td:eq(0)").toHaveText("$ 1,240,000.00");
});

test("play runs from the first week to the last one", async () => {
    allowMotion();
    const calls = mockDays();
    await mountFunnel();
    await contains(".o_weeks_play").click();
    expect(".o_weeks_play").toHaveAttribute("aria-label", "Pause");
    expect(".o_funnel_day").toHaveText("10/18/2026");
    await passWeeks(2);
    expect(".o_funnel_day").toHaveText("11/01/2026");
    expect(calls.funnel).toHaveLength(1);
    await passWeeks(4);
    await settle();
    expect(".o_weeks_play").toHaveAttribute("aria-label", "Play");
    expect(calls.funnel.at(-1)[0]).toBe("2026-11-23");
});

test("pause chooses the day at which the bar stands", async () => {
    allowMotion();
    const calls = mockDays();
    await mountFunnel();
    await contains(".o_weeks_play").click();
    await passWeeks(3);
    await contains(".o_weeks_play").click();
    await settle();
    expect(calls.funnel.at(-1)[0]).toBe("2026-11-08");
    expect(".o_funnel_date:eq(0)").toHaveValue("11/08/2026");
    await passWeeks(3);
    expect(calls.funnel).toHaveLength(2);
});

test("with reduced motion, playing makes slow steps without animation", async () => {
    mockMatchMedia({ "prefers-reduced-motion": "reduce" });
    mockDays();
    await mountFunnel();
    await contains(".o_weeks_play").click();
    await passWeeks(1, REDUCED_MOTION_DELAY);
    expect(".o_funnel_day").toHaveText("10/25/2026");
    expect(Chart.getChart(document.querySelector(".o_funnel_distribution canvas")).options.animation).toBe(false);
});

/** Return the texts on the page that have a day. */
function shownDays() {
    const texts = queryAll(".o_sales_funnel :is(span, td, th, label, .o_funnel_remarks, .o_funnel_explanation)")
        .filter((element) => !element.childElementCount && isVisible(element))
        .map((element) => element.textContent);
    const inputs = queryAll(".o_funnel_date").filter((input) => isVisible(input));
    const all = [...texts, ...inputs.map(({ value }) => value)];
    return [...new Set(all.flatMap((text) => text.match(/\d+\/\d+\/\d{4}/g) || []))];
}

test("while playing, the page shows one day, which changes", async () => {
    allowMotion();
    const left_out = { day: [], before: [{ currency_id: 3, name: "JPY", amount: 2 }] };
    mockFunnel({
        weeks: makeWeeks(6, 2),
        funnel: (day, before) => makeFunnel({ estimated: ["before"], left_out, ...(day ? { day, before } : {}) }),
    });
    await mountFunnel();
    expect(shownDays().sort()).toEqual(["10/24/2026", "10/25/2026", "11/23/2026"]);
    await contains(".o_weeks_play").click();
    expect(shownDays()).toEqual(["10/18/2026"]);
    expect(".o_funnel_date:eq(0)").toHaveValue("10/18/2026");
    expect(".o_funnel_compared").not.toBeVisible();
    expect(".o_funnel_waterfall").toHaveClass("o_funnel_waiting");
    expect(".o_funnel_flow").toHaveClass("o_funnel_waiting");
    expect(".o_funnel_picture").not.toBeEnabled();
    expect(drawn("distribution").captions[0].was).toBe("");
    expect(drawn("distribution").datasets[1].data).toEqual([0, 0, 0, 0, 0]);
    await passWeeks(1);
    expect(shownDays()).toEqual(["10/25/2026"]);
    await contains(".o_weeks_play").click();
    await settle();
    expect(".o_funnel_waiting").toHaveCount(0);
    expect(".o_funnel_compared").toBeVisible();
});

test("all weeks have one scale while they pass", async () => {
    allowMotion();
    mockDays();
    await mountFunnel();
    await contains(".o_weeks_play").click();
    const chart = () => Chart.getChart(document.querySelector(".o_funnel_distribution canvas"));
    await animationFrame();
    // The largest value of all weeks is 1,240,000; the library rounds it up.
    expect(chart().scales.x.max).toBe(1500000);
    await passWeeks(2);
    expect(chart().scales.x.max).toBe(1500000);
});

test("playing is stopped by the Escape key, and said once", async () => {
    allowMotion();
    const calls = mockDays();
    await mountFunnel();
    await contains(".o_weeks_play").click();
    expect(".o_funnel_weeks [role=status]").toHaveText("Playing");
    await passWeeks(2);
    // Each week would be read aloud.
    expect(BAR).toHaveAttribute("aria-valuetext", "Playing");
    expect(".o_funnel_weeks [role=status]").toHaveText("Playing");
    await press("Escape");
    await animationFrame();
    expect(".o_funnel_weeks [role=status]").toHaveText("Stopped at 11/01/2026");
    await settle();
    expect(calls.funnel.at(-1)[0]).toBe("2026-11-01");
    expect(BAR).toHaveAttribute("aria-valuetext", "11/01/2026");
});

test("weeks are stepped through by buttons, which stop playing", async () => {
    allowMotion();
    const calls = mockDays();
    await mountFunnel();
    await contains(".o_weeks_step[data-step=back]").focus();
    await press("Enter");
    await press("Enter");
    await animationFrame();
    expect(".o_weeks_day").toHaveText("11/15/2026");
    expect(calls.funnel).toHaveLength(1);
    await settle();
    expect(calls.funnel.at(-1)[0]).toBe("2026-11-15");
    await contains(".o_weeks_play").click();
    await passWeeks(1);
    await contains(".o_weeks_step[data-step=on]").click();
    expect(".o_weeks_play").toHaveAttribute("aria-label", "Play");
    await settle();
    expect(".o_weeks_step[data-step=on]").toBeEnabled();
});

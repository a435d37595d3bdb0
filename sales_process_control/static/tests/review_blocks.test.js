import { beforeEach, describe, expect, queryAll, queryAllTexts, queryOne, test } from "@odoo/hoot";
import { router } from "@web/core/browser/router";
import { contains, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { makeDoubtful, makeMonth, makeResults, makeSellers, makeStage, makeStages, makeTrust } from "./review_data";
import { defineReviewModels, drawn, mockReview, mountReview, settle } from "./review_helpers";

defineReviewModels();

describe.current.tags("desktop");

beforeEach(() => router.pushState({}, { sync: true, replace: true }));

const WORSE = ".o_stage_card[data-stage='4']";
const SMALL = ".o_stage_card[data-stage='5']";
const YOUNG = ".o_stage_card[data-stage='6']";

/** No number that the server does not know may be shown as one. */
function expectNoNonsense() {
    expect(queryOne(".o_process_review").textContent).not.toMatch(/NaN|undefined|null|false|Infinity/);
}

test("the stage that costs most comes first, with its numbers as links", async () => {
    mockReview({
        blocks: { stages: makeStages({ improved: { ...makeStages().headline, title: "Contract improved most." } }) },
    });
    await mountReview();
    const worst = "[data-finding=worst]";
    expect(`${worst} h3`).toHaveText("Bidding costs most.");
    expect(`${worst} .badge`).toHaveText("Costs most");
    expect(`${worst} .o_review_sentences`).toHaveText(
        /^Of the 101 deals that moved on or were lost there, 42 were lost\. The required sales action/
    );
    expect(queryAllTexts(`${worst} .o_record_number`)).toEqual(["Lost 42, $ 840,000"]);
    expect("[data-finding=best] h3").toHaveText("Contract improved most.");
});

test("that there is nothing to say is said", async () => {
    mockReview({ blocks: { stages: makeStages({ headline: false, nothing: "No stage stands out." }) } });
    await mountReview();
    expect(".o_review_finding").toHaveCount(0);
    expect(".o_review_nothing").toHaveText("No stage stands out.");
});

test("a card shows dwell, outlook, conversion, loss, missing steps and ages", async () => {
    mockReview();
    await mountReview();
    expect(`${WORSE} .o_stage_card_mark`).toHaveText("Costs most");
    expect(`${WORSE} .o_stage_card_entered`).toHaveText("105 came in");
    expect(`${WORSE} .o_stage_dwell_words`).toHaveText("Half leave within 19 days, nine in ten: not known yet");
    expect(`${WORSE} .o_stage_dwell_over`).toHaveText("half stay longer");
    expect(queryOne(`${WORSE} .o_stage_dwell_line`)).toHaveAttribute(
        "aria-label",
        "Half leave within: 19 days; Nine in ten leave within: not known yet; Limit 12 days"
    );
    expect(`${WORSE} .o_stage_card_rate`).toHaveText("58% (49 to 67)");
    expect(`${WORSE} .o_stage_card_change`).toHaveText("−11 vs. before");
    expect(queryAllTexts(`${WORSE} .o_stage_card_outcomes .o_record_number`)).toEqual([
        "59 moved on",
        "42 lost, $ 840,000",
        "101 moved on or lost",
        "13 open",
    ]);
    expect(queryAllTexts(`${WORSE} .o_stage_card_compared`)).toEqual([
        "Before: 72%, half leave within 12 days",
        "Company: 69%, half leave within 14 days",
    ]);
    expect(queryAllTexts(`${WORSE} .o_stage_card_reasons .o_record_number`)).toEqual([
        "Too expensive 17",
        "No reason given 5",
    ]);
    expect(`${WORSE} .o_stage_card_steps`).toHaveText(/References sent: missing in 7 of 10/);
    await contains(`${WORSE} .o_stage_card_ages summary`).click();
    expect(`${WORSE} .o_stage_card_ages`).toHaveText(
        /Of 25 that stayed 30 days or longer:\s*2 won\s*·\s*17 lost\s*·\s*6 open$/
    );
    expectNoNonsense();
});

test("few numbers are said in counts, young ones as a range", async () => {
    mockReview();
    await mountReview();
    expect(`${SMALL} .o_stage_card_conversion`).toHaveText(/Conversion 6 of 8\s*too few for a percentage/);
    // Deals move on from the last stage by being won.
    expect(queryAllTexts(`${SMALL} .o_stage_card_outcomes .o_record_number`)).toEqual([
        "6 won",
        "2 lost",
        "8 won or lost",
        "4 open",
    ]);
    expect(`${SMALL} .o_stage_dwell_few`).toHaveText("8 visits: too few for a typical length");
    expect(`${SMALL} .o_stage_outlook_missing`).toHaveText("8 visits: too few to say what usually happens");
    expect(`${SMALL} .o_stage_dwell_limit_label`).toHaveText("Limit 30 days (default, not set)");
    expect(`${SMALL} .o_stage_card_change`).toHaveCount(0);
    expect(`${YOUNG} .o_stage_card_rate`).toHaveText("52% to 81%");
});

test("a card says that no visit has lasted so long", async () => {
    const [stage] = makeStages().stages;
    const young = { ...stage, incidence: [], dwell: { ...stage.dwell, visits: 19 } };
    mockReview({ blocks: { stages: makeStages({ stages: [young] }) } });
    await mountReview();
    expect(".o_stage_outlook_missing").toHaveText("No visit has lasted 30 days yet.");
});

test("one switch changes the bars of all cards", async () => {
    mockReview();
    await mountReview();
    expect(queryAllTexts(`${WORSE} .o_share_legend li`)).toEqual([
        "71% moved on",
        "8% moved back",
        "13% lost",
        "8% still here",
    ]);
    await contains(".o_review_stages .o_radio_chip[data-value='60']").click();
    expect(`${WORSE} [data-outcome=went_on]`).toHaveText("76% moved on");
    expect(`${YOUNG} .o_stage_outlook`).toHaveText(/within 60 days/);
    await contains(".o_review_stages .o_radio_chip[data-value='90']").click();
    expect(`${WORSE} .o_stage_outlook_missing`).toHaveText("No visit has lasted 90 days yet.");
});

test("the bars of the conversion have the rate, the range, or none", async () => {
    mockReview();
    await mountReview();
    const { datasets, rows } = drawn("conversion");
    expect(datasets[0].data).toEqual([0.78, 0.58, 0, 0.52]);
    expect(datasets[1].data).toEqual([
        [0, 0],
        [0, 0],
        [0, 0],
        [0.52, 0.81],
    ]);
    expect(rows.map(({ label }) => label)).toEqual(["78% (69 to 85)", "58% (49 to 67)", "6 of 8", "52% to 81%"]);
    expect(rows.map(({ interval }) => Boolean(interval))).toEqual([true, true, false, false]);
    expect(".o_review_conversion .o_chart_bar[data-stage=Bidding] button").toHaveText(
        "Bidding: 105 came in, 101 moved on or lost, conversion 58% (49 to 67)"
    );
    expect(".o_review_conversion .o_numbers.visually-hidden tbody tr").toHaveCount(4);
    await contains(".o_review_conversion .o_numbers_toggle").click();
    expect(queryAllTexts(".o_review_conversion [data-key='4'] td")).toEqual([
        "105",
        "59",
        "42",
        "13",
        "101",
        "58% (49 to 67)",
    ]);
});

test("results: cycle, size, win rate and bands", async () => {
    mockReview();
    await mountReview();
    expect(".o_review_cycle").toHaveText(
        /Half are won: within 62 days[^]*Nine in ten: not known yet[^]*half within 48 days[^]*won of those that came in/
    );
    expect(".o_review_size").toHaveText(/\$ 50,000[^]*24 won, \$ 1,200,000/);
    expect(".o_review_win").toHaveText(/25% \(17 to 35\)[^]*96 won or lost/);
    expect(queryAllTexts(".o_review_bands tbody tr:eq(1) td")).toEqual(["1", "6", "1 of 6"]);
});

test("velocity and slippage through the months", async () => {
    mockReview();
    await mountReview();
    expect(".o_review_velocity").toHaveText(/\$ 8,333 per day[^]*40 open deals[^]*win rate 25%/);
    expect(drawn("velocity").datasets[0].data).toEqual([null, 7100, 8333]);
    expect(drawn("slippage").datasets.map(({ data }) => data)).toEqual([
        [4, 5],
        [6, 8],
        [3, 2],
        [0, 2],
        [0, 1],
    ]);
    expect(queryAllTexts(".o_review_slippage .o_share_legend li")).toEqual([
        "won in the month",
        "pushed out",
        "lost in the month",
        "open",
        "removed",
    ]);
    expect(".o_slippage_chart .o_chart_bar:eq(1) button").toHaveText(
        "Oct 2026: 18 due, 5 won in the month, 8 pushed out, 2 lost in the month, 2 open, 1 removed"
    );
});

test("what is not known is said in words", async () => {
    const { win, size, ...results } = makeResults();
    const none = { ...win.won, value: 0 };
    mockReview({
        blocks: {
            stages: makeStages({
                stages: [
                    makeStage(3, "Empty", {
                        ...Object.fromEntries(
                            ["entered", "went_on", "decided", "lost", "open", "here"].map((key) => [key, none])
                        ),
                        rate: false,
                        interval: false,
                        change: false,
                        before: { rate: false, decided: 0, median: false, lost: 0 },
                        dwell: {
                            ...makeStage(1, "").dwell,
                            median: false,
                            p90: false,
                            visits: 0,
                            limit: 0,
                            suggested: false,
                        },
                        incidence: [],
                    }),
                ],
            }),
            results: {
                ...results,
                cycle: { median: false, p90: false, won_median: false, won: none },
                size: { ...size, average: false, won: none },
                win: { rate: false, interval: false, won: none, decided: none },
                bands: [],
                velocity: {
                    value: false,
                    reason: "Not known: no deal was won.",
                    open: none,
                    rate: false,
                    average: false,
                    cycle: false,
                    trend: [],
                },
                slippage: [],
            },
        },
    });
    await mountReview();
    expect(".o_stage_card_rate").toHaveText("no outcome yet");
    expect(".o_review_win b").toHaveText("no outcome yet");
    expect(".o_review_size b").toHaveText("not known yet");
    expect(".o_review_velocity").toHaveText(/Not known: no deal was won\./);
    expect(".o_review_slippage .o_block_empty").toHaveText(/No deals were expected to close/);
    expectNoNonsense();
});

test("doubtful deals with the sentence of the review", async () => {
    mockReview();
    await mountReview();
    expect(queryAllTexts(".o_review_doubtful .o_block_numbers .o_record_number")).toEqual(["5 stalled, $ 412,000"]);
    expect(".o_review_doubtful .o_deal_row_reason").toHaveText(/no contact from the customer for 24 days\. Of 25/);
});

test("sellers: counts, shares, and words where nothing was due", async () => {
    mockReview();
    await mountReview();
    expect(queryAllTexts("[data-seller='7'] td")).toEqual([
        "12",
        "9 of 12",
        "7 of 12",
        "79% 11 of 14",
        "62% 31 of 50",
        "0",
    ]);
    expect("[data-seller='8'] [data-cell=promises]").toHaveText("3 of 4");
    expect("[data-seller='8'] [data-cell=steps]").toHaveText("none required");
    expect(".o_review_sellers").toHaveText(/and 2 more salespeople/);
});

test("what speaks against the numbers; what does not occur is left out", async () => {
    mockReview();
    await mountReview();
    expect(queryAllTexts(".o_review_origins .o_record_number")).toEqual([
        "Recorded as it happened: 1,204",
        "Rebuilt from Odoo's tracking: 310",
    ]);
    expect(queryAll(".o_review_doubts > li").map(({ dataset }) => dataset.doubt)).toEqual([
        "bulk",
        "same_day",
        "no_amount",
        "no_closing",
    ]);
    expect(".o_review_bulk_days").toHaveText("26 on 11/03/2026 by Li Wei");
});

test("empty blocks say so", async () => {
    const zero = (number) => ({ ...number, value: 0 });
    const doubtful = makeDoubtful({ deals: [] });
    mockReview({
        blocks: {
            doubtful: { ...doubtful, all: zero(doubtful.all), stalled: zero(doubtful.stalled) },
            sellers: makeSellers({ sellers: [], more: 0 }),
            trust: makeTrust({ visits: zero(makeTrust().visits) }),
        },
    });
    await mountReview();
    expect(".o_review_doubtful .o_block_empty").toHaveText(/No stalled deals/);
    expect(".o_review_sellers .o_block_empty").toHaveText(/No open deals yet/);
    expect(".o_review_trust .o_block_empty").toHaveText(/Nothing is recorded for this period/);
});

test("the picture has the period, the findings and all charts", async () => {
    const texts = [];
    patchWithCleanup(CanvasRenderingContext2D.prototype, {
        fillText(text) {
            texts.push(text);
            return super.fillText(...arguments);
        },
    });
    const saved = [];
    patchWithCleanup(HTMLCanvasElement.prototype, {
        toBlob(callback) {
            saved.push([this.width, this.height]);
            callback(new Blob([""]));
        },
    });
    patchWithCleanup(HTMLAnchorElement.prototype, { click() {} });
    mockReview({
        companies: [
            { id: 1, name: "My Company" },
            { id: 2, name: "Other Company" },
        ],
    });
    const page = await mountReview();
    await settle();
    texts.length = 0;
    await page.savePicture();
    expect(saved).toHaveLength(1);
    expect(texts[0]).toBe("Process Review");
    expect(texts[1]).toBe("05/24/2026 to 11/23/2026");
    const titles = ["Conversion from stage to stage", "Sales velocity", "Slippage"];
    expect(texts.filter((text) => titles.includes(text))).toHaveLength(3);
    expect(texts.slice(-2)).toEqual(["open", "removed"]);
    expect(texts.join(" ")).toMatch(/Bidding costs most\. Of the 101 deals/);
    page.model.choose({ companyId: 2, teamId: 1 });
    await settle();
    // What is typed and not chosen is no filter.
    await contains(".o_query_salesperson input").edit("Nob", { confirm: false });
    texts.length = 0;
    await page.savePicture();
    expect(texts[1]).toBe("05/24/2026 to 11/23/2026 · Other Company · Direct Sales");
});

test("counts in the columns of slippage have separators of thousands", async () => {
    const texts = [];
    patchWithCleanup(CanvasRenderingContext2D.prototype, {
        fillText(text) {
            texts.push(text);
            return super.fillText(...arguments);
        },
    });
    const slippage = [makeMonth("2026-10", "Oct 2026", [1500, 900, 0, 1200, 0])];
    mockReview({ blocks: { results: makeResults({ slippage }) } });
    await mountReview();
    await settle();
    expect(texts).toInclude("1,500");
    expect(texts).not.toInclude(1500);
});

/** Example answers of `get_tiles` and `get_forecast_tiles`. */

export const OPEN = [["won_status", "=", "pending"]];

export function makeTile(key, values = {}) {
    return {
        key,
        name: key,
        value: 2,
        amount: 121_000,
        rest: { value: 0, amount: 0 },
        domain: [["id", "=", 2]],
        context: { pipeline_change: key },
        ...values,
    };
}

export function makeTiles() {
    return [
        makeTile("open", { domain: OPEN, context: {}, change: { value: -1, amount: -87_000 } }),
        makeTile("expected", { domain: OPEN, value: false, amount: false, is_later: true }),
        makeTile("target", { domain: false, value: false, amount: false, is_later: true }),
        makeTile("pushed", { rest: { value: 1, amount: 2_000 } }),
        makeTile("lost", { amount: -96_000, rest: { value: 1, amount: -3_000 } }),
        makeTile("won", { value: 1, domain: [["id", "=", 3]] }),
    ];
}

export const TARGET = {
    amount: 600_000,
    gap: -100_000,
    coverage: 3.4,
    months: 3,
    all_months: 3,
    incomplete: [],
    number: { value: 3, name: "Sales Targets", model: "crm.sales.target", domain: [["id", "=", 9]], views: ["list"] },
};
export const NO_TARGET = { ...TARGET, amount: false, gap: false, coverage: false, months: 0, number: false };

export function makeAnswer(values = {}) {
    return {
        since_day: "2026-03-03",
        last_day: "2026-03-09",
        currency_id: 1,
        left_out: [],
        may_compare_all: true,
        seller_domain: [],
        tiles: makeTiles(),
        ...values,
    };
}

export function makeForecast(target = TARGET, maySetTarget = true) {
    return {
        left_out: [],
        may_set_target: maySetTarget,
        tiles: {
            expected: {
                value: 2.5,
                amount: 121_000,
                low: 240_000,
                high: 395_000,
                to_come: { value: 1.5, amount: 20_000 },
            },
            target,
        },
    };
}

/** Answer of the server about a number of deals: the tile `pushed` has that deal. */
export const answerWithDeal = (id) =>
    makeAnswer({
        tiles: makeTiles().map((tile) => (tile.key === "pushed" ? { ...tile, domain: [["id", "=", id]] } : tile)),
    });

import { animationFrame, describe, expect, test } from "@odoo/hoot";
import { defineModels, fields, models, mountView, onRpc, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class StageHistoryImport extends models.Model {
    _name = "crm.stage.history.import";

    done_count = fields.Integer();
    total_count = fields.Integer();

    _records = [
        { id: 1, done_count: 0, total_count: 1 },
        { id: 2, done_count: 0, total_count: 3 },
    ];
}

defineMailModels();
defineModels([StageHistoryImport]);

describe.current.tags("desktop");

/**
 * Mount the progress of an import.
 *
 * @param {number} resId
 * @returns {Promise<Function>} answers the open call for the next chunk
 */
async function mountProgress(resId) {
    let answer;
    onRpc("import_next_chunk", () => new Promise((resolve) => (answer = resolve)));
    await mountView({
        type: "form",
        resModel: "crm.stage.history.import",
        resId,
        arch: `<form><widget name="history_progress"/></form>`,
    });
    return (chunk) => answer(chunk);
}

test("one opportunity is written in the singular", async () => {
    const answer = await mountProgress(1);
    expect(".o_history_progress b").toHaveText("0 of 1 opportunity");
    answer({ done: 1, total: 1, finished: true });
    await animationFrame();
    expect(".o_history_progress b").toHaveText("1 of 1 opportunity");
});

test("several opportunities, with the time that is left", async () => {
    let milliseconds = 0;
    patchWithCleanup(Date, { now: () => milliseconds });
    const answer = await mountProgress(2);
    expect(".o_history_progress b").toHaveText("0 of 3 opportunities");
    milliseconds = 1000;
    answer({ done: 1, total: 3, finished: false });
    await animationFrame();
    expect(".o_history_progress b").toHaveText("1 of 3 opportunities");
    expect(".o_history_progress span.text-muted").toHaveText("2 seconds left");
    milliseconds = 2000;
    answer({ done: 2, total: 3, finished: false });
    await animationFrame();
    expect(".o_history_progress span.text-muted").toHaveText("1 second left");
});

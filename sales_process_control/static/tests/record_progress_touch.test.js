import { describe, expect, queryAll, test } from "@odoo/hoot";
import { contains, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { ReactionPicker } from "@sales_process_control/kit/reaction_picker";

defineMailModels();

describe.current.tags("mobile");

test("a tap chooses, and each reaction has the minimum target size", async () => {
    await mountWithCleanup(ReactionPicker, { props: { value: false, onSelect: (value) => expect.step(value) } });
    for (const chip of queryAll("[role=radio]")) {
        const { height, width } = chip.getBoundingClientRect();
        expect(height).toBeGreaterThan(43);
        expect(width).toBeGreaterThan(43);
    }
    await contains("[role=radio][data-value=negative]").click();
    expect.verifySteps(["negative"]);
});

import { describe, expect, getFixture, queryAllTexts, queryText, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, mockService, mountWithCleanup, patchTranslations } from "@web/../tests/web_test_helpers";
import { PartOfNumber } from "@sales_process_control/screen/part_of_number";

defineMailModels();

describe.current.tags("desktop");

function makeNumber(value, name) {
    return { value, name, model: "crm.lead", domain: [["id", "=", value]] };
}

function mount(props = {}) {
    return mountWithCleanup(PartOfNumber, {
        props: { number: makeNumber(6, "Won"), total: makeNumber(1204, "All"), ...props },
    });
}

test("both numbers open their records", async () => {
    const opened = [];
    mockService("action", { doAction: ({ name }) => opened.push(name) });
    await mount();
    expect(queryText(".o_record_number:eq(0)")).toBe("6");
    await contains(".o_record_number:eq(0)").click();
    await contains(".o_record_number:contains(1,204)").click();
    expect(opened).toEqual(["Won", "All"]);
});

test("whose numbers these are", async () => {
    await mount({ whose: "mine" });
    expect(getFixture().textContent).toMatch(/mine 6 of 1,204/);
});

test("the language decides on the order", async () => {
    patchTranslations({ sales_process_control: { "%(number)s of %(total)s": "%(total)s, thereof %(number)s" } });
    await mount();
    expect(queryAllTexts(".o_record_number")).toEqual(["1,204", "6"]);
});

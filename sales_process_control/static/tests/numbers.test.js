import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { user } from "@web/core/user";
import { makeMockEnv, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    exactNumberLabel,
    moneyLabel,
    numberLabel,
    shortMoneyLabel,
    shortNumberLabel,
    signedLabel,
    timesLabel,
} from "@sales_process_control/kit/numbers";
import { leftOutLabel } from "@sales_process_control/screen/left_out";

defineMailModels();

describe.current.tags("headless");

beforeEach(makeMockEnv);

/** Use another language for short numbers. */
function speak(lang) {
    patchWithCleanup(user, {
        get lang() {
            return lang;
        },
    });
}

test("large numbers are short in the way of the language", () => {
    for (const [lang, thousands, millions] of [
        ["en-US", "281K", "3.87M"],
        ["zh-CN", "28.1万", "387万"],
        ["de-DE", "280,500", /^3,87\sMio\.$/],
        ["fa-IR", /^281\s\p{L}+$/u, /^3\.87\s\p{L}+$/u],
    ]) {
        speak(lang);
        for (const [value, label] of [
            [280_500, thousands],
            [3_865_000, millions],
        ]) {
            const found = shortNumberLabel(value);
            expect(found).toMatch(label);
            expect(shortNumberLabel(-value)).toBe(`−${found}`);
            expect(shortMoneyLabel(-value, 1)).toBe(`−$\u00a0${found}`);
        }
    }
    // What is not large has no short form.
    expect(shortNumberLabel(9_999)).toBe("9,999");
});

test("what reads as zero has no sign", () => {
    for (const value of [0.3, -0.3, 0]) {
        expect(signedLabel(moneyLabel(value, 1), value)).toBe("$\u00a00");
        expect(signedLabel(numberLabel(value), value)).toBe("0");
    }
    expect(signedLabel(numberLabel(0.3, 1), 0.3)).toBe("+0.3");
    expect(signedLabel(numberLabel(-0.3, 1), -0.3)).toBe("−0.3");
});

test("how many times, and amounts of other currencies", () => {
    expect([2.678, 10, 10.1].map(timesLabel)).toEqual(["2.7×", "10.0×", ">10×"]);
    expect([5000, 2.5, -2.25].map(exactNumberLabel)).toEqual(["5,000", "2.5", "−2.25"]);
    expect(leftOutLabel([{ name: "JPY", amount: -5000 }])).toBe("Not included: −5,000 JPY (no exchange rate)");
});

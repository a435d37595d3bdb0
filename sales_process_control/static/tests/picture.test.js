import { expect, getFixture, test } from "@odoo/hoot";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { drawPicture } from "@sales_process_control/screen/picture";

const WIDTH = 300;

/** Draw a picture with one chart, and return the lines of its text, with their widths. */
function drawLines(lines) {
    const written = [];
    patchWithCleanup(CanvasRenderingContext2D.prototype, {
        fillText(text) {
            written.push({ text, width: this.measureText(text).width });
            return super.fillText(...arguments);
        },
    });
    const canvas = document.createElement("canvas");
    canvas.setAttribute("width", WIDTH);
    canvas.setAttribute("height", 100);
    getFixture().append(canvas);
    drawPicture(getFixture(), { title: "Title", lines, charts: [{ title: "Chart", canvas }] });
    return written.slice(1, -1);
}

/** Expect that each line fits into the picture, and that all but the last are full. */
function expectFilled(lines) {
    expect(lines.length).toBeGreaterThan(1);
    for (const { text, width } of lines) {
        expect(width).not.toBeGreaterThan(WIDTH, { message: text });
    }
    for (const { text, width } of lines.slice(0, -1)) {
        expect(width).toBeGreaterThan(WIDTH / 2, { message: text });
    }
}

test("a sentence is broken at its spaces", () => {
    const sentence = "Bidding costs most. Of the 101 deals that moved on or were lost there, 42 were lost.";
    const lines = drawLines([sentence]);
    expectFilled(lines);
    expect(lines.map(({ text }) => text).join(" ")).toBe(sentence);
});

test("a Chinese sentence is broken between its characters, but not before a comma or after an opening quote", () => {
    const sentence =
        "招标阶段损失最多。在该阶段推进或丢单的商机中，有四十二个丢单。“参考案例已发送”这项必做销售动作，缺失二十八个。";
    // Characters before the sentence move the ends of its lines.
    for (const before of ["", "一", "一二", "一二三", "一二三四"]) {
        const lines = drawLines([before + sentence]);
        expectFilled(lines);
        const texts = lines.map(({ text }) => text);
        expect(texts.join("")).toBe(before + sentence);
        expect(texts.filter((text) => /^[，。”]|“$/.test(text))).toEqual([]);
    }
});

test("a word that is wider than the picture is broken", () => {
    const word = "Donaudampfschifffahrtsgesellschaft".repeat(3);
    const lines = drawLines([word]);
    expectFilled(lines);
    expect(lines.map(({ text }) => text).join("")).toBe(word);
});

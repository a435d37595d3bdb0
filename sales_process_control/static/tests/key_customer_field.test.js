import { describe, expect, queryOne, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class Customer extends models.Model {
    _name = "customer";

    is_key_customer = fields.Boolean();

    _records = [{ id: 1, is_key_customer: false }];
}

defineMailModels();
defineModels([Customer]);

describe.current.tags("desktop");

test("a click on the star saves the value at once, and the label follows", async () => {
    onRpc("web_save", ({ args }) => expect.step(args[1]));
    await mountView({
        type: "form",
        resModel: "customer",
        resId: 1,
        arch: `<form><field name="is_key_customer" widget="key_customer"/></form>`,
    });
    const star = () => queryOne(".o_field_key_customer i");
    expect(star()).toHaveClass("fa-star-o");
    expect(star()).toHaveAttribute("aria-label", "Make a key customer");
    await contains(".o_field_key_customer a").click();
    await animationFrame();
    expect(star()).toHaveClass("fa-star");
    expect(star()).toHaveAttribute("aria-label", "Key customer");
    expect(".o_field_key_customer").toHaveText("Key customer");
    await contains(".o_field_key_customer a").click();
    await animationFrame();
    expect(star()).toHaveClass("fa-star-o");
    expect.verifySteps([{ is_key_customer: true }, { is_key_customer: false }]);
});

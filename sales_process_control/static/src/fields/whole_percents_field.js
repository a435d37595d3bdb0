import { registry } from "@web/core/registry";
import { FloatField, floatField } from "@web/views/fields/float/float_field";

const WHOLE = [16, 0];

/** Field widget `whole_percents`: Odoo's float from 0 to 100, without decimals. What is typed is stored as it is shown. */
export class WholePercentsField extends FloatField {
    parse(value) {
        return Math.round(super.parse(value));
    }
}

registry.category("fields").add("whole_percents", {
    ...floatField,
    component: WholePercentsField,
    extractProps: (info) => ({ ...floatField.extractProps(info), digits: WHOLE }),
});

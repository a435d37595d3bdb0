import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { BooleanFavoriteField, booleanFavoriteField } from "@web/views/fields/boolean_favorite/boolean_favorite_field";

/** Field widget `key_customer`: Odoo's favorite star with labels for a flag that all users share. */
export class KeyCustomerField extends BooleanFavoriteField {
    get label() {
        return this.props.record.data[this.props.name] ? _t("Key customer") : _t("Make a key customer");
    }
}

registry.category("fields").add("key_customer", {
    ...booleanFavoriteField,
    component: KeyCustomerField,
    displayName: _t("Key Customer"),
});

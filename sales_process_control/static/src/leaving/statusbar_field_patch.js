import { patch } from "@web/core/utils/patch";
import { StatusBarField } from "@web/views/fields/statusbar/statusbar_field";
import { isX2Many } from "@web/views/utils";

/**
 * Forget those of the changes that are none any more: saved later, they would take back what happened meanwhile.
 *
 * @param {Object} record
 */
function forgetEmptyChanges(record) {
    for (const [name, value] of Object.entries(record._changes)) {
        const before = record._values[name];
        const isSame = record.fields[name].type === "many2one" ? value?.id === before?.id : value === before;
        if (isSame && !isX2Many(record.fields[name])) {
            delete record._changes[name];
        }
    }
}

patch(StatusBarField.prototype, {
    /**
     * Show the stage again that the opportunity is in, when it may not be left. What else was typed stays.
     *
     * @override
     */
    async selectItem() {
        const { name, record } = this.props;
        const before = record.data[name];
        const wasDirty = await record.isDirty();
        try {
            await super.selectItem(...arguments);
        } catch (error) {
            if (error.data?.context?.is_leaving_stop) {
                if (wasDirty) {
                    await record.update({ [name]: before });
                    forgetEmptyChanges(record);
                } else {
                    await record.discard();
                }
            }
            throw error;
        }
    },
});

import { pick } from "@web/core/utils/objects";
import { patch } from "@web/core/utils/patch";
import { StatusBarField } from "@web/views/fields/statusbar/statusbar_field";

/**
 * Undo the choice of a stage that the stage gate has blocked, and keep the user's other changes.
 *
 * The record is discarded and the other changes are applied again. Setting the old stage instead would leave the stage
 * among the changes: saving them later would move the deal back if a colleague has moved it in the meantime.
 *
 * @param {Object} record
 * @param {Object} changes the unsaved changes from before the choice, as `record.getChanges()` returns them
 * @param {Object} values the same changes as values of `record.data`
 */
async function undoStageChoice(record, changes, values) {
    await record.discard();
    const isMany2Many = (name) => record.fields[name].type === "many2many";
    const names = Object.keys(changes);
    if (names.length) {
        await record.update({ ...values, ...pick(changes, ...names.filter(isMany2Many)) });
    }
}

patch(StatusBarField.prototype, {
    /**
     * Show the deal's stage again when the stage gate has blocked the move.
     *
     * @override
     */
    async selectItem() {
        const { name, record } = this.props;
        const stage = record.data[name];
        const changes = await record.getChanges();
        const values = pick(record.data, ...Object.keys(changes));
        try {
            await super.selectItem(...arguments);
        } catch (error) {
            if (error.data?.context?.is_leaving_stop) {
                if (Object.keys(changes).some((changed) => record.fields[changed].type === "one2many")) {
                    // Changes of a one2many cannot be applied again after a discard.
                    await record.update({ [name]: stage });
                } else {
                    await undoStageChoice(record, changes, values);
                }
            }
            throw error;
        }
    },
});

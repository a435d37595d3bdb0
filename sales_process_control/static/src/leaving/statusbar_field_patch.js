import { patch } from "@web/core/utils/patch";
import { StatusBarField } from "@web/views/fields/statusbar/statusbar_field";

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
                await (wasDirty ? record.update({ [name]: before }) : record.discard());
            }
            throw error;
        }
    },
});

import { ActivityMarkAsDone } from "@mail/core/web/activity_markasdone_popover";
import { Activity } from "@mail/core/common/activity_model";
import { patch } from "@web/core/utils/patch";
import { ReactionPicker } from "../kit/reaction/reaction_picker";

/**
 * Where Odoo marks activities done, those of deals ask how the customer took it. What was chosen stays with the activity,
 * as the feedback does, until it is sent; without a reaction all is Odoo's own.
 */
patch(Activity.prototype, {
    async markAsDone(attachmentIds = []) {
        if (this.customer_reaction) {
            await this.callWithReaction("action_feedback", { attachment_ids: attachmentIds });
        } else {
            await super.markAsDone(...arguments);
        }
    },

    markAsDoneAndScheduleNext() {
        if (!this.customer_reaction) {
            return super.markAsDoneAndScheduleNext(...arguments);
        }
        return this.callWithReaction("action_feedback_schedule_next");
    },

    /** As Odoo's own calls, with the reaction. */
    async callWithReaction(method, values = {}) {
        const result = await this.store.env.services.orm.call("mail.activity", method, [[this.id]], {
            ...values,
            feedback: this.feedback,
            context: { customer_reaction: this.customer_reaction },
        });
        this.store.activityBroadcastChannel?.postMessage({
            type: "RELOAD_CHATTER",
            payload: { id: this.res_id, model: this.res_model },
        });
        return result;
    },
});

ActivityMarkAsDone.components = { ...ActivityMarkAsDone.components, ReactionPicker };

patch(ActivityMarkAsDone.prototype, {
    onSelectReaction(reaction) {
        this.props.activity.customer_reaction = reaction;
    },
});

import { ActivityMarkAsDone } from "@mail/core/web/activity_markasdone_popover";
import { Activity } from "@mail/core/common/activity_model";
import { patch } from "@web/core/utils/patch";
import { ReactionPicker } from "../kit/reaction_picker";

/**
 * Odoo's popover that marks an activity as done asks for the customer's reaction if the activity belongs to a deal. The
 * reaction is kept on the activity until it is sent, as the feedback is. Without a reaction Odoo's own code runs.
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

    /** Same calls and messages as in Odoo, with the reaction in the context. */
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

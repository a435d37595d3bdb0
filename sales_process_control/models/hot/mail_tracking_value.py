from odoo import models
from odoo.exceptions import MissingError

from .crm_hot_flag_chatter import FLAG_KEY

FLAG_MODEL = "crm.hot.flag"


class MailTrackingValue(models.Model):
    """Tracked values of hot flags in the chatter of a deal or a customer: for readers of the flag only."""

    _inherit = "mail.tracking.value"

    def _filter_has_field_access(self, env):
        visible = super()._filter_has_field_access(env)
        of_flags = visible._of_hot_flags()
        if not of_flags:
            return visible
        # Odoo asks for the values of one message after the other. With the flags of all messages that are read together
        # as the prefetch set, the first question reads what the others need.
        together = self.browse(self._prefetch_ids)._of_hot_flags()
        flags = env[FLAG_MODEL].browse(of_flags._flag_ids()).with_prefetch(together._flag_ids())
        try:
            readable = flags._filtered_access("read")
        except MissingError:
            readable = flags.exists()._filtered_access("read")
        readable_ids = set(readable._ids)
        return visible - of_flags.filtered(lambda tracking: tracking._flag_id() not in readable_ids)

    def _filter_free_field_access(self):
        """Leave values of flags out of what everybody may read."""
        free = super()._filter_free_field_access()
        return free - free._of_hot_flags()

    def _of_hot_flags(self):
        return self.filtered(lambda tracking: tracking.field_id.model == FLAG_MODEL)

    def _flag_id(self):
        """Return the id of the flag of one value, None for none."""
        return (self.field_info or {}).get(FLAG_KEY)

    def _flag_ids(self):
        """Return the ids of the flags of values, as a tuple without repeats."""
        return tuple({flag_id: None for tracking in self if (flag_id := tracking._flag_id())})

    def _tracking_value_format(self):
        """Show selections in the language of the reader, and the note of a flag first.

        Odoo stores the labels of selections in the language of the writer, and sorts values by the names of fields.
        """
        formatted = super()._tracking_value_format()
        by_id = {tracking.id: tracking for tracking in self._of_hot_flags()}
        if not by_id:
            return formatted
        places = {
            tracking_id: (tracking.field_info or {}).get("sequence", 0) for tracking_id, tracking in by_id.items()
        }
        formatted.sort(key=lambda values: places.get(values["id"], -1))
        for values in formatted:
            tracking = by_id.get(values["id"])
            field = tracking and self.env[FLAG_MODEL]._fields.get(tracking.field_id.name)
            if field and field.type == "selection":
                labels = dict(field._description_selection(self.env))
                for name in ("oldValue", "newValue"):
                    values[name] = labels.get(values[name], values[name])
        return formatted

from odoo import models

#: Deals that a message names; of the others it says how many they are.
MOST_NAMED = 10


class CrmLeavingWords(models.AbstractModel):
    """Says which required sales actions are open where deals leave their stages. What is held is decided elsewhere.

    `leavings` are a list of :class:`~.leavings.Leaving` throughout.
    """

    _name = "crm.leaving.words"
    _description = "Words for Leaving a Stage"

    def _stop(self, leavings, can_pass, is_batch=False):
        """Why nothing was moved, and what to do about it.

        :param bool can_pass: whether the person may move the deals anyway
        :param bool is_batch: whether other deals were to be moved, too
        :rtype: str
        """
        number = len({leaving.lead for leaving in leavings})
        if len(leavings) == 1:
            text = self._stop_of_one(leavings[0])
        elif number == 1:
            text = self.env._(
                "%(deal)s cannot move on yet. Required sales actions are open:\n%(stages)s",
                deal=leavings[0].lead.name,
                stages="\n".join(f"- {leaving.stage.name}: {', '.join(leaving.steps)}" for leaving in leavings),
            )
        else:
            text = self.env._(
                "Nothing was moved: %(count)s opportunities cannot leave their stage yet. Required sales actions are "
                "open:\n%(deals)s",
                count=number,
                deals=self._list(leavings),
            )
        if is_batch and number == 1:
            text = f"{text}\n\n{self.env._('The other opportunities were not moved either.')}"
        return f"{text}\n\n{self._way_out(can_pass)}"

    def _stop_of_one(self, leaving):
        words = {
            "deal": leaving.lead.name,
            "stage": leaving.stage.name,
            "steps": "\n".join(f"- {step}" for step in leaving.steps),
        }
        if leaving.is_passed:
            return self.env._(
                "%(deal)s has been in %(stage)s, and cannot go past it yet. Required sales actions are open there:\n"
                "%(steps)s",
                **words,
            )
        return self.env._("%(deal)s cannot leave %(stage)s yet. Required sales actions are open:\n%(steps)s", **words)

    def _way_out(self, can_pass):
        if can_pass:
            return self.env._("Record what was done, or move on anyway and say why.")
        return self.env._("Record what was done, or ask a sales manager to let it pass.")

    def _warning(self, leavings):
        """What is told to somebody who has moved deals on nevertheless.

        :rtype: str
        """
        if len(leavings) == 1:
            return self.env._(
                "%(deal)s has left %(stage)s. Still to do: %(steps)s.",
                deal=leavings[0].lead.name,
                stage=leavings[0].stage.name,
                steps=", ".join(leavings[0].steps),
            )
        return self.env._(
            "%(count)s opportunities have left their stage. Still to do: %(deals)s.",
            count=len({leaving.lead for leaving in leavings}),
            deals="; ".join(self._lines(leavings)),
        )

    def _list(self, leavings):
        """A line a deal with its open steps, of so many as one can read."""
        return "\n".join(f"- {line}" for line in self._lines(leavings))

    def _lines(self, leavings):
        lines = [
            self.env._(
                "%(deal)s (%(stage)s): %(steps)s",
                deal=leaving.lead.name,
                stage=leaving.stage.name,
                steps=", ".join(leaving.steps),
            )
            for leaving in leavings[:MOST_NAMED]
        ]
        if len(leavings) > MOST_NAMED:
            lines.append(self.env._("and %s more", len(leavings) - MOST_NAMED))
        return lines

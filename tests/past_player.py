"""Play a story of `past_story.py` in a database: `./sandbox script DATABASE FILE STORY [EVENTS]`.

Each instant is one transaction with the clock set to it. Odoo tracks the changes as usual. At the end, a CSV file with
events is imported, if there is one.
"""

import json
import sys
from datetime import datetime
from itertools import groupby
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from past_story import STAGES
from replay_in_odoo import Clock


class Player:
    """Plays actions through CRM's own methods."""

    def __init__(self, env):
        self.env = env
        self.leads = {}
        # Stages of the database that the story does not use get a team of their own, so that moves do not skip them.
        env["crm.stage"].search([]).filtered(lambda stage: stage.name not in STAGES).team_ids = env["crm.team"].create(
            {"name": "Nobody's"}
        )
        for name, (sequence, is_won) in STAGES.items():
            if not env["crm.stage"].search([("name", "=", name)]):
                env["crm.stage"].create({"name": name, "sequence": sequence, "is_won": is_won})
        self.stages = {stage.name: stage.id for stage in env["crm.stage"].search([])}

    def play(self, deal, action, target):
        """Play one action, unless it is impossible in the deal's current state."""
        lead = self.env["crm.lead"].browse(self.leads.get(deal, ())).exists()
        if action in ("create", "lead"):
            values = {
                "name": deal,
                "type": "lead" if action == "lead" else "opportunity",
                "stage_id": self.stages[target],
            }
            self.leads[deal] = self.env["crm.lead"].create({**values, "user_id": self.env.uid, "team_id": False}).id
        elif not lead:
            return
        elif action == "convert":
            lead.convert_opportunity(self.env["res.partner"])
        elif action == "unconvert":
            lead.type = "lead" if lead.type == "opportunity" else "opportunity"
        elif action == "merge":
            self.merge(lead, self.env["crm.lead"].browse(self.leads[target]).exists())
        elif lead.type == "opportunity" or action == "move":
            self.change(lead, action, target)

    def change(self, lead, action, stage):
        """Move, win, lose, archive or restore a deal."""
        if action == "lose":
            # Odoo refuses to lose a deal in a won stage.
            if not lead.stage_id.is_won:
                lead.action_set_lost()
        elif action == "archive":
            # A deal with probability 0 would be lost instead of archived.
            lead.write({"active": False, "probability": lead.probability or 10})
        elif action == "restore":
            lead.action_unarchive()
        elif lead.active or action == "win":
            lead.stage_id = self.stages[stage]

    def merge(self, lead, other):
        """Merge two deals, if both exist. Odoo decides which one remains."""
        pair = (lead + other).filtered(lambda deal: deal.type == "opportunity")
        if len(pair) == 2:
            pair.merge_opportunity(auto_unlink=True)


def main(env, path, events=None):
    """Play the story in a JSON file, and import a CSV file."""
    actions = json.loads(Path(path).read_text(encoding="utf-8"))
    clock = Clock(env.registry)
    env = env(user=env.ref("base.user_admin"), context={"lang": "en_US"})
    player = Player(env)
    env.cr.commit()
    for (at, _deal), turn in groupby(actions, key=lambda action: action[:2]):
        clock.set(env.cr, datetime.fromisoformat(at))
        for _at, deal, action, target in turn:
            player.play(deal, action, target)
        env.cr.commit()
    if events:
        env["crm.history.importer"].with_context(tz="UTC").import_history(Path(events).read_bytes())


main(env, *arguments)  # noqa: F821  what the command gives to a script

"""Plays a story of `past_story.py` in a database, as people would have: `./sandbox script DATABASE FILE STORY`.

One transaction an instant, with the clock set to it; Odoo tracks what it always tracks.
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
    """Does what the acts say."""

    def __init__(self, env):
        self.env = env
        self.leads = {}
        # Other stages would be skipped as well.
        env["crm.stage"].search([]).filtered(lambda stage: stage.name not in STAGES).team_ids = env["crm.team"].create(
            {"name": "Nobody's"}
        )
        for name, (sequence, is_won) in STAGES.items():
            if not env["crm.stage"].search([("name", "=", name)]):
                env["crm.stage"].create({"name": name, "sequence": sequence, "is_won": is_won})
        self.stages = {stage.name: stage.id for stage in env["crm.stage"].search([])}

    def play(self, deal, act, wish):
        """Do one act; what makes no sense for the deal as it is, nobody would do."""
        lead = self.env["crm.lead"].browse(self.leads.get(deal, ())).exists()
        if act in ("create", "lead"):
            values = {"name": deal, "type": "lead" if act == "lead" else "opportunity", "stage_id": self.stages[wish]}
            self.leads[deal] = self.env["crm.lead"].create({**values, "user_id": self.env.uid, "team_id": False}).id
        elif not lead:
            return
        elif act == "convert":
            lead.convert_opportunity(self.env["res.partner"])
        elif act == "unconvert":
            lead.type = "lead" if lead.type == "opportunity" else "opportunity"
        elif act == "merge":
            self.merge(lead, self.env["crm.lead"].browse(self.leads[wish]).exists())
        elif lead.type == "opportunity" or act == "move":
            self.change(lead, act, wish)

    def change(self, lead, act, stage):
        """Move, end or bring back."""
        if act == "lose":
            # Odoo does not let a deal in a won stage be lost.
            if not lead.stage_id.is_won:
                lead.action_set_lost()
        elif act == "archive":
            # Archived as it is, with its probability.
            lead.write({"active": False, "probability": lead.probability or 10})
        elif act == "restore":
            lead.action_unarchive()
        elif lead.active or act == "win":
            lead.stage_id = self.stages[stage]

    def merge(self, lead, other):
        """Merge two deals, if both are there; Odoo decides which one stays."""
        both = (lead + other).filtered(lambda deal: deal.type == "opportunity")
        if len(both) == 2:
            both.merge_opportunity(auto_unlink=True)


def main(env, path):
    """Play the story of a file."""
    acts = json.loads(Path(path).read_text(encoding="utf-8"))
    clock = Clock(env.registry)
    env = env(user=env.ref("base.user_admin"), context={"lang": "en_US"})
    player = Player(env)
    env.cr.commit()
    for (at, _deal), turn in groupby(acts, key=lambda act: act[:2]):
        clock.set(env.cr, datetime.fromisoformat(at))
        for _at, deal, act, wish in turn:
            player.play(deal, act, wish)
        env.cr.commit()


main(env, *arguments)  # noqa: F821  what the command gives to a script

"""Fill a database that has CRM, but not the module, with deals and their tracked moves.

    ./sandbox script DATABASE benchmarks/generate.py [DEALS]

Each deal visits 3.7 stages on average. A third is won, a third lost. The result is the same at each run. Rows are
written by SQL, without Odoo's checks: use the database for benchmarks only.
"""

import io
from datetime import datetime, timedelta
from random import Random

TODAY = datetime(2026, 1, 1, 12)
BATCH = 20000


class Generator:
    """Creates deals and their tracked changes as rows of Odoo's tables."""

    def __init__(self, env):
        self.cr = env.cr
        fields = env["ir.model.fields"]
        self.field_ids = {name: fields._get("crm.lead", name).id for name in ("stage_id", "active", "won_status")}
        stages = env["crm.stage"].search([], order="sequence, id")
        self.open_ids = stages.filtered(lambda stage: not stage.is_won).ids
        self.won_id = stages.filtered("is_won")[:1].id
        self.owner = {
            "team_id": env["crm.team"].search([], limit=1).id,
            "user_id": env.ref("base.user_admin").id,
            "company_id": env.company.id,
        }
        self.random = Random(7)
        self.lead_id, self.message_id = self._next_id("crm_lead"), self._next_id("mail_message")

    def write(self, deals):
        """Write some deals and commit."""
        tables = {"crm_lead": [], "mail_message": [], "mail_tracking_value": []}
        for _deal in range(deals):
            self._add_deal(tables)
        for table, rows in tables.items():
            self._copy(table, rows)
        self.cr.commit()

    def _add_deal(self, tables):
        random = self.random
        created = TODAY - timedelta(days=random.randrange(30, 1400), seconds=random.randrange(86400))
        end = random.choice(("open", "won", "lost"))
        changes, at = self._moves(created)
        stage = changes[-1][1][0][2] if changes else self.open_ids[0]
        if end == "won":
            changes.append((at, [("stage_id", stage, self.won_id), ("won_status", "Pending", "Won")]))
            stage = self.won_id
        elif end == "lost":
            changes.append((at, [("active", 1, 0), ("won_status", "Pending", "Lost")]))
        for change in changes:
            self._add_message(tables, *change)
        tables["crm_lead"].append(
            {
                "id": self.lead_id,
                "name": f"Generated deal {self.lead_id}",
                "type": "opportunity",
                "active": end != "lost",
                "won_status": "pending" if end == "open" else end,
                "probability": {"open": 30, "won": 100, "lost": 0}[end],
                "stage_id": stage,
                **self.owner,
                "expected_revenue": random.randrange(1, 90) * 500,
                "create_date": created,
                "date_closed": None if end == "open" else at,
                "date_last_stage_update": changes[-1][0] if changes else created,
            }
        )
        self.lead_id += 1

    def _moves(self, at):
        """Return the moves of a deal between its creation and its end.

        :return: ([(instant, [(field, old value, new value)])], instant of the end)
        """
        stage, changes = self.open_ids[0], []
        for _move in range(self.random.choice((0, 1, 2, 3, 4, 5, 6, 7, 8))):
            at += timedelta(hours=self.random.randrange(20, 900))
            rank = self.open_ids.index(stage) + self.random.choice((1, 1, 1, 1, 2, -1))
            target = self.open_ids[max(0, min(len(self.open_ids) - 1, rank))]
            if target != stage:
                changes.append((at, [("stage_id", stage, target)]))
                stage = target
        return changes, at + timedelta(hours=self.random.randrange(20, 900))

    def _add_message(self, tables, at, links):
        message = {"id": self.message_id, "model": "crm.lead", "res_id": self.lead_id, "date": at}
        tables["mail_message"].append({**message, "message_type": "notification"})
        for name, old, new in links:
            kind = "char" if name == "won_status" else "integer"
            tables["mail_tracking_value"].append(
                {
                    "mail_message_id": self.message_id,
                    "field_id": self.field_ids[name],
                    "create_uid": self.owner["user_id"],
                    f"old_value_{kind}": old,
                    f"new_value_{kind}": new,
                }
            )
        self.message_id += 1

    def _next_id(self, table):
        self.cr.execute(f"SELECT COALESCE(max(id), 0) + 1 FROM {table}")
        return self.cr.fetchone()[0]

    def _copy(self, table, rows):
        """Write rows with COPY.

        :param list rows: dictionaries by column
        """
        columns = sorted({name for row in rows for name in row})
        lines = io.StringIO()
        for row in rows:
            lines.write("\t".join("\\N" if row.get(name) is None else str(row[name]) for name in columns) + "\n")
        lines.seek(0)
        self.cr.copy_from(lines, table, columns=columns)
        self.cr.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")


def main(env, deals=100000):
    """Write all deals in batches."""
    generator = Generator(env)
    for first in range(0, deals, BATCH):
        generator.write(min(BATCH, deals - first))
        print(f"{min(first + BATCH, deals):,} of {deals:,} deals", flush=True)
    env.cr.execute("ANALYZE")


main(env, *map(int, arguments))  # noqa: F821  given by `./sandbox script`

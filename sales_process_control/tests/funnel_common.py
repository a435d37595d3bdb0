import json
from math import fsum

from odoo import fields
from odoo.fields import Domain

from ..models.recording.company_money import CompanyMoney
from .workbench_common import numbers_of


class FunnelMixin:
    """Compares the funnel of a day with a plain sum of the lines up to it, and with the list of its lines."""

    def reader(self, user):
        companies = user.company_id | user.company_ids
        return self.Movement.with_user(user).with_context(allowed_company_ids=companies.ids)

    def forward(self, user, day, domain):
        """Return {(stage id, currency id): (count, amount)}, the sum of all lines up to a day."""
        lines = self.reader(user)._read_group(
            Domain(domain) & Domain("day", "<=", day), ["stage_id", "currency_id"], ["deal_count:sum", "amount:sum"]
        )
        return {
            (stage.id, currency.id): (count, round(amount, 2))
            for stage, currency, count, amount in lines
            if count or round(amount, 2)
        }

    def funnel_of(self, user, day, domain):
        funnel = self.reader(user).funnel_at(day, domain)
        return funnel, {
            (row["stage_id"], row["currency_id"]): (row["deal_count"], round(row["amount"], 2)) for row in funnel
        }

    def assert_funnel(self, user, day, domain=()):
        self.env.flush_all()
        expected = self.forward(user, day, domain)
        funnel, found = self.funnel_of(user, day, domain)
        self.assertEqual(found, expected)
        day = fields.Date.to_date(day)
        for (stage_id, currency_id), (count, amount) in expected.items():
            place = Domain("stage_id", "=", stage_id) & Domain("currency_id", "=", currency_id)
            lines = self.reader(user).search(Domain(domain) & Domain("standing_on", "=", day) & place)
            self.assertEqual(len(lines), count)
            self.assertEqual(len(set(lines.mapped("lead_ref"))), count)
            deals = self.deals_on(user, day).search(Domain(domain) & place)
            self.assertEqual((deals, set(deals.mapped("day"))), (deals.browse(lines.ids), {day}))
            self.assertEqual(round(fsum(deals.mapped("amount")), 2), round(amount, 2))
        return funnel

    def deals_on(self, user, day):
        """Return the model of the deals of a day for a reader."""
        deals = self.env["crm.pipeline.day"].with_env(self.reader(user).env)
        return deals.with_context(pipeline_day=day.isoformat())

    def change_one(self, random, deals):
        """Change one of the deals at random."""
        deal = random.choice(deals)
        stages = (self.contact, self.needs, self.bidding, self.talks, self.signed)
        owners = ((self.seller, self.team), (self.colleague, self.other_team), (self.env["res.users"], self.team))
        user, team = random.choice(owners)
        acts = [
            lambda: deal.write({"stage_id": random.choice(stages).id}),
            lambda: deal.write({"stage_id": random.choice(stages).id}),
            lambda: deal.write({"user_id": user.id, "team_id": team.id}),
            lambda: deal.write({"expected_revenue": random.randrange(1000) / 10}),
            lambda: deal.write({"date_deadline": f"2026-0{random.randrange(4, 9)}-01"}),
            deal.action_set_won,
        ]
        if not deal.stage_id.is_won:
            acts += [lambda: deal.write({"active": not deal.active}), deal.action_set_lost]
        random.choice(acts)()
        if random.random() < 0.03:
            deals.remove(deal)
            deal.unlink()
        if random.random() < 0.2:
            deals.append(self.make_deal(user_id=user.id, team_id=team.id, stage_id=random.choice(stages[:4]).id))

    def change_at_random(self, random, steps=120):
        """Change a few deals at random, over some days."""
        deals = [self.make_deal(expected_revenue=random.randrange(500)) for _deal in range(8)]
        for _step in range(steps):
            # Some changes follow at the same instant, some within five minutes (an undo), some hours later.
            seconds = random.choice((0, 60, 7200, 40000))
            if seconds:
                self.pass_time(seconds=seconds)
            self.change_one(random, deals)
        self.env.cr.flush()

    # ------------------------------------------------------------
    # TWO DAYS
    # ------------------------------------------------------------

    def funnel(self, user, **arguments):
        """Return what the browser gets, once everything is written."""
        self.env.cr.flush()
        self.env.invalidate_all()
        return json.loads(json.dumps(self.reader(user).get_funnel(**arguments)))

    def assert_sum(self, terms, total):
        """Terms add up to a total, as exactly as double precision allows."""
        largest = max(map(abs, [*terms, total]), default=0)
        self.assertAlmostEqual(fsum(terms), total, delta=max(len(terms) * largest * 2**-52, 1e-9))

    def assert_adds_up(self, found):
        """The waterfall, and the rows and columns of the flow, add up to both days."""
        totals, (opening, *bars, closing) = found["totals"], [bar["number"] for bar in found["waterfall"]]
        self.assertEqual((opening, closing), (totals["before"], totals["day"]))
        for measure in ("value", "amount", "weighted", "expected"):
            for which in ("day", "before"):
                stages = [stage[which][measure] for stage in found["stages"]]
                self.assert_sum(stages, totals[which][measure])
            self.assert_sum([opening[measure], *(bar[measure] for bar in bars)], closing[measure])
        stages = {f"stage:{stage['stage_id'] or 0}": stage for stage in found["stages"]}
        columns = dict.fromkeys(stages, 0)
        for row in found["flow"]["rows"]:
            cells = [cell["number"] for cell in row["cells"]]
            for cell in row["cells"]:
                columns[cell["key"]] = columns.get(cell["key"], 0) + cell["number"]["value"]
            if row["key"] in stages:
                for measure in ("value", "amount", "weighted", "expected"):
                    self.assert_sum([cell[measure] for cell in cells], stages[row["key"]]["before"][measure])
        self.assertEqual(
            {key: columns[key] for key in stages}, {key: stage["day"]["value"] for key, stage in stages.items()}
        )

    def assert_opens(self, user, found, *, every=1):
        """The records that each number opens add up to it, count and amount.

        The records are deals on a day, one for each deal, or the lines of a kind.
        """
        for _way, number in list(numbers_of(found))[::every]:
            with self.subTest(number=number["name"], user=user.login):
                self.assertTrue(number["name"])
                rows = self.opened_by(user, number)
                self.assertEqual(len(rows), number["records"])
                if number["model"] == "crm.pipeline.movement":
                    self.assertEqual(sum(rows.mapped("deal_count")), number["value"])
                else:
                    self.assertEqual(len(set(rows.mapped("lead_ref"))), number["value"])
                    lines = self.reader(user).search(number["lines"])
                    self.assertEqual(sorted(lines.mapped("lead_ref")), sorted(rows.mapped("lead_ref")))
                self.assertAlmostEqual(self.converted(user, rows, found["currency_id"]), number["amount"], 2)

    def opened_by(self, user, number):
        """Return the records that a click on a number lists."""
        records = self.env[number["model"]].with_env(self.reader(user).env)
        return records.with_context(**number["context"]).search(number["domain"])

    def converted(self, user, rows, currency_id):
        """Return the sum of the amounts of rows in a currency."""
        rates = CompanyMoney(self.reader(user).env).rates(rows.currency_id.ids, currency_id)
        return fsum(row.amount * (rates[row.currency_id.id or None] or 0) for row in rows)

    def plain_flow(self, user, before, day, domain):
        """Return {(origin, target): (count, amount)}, found by following the lines of each deal one by one."""
        deals = {}
        lines = Domain(domain) & Domain("day", "<=", day) & Domain("is_correction", "=", False)
        for line in self.reader(user).search(lines, order="id"):
            deal = deals.setdefault(line.lead_ref, {"place": None, "worth": 0.0, "origin": None})
            if line.day > before and deal["origin"] is None:
                deal["origin"] = (deal["place"], deal["worth"])
            if line.deal_count:
                deal["place"] = f"stage:{line.stage_id.id or 0}" if line.deal_count > 0 else None
                deal["end"] = line.kind if line.kind in ("won", "lost", "removed") else "left"
                deal["out"] = deal["worth"]
            deal["worth"] += line.amount
        found = {}
        for deal in deals.values():
            origin, worth = deal["origin"] or (deal["place"], deal["worth"])
            target = deal["place"] or deal["end"]
            if origin is None and (deal["origin"] is None or (not deal["place"] and "out" not in deal)):
                continue
            if origin is None:
                origin, worth = "entered", deal["worth"] if deal["place"] else deal["out"]
            count, total = found.get((origin, target), (0, 0.0))
            found[origin, target] = count + 1, round(total + worth, 2)
        return found

    def flow_cells(self, found):
        return {
            (row["key"], cell["key"]): (cell["number"]["value"], round(cell["number"]["amount"], 2))
            for row in found["flow"]["rows"]
            for cell in row["cells"]
        }

    def bars(self, found):
        return {bar["kind"]: bar["number"]["amount"] for bar in found["waterfall"]}

    def cells(self, found):
        names = {column["key"]: column["name"] for column in found["flow"]["columns"]}
        return {
            (row["name"], names[cell["key"]], cell["direction"]): cell["number"]["value"]
            for row in found["flow"]["rows"]
            for cell in row["cells"]
        }

import json

from ..models.recording.company_money import CompanyMoney


def numbers_of(answer):
    """Yield the counts in an answer of the workbench that open their records, each with its path in the answer."""
    places = [((), answer)]
    while places:
        path, place = places.pop()
        if isinstance(place, dict):
            if {"value", "model", "domain"} <= place.keys():
                yield path, place
            places += [((*path, key), value) for key, value in place.items()]
        elif isinstance(place, list):
            places += [((*path, index), value) for index, value in enumerate(place)]


class WorkbenchMixin:
    """Reads the workbench as a browser does, and opens its counts."""

    def context_of(self, user):
        """Return the context of a user's browser, with all companies of the user, the current one first."""
        companies = user.company_id | user.company_ids
        return {"allowed_company_ids": companies.ids, "tz": user.tz, "lang": user.lang}

    def workbench_of(self, user, scope="mine", blocks=None, team_ids=None, process=None, **context):
        """Return the workbench of a user as the browser receives it."""
        self.env.cr.flush()
        self.env.invalidate_all()
        context = {**self.context_of(user), **context}
        # The context of the test does not reach the browser.
        leads = self.env["crm.lead"].with_user(user).with_context(context)  # pylint: disable=context-overridden
        return json.loads(json.dumps(leads.get_workbench(scope, blocks, team_ids, process)))

    def block_of(self, user, name, scope="mine", **choice):
        """Return one block of the workbench of a user.

        :param choice: see :meth:`workbench_of`
        """
        return self.workbench_of(user, scope, [name], **choice)["blocks"][name]

    def block_keys(self, scope="mine"):
        """Return the keys of all blocks of a scope."""
        return list(self.env["crm.workbench.block"]._find_blocks(scope))

    def assert_numbers_open_their_records(self, answer, user, **context):
        """Assert that each count opens as many records for the reader, and that there is a count."""
        self.assertFalse({name for name, block in answer.get("blocks", {}).items() if "error" in block}, answer)
        numbers = list(numbers_of(answer))
        self.assertTrue(numbers, answer)
        context = {**self.context_of(user), **context}
        for path, number in numbers:
            with self.subTest(number=path, user=user.login):
                own = {**context, **number.get("context", {})}
                records = self.env[number["model"]].with_user(user)
                records = records.with_context(own)  # pylint: disable=context-overridden
                self.assertEqual(records.search_count(number["domain"]), number["value"], number)
                found = records.search(number["domain"])
                self.assertEqual(len(found), number["value"], number)
                self.assertTrue(number["name"])
                if "amount" in number:
                    self.assertAlmostEqual(self.amount_of(found), number["amount"], 6, number)

    def amount_of(self, records):
        """Return the sum of the amounts of records in the currency of their reader's company, at today's rate."""
        money = CompanyMoney(records.env)
        if records._name == "crm.lead":
            by_company = money.currency_by_company()
            amounts = [(by_company[deal.company_id.id or None], deal.expected_revenue) for deal in records]
        else:
            amounts = [(row.currency_id.id or None, row.amount) for row in records]
        rates = money.rates({currency_id for currency_id, _amount in amounts})
        return sum(amount * (rates[currency_id] or 0) for currency_id, amount in amounts)

import json


def numbers_of(answer):
    """Each number in an answer of the workbench that says which records it counts, with the way to it."""
    places = [((), answer)]
    while places:
        way, place = places.pop()
        if isinstance(place, dict):
            if {"value", "model", "domain"} <= place.keys():
                yield way, place
            places += [((*way, key), value) for key, value in place.items()]
        elif isinstance(place, list):
            places += [((*way, index), value) for index, value in enumerate(place)]


class WorkbenchMixin:
    """Reads the workbench as a browser does, and opens its numbers."""

    def context_of(self, user):
        """The context of a user's browser, with all his companies switched on, his own first."""
        companies = user.company_id | user.company_ids
        return {"allowed_company_ids": companies.ids, "tz": user.tz, "lang": user.lang}

    def workbench_of(self, user, scope="mine", blocks=None, **context):
        """The workbench of a user, as his browser gets it once everything is written."""
        self.env.cr.flush()
        self.env.invalidate_all()
        context = {**self.context_of(user), **context}
        # Nothing of the test's own context is the reader's.
        leads = self.env["crm.lead"].with_user(user).with_context(context)  # pylint: disable=context-overridden
        return json.loads(json.dumps(leads.get_workbench(scope, blocks)))

    def block_of(self, user, name, scope="mine", **context):
        """One block of it."""
        return self.workbench_of(user, scope, [name], **context)["blocks"][name]

    def assert_numbers_open_their_records(self, answer, user, **context):
        """Each number opens as many records as it says, for the reader; and there is one at least."""
        self.assertFalse({name for name, block in answer.get("blocks", {}).items() if "error" in block}, answer)
        numbers = list(numbers_of(answer))
        self.assertTrue(numbers, answer)
        context = {**self.context_of(user), **context}
        for way, number in numbers:
            with self.subTest(number=way, user=user.login):
                own = {**context, **number.get("context", {})}
                records = self.env[number["model"]].with_user(user)
                records = records.with_context(own)  # pylint: disable=context-overridden
                self.assertEqual(records.search_count(number["domain"]), number["value"], number)
                self.assertEqual(len(records.search(number["domain"])), number["value"], number)
                self.assertTrue(number["name"])

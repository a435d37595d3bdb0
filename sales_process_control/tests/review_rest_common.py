import json

from .workbench_common import WorkbenchMixin


class ReviewMixin(WorkbenchMixin):
    """Reads blocks of the Process Review as a browser does, and opens their counts."""

    def review_of(self, user, *blocks, company_ids=None, **arguments):
        """Return blocks of the review of a user as the browser receives them."""
        self.env.cr.flush()
        self.env.invalidate_all()
        context = self.context_of(user)
        if company_ids:
            context["allowed_company_ids"] = company_ids
        # The context of the test does not reach the browser.
        review = self.env["crm.process.review"].with_user(user)
        review = review.with_context(context)  # pylint: disable=context-overridden
        return json.loads(json.dumps(review.get_review(blocks=list(blocks), **arguments)))

    def read_block(self, block, user=None, **arguments):
        """Return a block after its numbers have been opened."""
        user = user or self.manager
        answer = self.review_of(user, block, **arguments)
        context = {}
        if "company_ids" in arguments:
            context["allowed_company_ids"] = arguments["company_ids"]
        self.assert_numbers_open_their_records(answer, user, **context)
        return answer["blocks"][block]

    def opened(self, number, user=None):
        """Return the records that a click on a number shows."""
        user = user or self.manager
        context = {**self.context_of(user), **number.get("context", {})}
        records = self.env[number["model"]].with_user(user)
        return records.with_context(context).search(number["domain"])  # pylint: disable=context-overridden

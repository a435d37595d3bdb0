from .forecast_common import ForecastCase


class ForecastScreenCase(ForecastCase):
    """The screen as its readers see it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.sales.target"].search([]).unlink()

    def screen(self, user, *arguments, **more):
        """Return the answer of the screen for a user, once everything is written."""
        self.env.cr.flush()
        self.env.invalidate_all()
        companies = user.company_id + (user.company_ids - user.company_id)
        screen = self.env["crm.forecast.screen"].with_user(user)
        return screen.with_context(allowed_company_ids=companies.ids).get_screen(*arguments, **more)

    def block(self, key, user, *arguments, **more):
        """Return one block of the screen."""
        block = self.screen(user, *arguments, blocks=[key], **more)["blocks"][key]
        self.assertNotIn("error", block)
        return block

    def records(self, number, user):
        """Return the records that a number opens, as the user sees them."""
        model = self.env[number["model"]].with_user(user)
        companies = user.company_id + (user.company_ids - user.company_id)
        model = model.with_context(allowed_company_ids=companies.ids, **number.get("context", {}))
        return model.search(number["domain"])

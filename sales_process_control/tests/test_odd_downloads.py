import inspect
import json
from urllib.parse import urlencode

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..controllers.crm_funnel import CrmFunnelController
from ..controllers.crm_process_review import CrmProcessReviewController
from .common import PipelineCase

#: {link: (its controller, {parameter: what its text is read as})}
DOWNLOADS = {
    "/sales_process_control/funnel/xlsx": (
        CrmFunnelController,
        {"day": "date", "before": "date", "domain": "json", "currency_id": "id", "measure": "name"},
    ),
    "/sales_process_control/review/xlsx": (
        CrmProcessReviewController,
        {"period": "name", "team_id": "id", "user_id": "id", "company_id": "id"},
    ),
}
#: Texts for every parameter.
ODD_TEXTS = ("", "x", "é\0", "9" * 5000)
#: More texts, by what a text is read as.
ODD_TEXTS_OF = {
    "date": ("0001-01-01", "2026-02-30", "9999-12-31"),
    "id": ("-1", "1.5", "NaN", str(2**31), str(2**63)),
    "name": ("0", "null"),
    "json": (
        "0",
        "1e308",
        "NaN",
        "null",
        "true",
        "[",
        "[" * 5000,
        "{}",
        "[1]",
        "[[]]",
        '["&"]',
        '[["id"]]',
        '[["no_field", "=", 1]]',
        '[["kind", "=", "won"]]',
        '[["stage_id", "=", "x"]]',
        '[["stage_id", "=", true]]',
        '[["stage_id", "any", "x"]]',
        '[["stage_id.name", "=", "\\u0000"]]',
        '[["date_deadline", ">", "x"]]',
    ),
}


@tagged("post_install", "-at_install")
class TestOddDownloads(HttpCase, PipelineCase):
    """Whatever a link to a spreadsheet says, the answer is a spreadsheet or a message, never an error of the server."""

    def status(self, url, **parameters):
        return self.url_open(f"{url}?{urlencode(parameters)}").status_code

    @mute_logger("odoo.http")
    def test_every_parameter(self):
        self.make_deal()
        self.env.flush_all()
        self.authenticate(self.manager.login, self.manager.login)
        for url, (controller, parameters) in DOWNLOADS.items():
            self.assertEqual(self.status(url), 200)
            self.assertEqual(list(parameters), list(inspect.signature(controller.download).parameters)[1:-1])
            for name, kind in parameters.items():
                for text in ODD_TEXTS + ODD_TEXTS_OF[kind]:
                    with self.subTest(url, name=name, text=text[:40]):
                        self.assertLess(self.status(url, **{name: text}), 500)

    @mute_logger("odoo.http")
    def test_bad_values_get_a_message(self):
        self.authenticate(self.manager.login, self.manager.login)
        funnel, review = DOWNLOADS
        for url, name, text in (
            (funnel, "day", "x"),
            (funnel, "day", "9999-12-31"),
            (funnel, "domain", "["),
            (funnel, "domain", json.dumps([["lead_ref", "=", "x"]])),
            (funnel, "currency_id", "x"),
            (review, "period", "x"),
            (review, "user_id", "1.5"),
        ):
            with self.subTest(url, name=name, text=text):
                self.assertEqual(self.status(url, **{name: text}), 422)

import logging
import re
from collections import Counter
from pathlib import Path

from odoo.tests import HttpCase, no_retry, tagged

SUITE = "@sales_process_control"
PASSED = re.compile(r"Passed (\d+) tests \((\d+) assertions")
FILES = Path(__file__).parents[1] / "static/tests"
#: The start of a test, or the tag of those that follow in the file.
TEST_OR_TAG = re.compile(r'^ *(?:test\(|(?:describe\.current|test)\.tags\("(\w+)"\))', re.MULTILINE)


def count_tests():
    """Return the number of tests in the files by their tag, None for those without one.

    A test in a loop counts once.
    """
    counts = Counter()
    for path in sorted(FILES.glob("*.test.js")):
        tag = None
        for match in TEST_OR_TAG.finditer(path.read_text(encoding="utf-8")):
            if match[1]:
                tag = match[1]
            else:
                counts[tag] += 1
    return counts


def hoot_id(name):
    """The number by which hoot's page finds a suite of that name."""
    number = 0
    for letter in name:
        number = ((number << 5) - number + ord(letter)) & 0xFFFFFFFF
    return f"{number:08x}"


class JavaScriptCase(HttpCase):
    """Unit tests of the browser's side, those of this module only."""

    preset = "desktop"

    def listen_to_browser(self):
        """Collect what the browser's console says, which goes on into the log as ever."""
        said, handler = [], logging.Handler()
        handler.emit = lambda record: said.append(record.getMessage())
        console = self._logger.getChild("browser")
        console.addHandler(handler)
        self.addCleanup(console.removeHandler, handler)
        self.addCleanup(console.setLevel, console.level)
        console.setLevel(logging.INFO)
        return said

    def run_suite(self, extra=""):
        """Run the suite in the browser; fails when a test fails, and when none is there.

        :param extra: more of the page's parameters
        :return: how many tests passed
        """
        url = f"/web/tests?headless&loglevel=2&preset={self.preset}&timeout=15000&id={hoot_id(SUITE)}{extra}"
        said = self.listen_to_browser()
        self.browser_js(
            url,
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )
        passed = [int(match[1]) for line in said if (match := PASSED.search(line))]
        self.assertTrue(passed and passed[-1], "No test has run")
        return passed[-1]


@tagged("post_install", "-at_install")
class TestJavaScript(JavaScriptCase):
    @no_retry
    def test_desktop(self):
        counts = count_tests()
        # A loop makes several tests of one.
        self.assertGreaterEqual(self.run_suite(), counts.total() - counts["mobile"])


@tagged("post_install", "-at_install")
class TestJavaScriptOnTouchScreens(JavaScriptCase):
    preset = "mobile"
    browser_size = "375x667"
    touch_enabled = True

    @no_retry
    def test_mobile(self):
        counts = count_tests()
        self.assertEqual(self.run_suite("&tag=-headless"), counts["mobile"] + counts[None])

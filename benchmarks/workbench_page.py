"""How long the module's screens take to be painted in Chromium, beside Odoo's own pipeline, in one browser.

    ./sandbox odoo -d DB -p 8069                                    # in another terminal
    .sandbox/venv/bin/python benchmarks/workbench_page.py http://localhost:8069 DB LOGIN PASSWORD [ROUNDS]

Each round clicks the entry of the menu, and waits until what paints the page is there: of the workbench the five
blocks of the first call, of the sales funnel its three blocks of two days with their charts, and then the band of weeks
besides, of the pipeline the cards of its columns. The first click of each loads its code as well, and is told apart.
Milliseconds, medians.
"""

import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import websocket

PORT = 9555
CLICK = """
(async (section, menu, painted) => {
    const find = (selector) => new Promise((resolve) => {
        const wait = () => document.querySelector(selector) ? resolve(document.querySelector(selector))
            : requestAnimationFrame(wait);
        wait();
    });
    (await find(`button[data-menu-xmlid='${section}']`)).click();
    const entry = await find(`.o-dropdown--menu [data-menu-xmlid='${menu}']`);
    const begin = performance.now();
    entry.click();
    await find(painted);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return performance.now() - begin;
})(%s, %s, %s)
"""
FIRST_BLOCKS = ("hot", "attention", "today", "opportunities", "customers")
FUNNEL = ("crm.crm_menu_report", "sales_process_control.crm_funnel_menu")
FUNNEL_BLOCKS = ".o_sales_funnel:has(.o_funnel_distribution canvas):has(.o_funnel_waterfall canvas):has(.o_flow_table)"
PAGES = {
    "workbench": (
        "crm.crm_menu_sales",
        "sales_process_control.crm_workbench_menu",
        ".o_workbench" + "".join(f":has(.o_workbench_{block}[aria-busy='false'])" for block in FIRST_BLOCKS),
    ),
    "sales funnel": (*FUNNEL, FUNNEL_BLOCKS),
    "pipeline": (
        "crm.crm_menu_sales",
        "crm.menu_crm_opportunities",
        ".o_kanban_view .o_kanban_record:not(.o_kanban_ghost)",
    ),
    # Not right after the other one: it would be found before it has gone.
    "sales funnel with its weeks": (*FUNNEL, f"{FUNNEL_BLOCKS}:has(.o_weeks_band canvas)"),
}


class Chromium:
    """One page of a browser without a window, driven over its own protocol."""

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [
                "chromium",
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                f"--remote-debugging-port={PORT}",
                "--remote-allow-origins=*",
                f"--user-data-dir={self.directory.name}",
                "--window-size=1440,900",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.numbers = itertools.count(1)
        self.socket = websocket.create_connection(self.address(), timeout=120)

    @staticmethod
    def address():
        """Where its page listens, once it does."""
        for _attempt in range(100):
            try:
                with urllib.request.urlopen(f"http://localhost:{PORT}/json") as answer:
                    return next(tab["webSocketDebuggerUrl"] for tab in json.load(answer) if tab["type"] == "page")
            except OSError:
                time.sleep(0.1)
        raise SystemExit("Chromium does not answer")

    def call(self, method, **parameters):
        """Have the browser do something, and return what it answers."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                return answer["result"]

    def run(self, code):
        """Run JavaScript in the page, and return its value once it is there."""
        answer = self.call("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")

    def open(self, url, seconds=6):
        """Go to a page, and give it time."""
        self.call("Page.navigate", url=url)
        time.sleep(seconds)


def main(url, database, login, password, rounds="9"):
    """Log in, click both entries in turn, and print the medians."""
    browser = Chromium()
    try:
        browser.open(f"{url}/web/login?db={database}")
        who = json.dumps({"jsonrpc": "2.0", "params": {"db": database, "login": login, "password": password}})
        headers = '{"Content-Type": "application/json"}'
        browser.run(f"fetch('/web/session/authenticate', {{method: 'POST', headers: {headers}, body: '{who}'}})")
        browser.open(f"{url}/odoo/crm", 12)
        times = {page: [] for page in PAGES}
        for _round in range(int(rounds)):
            for page, how in PAGES.items():
                times[page].append(browser.run(CLICK % tuple(map(json.dumps, how))))
        for page, found in times.items():
            print(f"{page}: first {found[0]:.0f} ms, then {statistics.median(found[1:]):.0f} ms")
    finally:
        browser.process.kill()
        browser.process.wait()


main(*sys.argv[1:])

"""Time until the screens of the module are painted in Chromium, compared with Odoo's own pipeline.

    ./sandbox odoo -d DB -p 8069                                    # in another terminal
    .sandbox/venv/bin/python benchmarks/workbench_page.py http://localhost:8069 DB LOGIN PASSWORD [ROUNDS] [SCOPE]

SCOPE is the scope of the workbench: mine, team or all. On the database that `benchmarks/workbench.py` has filled, the
manager of all salespeople logs in as `workbench_0`, with the login as password.

Each round clicks the entry of the menu, and waits until the page is painted. The workbench is painted with the five
blocks of the first call; the sales funnel with its three blocks of two days and their charts, and then with the band of
weeks as well; the pipeline with the cards of its columns. The first click of each page loads its code too, and is
printed separately. The output has medians in milliseconds.
"""

import json
import statistics
import sys

from chromium import Chromium

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
REMEMBER_SCOPE = """
fetch("/web/session/get_session_info", {method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"})
    .then((answer) => answer.json())
    .then(({result}) => localStorage.setItem(`sales_process_control.workbench.scope.${result.uid}`, %s))
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
    # Not right after the other funnel page, whose elements would be found before they are removed.
    "sales funnel with its weeks": (*FUNNEL, f"{FUNNEL_BLOCKS}:has(.o_weeks_band canvas)"),
}


def main(url, *account, rounds="9", scope="mine"):
    """Log in, click the entries in turn, and print the medians."""
    browser = Chromium()
    try:
        browser.log_in(url, *account)
        browser.open(f"{url}/odoo/crm", 12)
        browser.run(REMEMBER_SCOPE % json.dumps(scope))
        times = {page: [] for page in PAGES}
        for _round in range(int(rounds)):
            for page, how in PAGES.items():
                times[page].append(browser.run(CLICK % tuple(map(json.dumps, how))))
        for page, found in times.items():
            print(f"{page}: first {found[0]:.0f} ms, then {statistics.median(found[1:]):.0f} ms")
    finally:
        browser.close()


main(*sys.argv[1:5], **dict(zip(("rounds", "scope"), sys.argv[5:], strict=False)))

"""Measure how long Chromium takes to paint the Process page of a deal, in milliseconds.

    ./sandbox script DB benchmarks/process_page.py 1 keep           # creates a long deal and prints its id
    ./sandbox odoo -d DB -p 8069                                    # in another terminal
    .sandbox/venv/bin/python benchmarks/process_page_painted.py http://localhost:8069 DB LOGIN PASSWORD DEAL

The form of the deal is open. Each round leaves the page and clicks on its tab again. The time is measured from the
click to the first frame with visits. The time of the server's answer, which is part of it, is printed as well.
"""

import statistics
import sys

from chromium import Chromium

ROUNDS = 15
CLICK = """
(async () => {
    const find = (selector) => new Promise((resolve) => {
        const wait = () => document.querySelector(selector) ? resolve(document.querySelector(selector))
            : requestAnimationFrame(wait);
        wait();
    });
    (await find(".o_notebook .nav-link:not([name='process'])")).click();
    await find("body:not(:has(.o_lead_process))");
    performance.clearResourceTimings();
    const begin = performance.now();
    document.querySelector(".o_notebook .nav-link[name='process']").click();
    await find(".o_lead_process .o_process_visit");
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const painted = performance.now() - begin;
    const call = performance.getEntriesByType("resource").find((one) => one.name.includes("get_process"));
    const shown = document.querySelectorAll(".o_lead_process .o_process_entry").length;
    return [painted, call ? call.duration : NaN, shown];
})()
"""


def main(url, database, login, password, deal):
    """Log in, open the deal, and open its page several times."""
    browser = Chromium()
    try:
        browser.log_in(url, database, login, password)
        browser.open(f"{url}/odoo/crm/{int(deal)}", 12)
        first, *others = [browser.run(CLICK) for _round in range(ROUNDS)]
    finally:
        browser.close()
    painted, answered, shown = zip(*others, strict=True)
    print(
        f"first {first[0]:.0f} ms, then median {statistics.median(painted):.0f} ms, slowest {max(painted):.0f} ms; "
        f"of it the answer {statistics.median(answered):.0f} ms; {shown[0]} entries shown"
    )


main(*sys.argv[1:])

import json
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .test_dashboards import MODULE, NAMES

#: Waits until the numbers and charts of the open dashboard have loaded. Fails if one is an error.
LOADED = """
    const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
    const waitFor = async (what, find) => {
        for (let i = 0; i < 400; i++) {
            const found = find();
            if (found) {
                return found;
            }
            await pause();
        }
        throw new Error(`Waited in vain: ${what}`);
    };
    const { getters } = await waitFor("the dashboard", () => {
        const loader = odoo.__WOWL_DEBUG__.root.env.services.spreadsheet_dashboard_loader;
        return loader && loader.getActiveDashboard()?.model;
    });
    const [board, data] = getters.getSheetIds();
    const cellsOf = (sheetId) => {
        const { numberOfRows, numberOfCols } = getters.getSheetSize(sheetId);
        const found = {};
        for (let row = 0; row < numberOfRows; row++) {
            for (let col = 0; col < numberOfCols; col++) {
                const cell = getters.getEvaluatedCell({ sheetId, row, col });
                if (cell.type !== "empty") {
                    found[`${String.fromCharCode(65 + col)}${row + 1}`] = cell;
                }
            }
        }
        return found;
    };
    const faults = () =>
        [board, data].flatMap((sheetId) =>
            Object.entries(cellsOf(sheetId))
                .filter(([, cell]) => cell.type === "error" || cell.value === "Loading...")
                .map(([at, cell]) => `${sheetId} ${at}: ${cell.value} ${cell.message || ""}`)
        );
    const sources = getters.getOdooChartIds().map((id) => getters.getChartDataSource(id));
    await Promise.all(sources.map((source) => source.load()));
    await waitFor("all numbers", () => !faults().length).catch(() => {
        throw new Error(faults().join(", "));
    });
"""
NUMBERS = """
    const numbers = cellsOf(data);
    for (const [at, value] of Object.entries(EXPECTED)) {
        if (Math.abs(numbers[at].value - value) > 0.005) {
            throw new Error(`${at} is ${numbers[at].value}, not ${value}`);
        }
    }
    for (const id of getters.getOdooChartIds()) {
        const { datasets } = getters.getChartDataSource(id).getData();
        if (!datasets.some((set) => set.data.some((number) => number))) {
            throw new Error(`The chart ${id} is empty`);
        }
    }
"""
#: Clicks on the total of the won opportunities, which is in B32.
CLICK = """
    const total = cellsOf(board).B32.value;
    const rect = getters.getVisibleRect({ left: 1, right: 1, top: 31, bottom: 31 });
    const cell = await waitFor("the cell", () =>
        [...document.querySelectorAll(".o-dashboard-clickable-cell")].find(
            (place) => parseInt(place.style.left) === rect.x && parseInt(place.style.top) === rect.y
        )
    );
    cell.click();
    await waitFor("the records", () => {
        const pager = document.querySelector(".o_list_view .o_pager_limit");
        return pager && Number(pager.textContent) === total;
    });
"""
PHONE = """
    const figures = getters.getFigures(board).length;
    await waitFor("the figures", () =>
        document.querySelectorAll(".o-mobile-figure:not(.o_empty_figure)").length === figures
    );
    if (document.documentElement.scrollWidth > window.innerWidth) {
        throw new Error("The page is wider than the screen");
    }
"""


class DashboardCase(HttpCase):
    """A dashboard with the demonstration's deals."""

    def run_on(self, name, *parts, expected=()):
        board = self.env.ref(f"{MODULE}.{name}")
        code = "".join([f"const EXPECTED = {json.dumps(dict(expected))};", LOADED, *parts])
        self.browser_js(
            f"/odoo/dashboards?dashboard_id={board.id}",
            f"(async () => {{ {code} console.log('test successful'); }})()",
            "odoo.isReady",
            login="admin",
            timeout=120,
        )

    def numbers(self, *owner):
        """Return what the reports say of the period that the dashboards show first, by the cells of the numbers.

        :param owner: conditions on the salesperson
        """
        admin = self.env.ref("base.user_admin")
        since = fields.Date.context_today(admin) - timedelta(days=89)
        wins, hot, dwell = (
            self.env[name].with_user(admin) for name in ("crm.win.report", "crm.hot.report", "crm.stage.dwell.report")
        )
        ended = [("date", ">=", since), ("date", "<=", fields.Date.context_today(admin)), *owner]
        [[won, amount]] = wins._read_group([("won", "=", 1), *ended], [], ["won:sum", "amount:sum"])
        [[rate]] = wins._read_group(ended, [], ["win_rate:avg"])
        [[is_open, open_amount]] = dwell._read_group([("is_open", "=", 1), *owner], [], ["is_open:sum", "amount:sum"])
        hot_now = hot.search_count([("outcome", "=", "open"), *owner])
        leads = self.env["crm.lead"].with_user(admin)
        stalled = leads.search_count([("type", "=", "opportunity"), ("pace", "=", "stalled"), *owner])
        values = {"B1": won, "B2": amount, "B3": rate, "B5": is_open, "B6": open_amount, "B7": stalled, "B8": hot_now}
        self.assertTrue(all(values.values()), values)
        return {**values, "D1": won}


@tagged("post_install", "-at_install")
class TestDashboardsInBrowser(DashboardCase):
    """The numbers on a dashboard are those of the reports, and open their records."""

    browser_size = "1366x1400"

    def test_sales_process(self):
        self.run_on(NAMES[0], NUMBERS, CLICK, expected=self.numbers())

    def test_my_sales_process(self):
        own = ("user_id", "=", self.env.ref("base.user_admin").id)
        self.run_on(NAMES[1], NUMBERS, expected=self.numbers(own))


@tagged("post_install", "-at_install")
class TestDashboardsOnAPhone(DashboardCase):
    """A phone shows the figures one below the other."""

    browser_size = "375x667"
    touch_enabled = True

    def test_sales_process(self):
        self.run_on(NAMES[0], PHONE)

import json

from odoo.tests import HttpCase, tagged

from .test_dashboards import MODULE, NAMES

#: Waits until all numbers and charts of the open dashboard are there, then returns what they say.
READ = """
    const { loader, model } = await (async () => {
        const services = odoo.__WOWL_DEBUG__.root.env.services;
        for (let i = 0; i < 300; i++) {
            const loader = services.spreadsheet_dashboard_loader;
            const board = loader && loader.getActiveDashboard();
            if (board && board.model) {
                return { loader, model: board.model };
            }
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        throw new Error("The dashboard does not open");
    })();
    const sheets = model.getters.getSheetIds();
    const cellsOf = (sheetId) => {
        const { numberOfRows, numberOfCols } = model.getters.getSheetSize(sheetId);
        const found = {};
        for (let row = 0; row < numberOfRows; row++) {
            for (let col = 0; col < Math.min(numberOfCols, 12); col++) {
                const cell = model.getters.getEvaluatedCell({ sheetId, row, col });
                if (cell.type !== "empty") {
                    found[`${String.fromCharCode(65 + col)}${row + 1}`] = cell;
                }
            }
        }
        return found;
    };
    const isLoading = () =>
        sheets.some((id) => Object.values(cellsOf(id)).some((cell) => cell.value === "#ERROR" || cell.value === "Loading..."))
        || model.getters.getOdooChartIds().some((id) => !model.getters.getChartDataSource(id).isReady());
    for (const id of model.getters.getOdooChartIds()) {
        model.getters.getChartDataSource(id).load();
    }
    for (let i = 0; i < 300 && isLoading(); i++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const [board, data] = sheets.map(cellsOf);
    const errors = [...Object.entries(board), ...Object.entries(data)]
        .filter(([, cell]) => cell.type === "error")
        .map(([at, cell]) => `${at}: ${cell.value} ${cell.message || ""}`);
    if (errors.length) {
        throw new Error(errors.join(", "));
    }
"""
CHECK_NUMBERS = (
    READ
    + """
    const expected = %s;
    for (const [at, value] of Object.entries(expected)) {
        if (Math.abs(data[at].value - value) > 0.005) {
            throw new Error(`${at} is ${data[at].value}, not ${value}`);
        }
    }
    for (const id of model.getters.getOdooChartIds()) {
        const { datasets } = model.getters.getChartDataSource(id).getData();
        if (!datasets.length || !datasets.some((set) => set.data.some((number) => number))) {
            throw new Error(`The chart ${id} is empty`);
        }
    }
    console.log("test successful");
"""
)
OPEN_RECORDS = (
    READ
    + """
    const total = [...document.querySelectorAll(".o-dashboard-clickable-cell")].length;
    if (!total) {
        throw new Error("No number can be clicked");
    }
    console.log("test successful");
"""
)
CHECK_PHONE = (
    READ
    + """
    const figures = document.querySelectorAll(".o-mobile-figure:not(.o_empty_figure)").length;
    if (figures !== model.getters.getFigures(sheets[0]).length) {
        throw new Error(`${figures} figures`);
    }
    if (document.documentElement.scrollWidth > window.innerWidth) {
        throw new Error("The page is wider than the screen");
    }
    console.log("test successful");
"""
)


@tagged("post_install", "-at_install")
class TestDashboardsInBrowser(HttpCase):
    """The dashboards open with the demonstration's deals, and say what the reports say."""

    def open_and_run(self, name, code, login="admin"):
        board = self.env.ref(f"{MODULE}.{name}")
        self.browser_js(
            f"/odoo/dashboards?dashboard_id={board.id}", f"(async () => {{{code}}})()", "odoo.isReady", login=login
        )

    def test_numbers_of_the_manager(self):
        expected = {}
        self.open_and_run(NAMES[0], CHECK_NUMBERS % json.dumps(expected))

    def test_numbers_of_a_salesperson(self):
        self.open_and_run(NAMES[1], CHECK_NUMBERS % json.dumps({}))


@tagged("post_install", "-at_install")
class TestDashboardsOnAPhone(TestDashboardsInBrowser):
    browser_size = "375x667"
    touch_enabled = True

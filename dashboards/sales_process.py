"""What the two dashboards show. Every number is that of a report of the module, read through the reader's own rights.

Amounts are added up with `sum_currency`: in the currency of the reader's company, at today's rate. Charts show numbers
of opportunities, because a chart of Odoo does not say in which currency its amounts are.
"""

from sheet import (
    DASHBOARD,
    DATA,
    HALF,
    LEFT,
    RIGHT,
    WIDTHS,
    Dashboard,
    match,
    menu_link,
    period_filter,
    pixels,
    record_filter,
    translated,
)

MODULE = "sales_process_control"
AMOUNT = "amount:sum_currency"
#: Open opportunities, and the action in whose views they are opened.
OPEN = [("type", "=", "opportunity"), ("won_status", "=", "pending")]
PIPELINE = "crm.crm_lead_action_pipeline"
STALLED = [*OPEN, ("pace", "=", "stalled")]
#: Conditions of a domain that is a text.
OWN = '("user_id", "=", uid)'
NOBODYS = '("team_id", "=", False), ("user_id", "=", False)'
OF_COMPANY = "[allowed_company_ids[0], False]"
#: Green is won, red is lost.
GREEN, RED, BLUE, ORANGE, GREY = "#2E9E6B", "#DC6965", "#4EA7F2", "#F0A04B", "#9AA5B1"
#: Where the right half begins.
RIGHT_X = HALF + WIDTHS[5]
#: Rows of a section: its charts, the title of its tables, a note, their headings, totals and ten groups.
CHART_ROWS, TABLE_ROWS = 15, 15
FIRST_SECTION = 14
MONTHS = 12
#: These kinds take an opportunity out of a stage, or of a closing, and put it into another one: their lines cancel.
CANCELLING_KINDS = ["advanced", "moved_back", "pulled_in", "pushed_out"]


def menu(name):
    """Return the XML id of a menu of the module."""
    return f"{MODULE}.{name}_menu"


def action(name):
    """Return the XML id of an action of the module."""
    return f"{MODULE}.{name}_action"


class SalesProcess(Dashboard):
    """The dashboard of a manager, or of a salesperson.

    :param bool own: whether it is that of a salesperson: the own opportunities, until the reader changes the filter
    """

    def __init__(self, own):
        default = {"operator": "in", "ids": "current_user"} if own else None
        super().__init__(
            {
                "period": period_filter("Period", "last_90_days"),
                "team": record_filter("Sales Team", "crm.team"),
                "user": record_filter("Salesperson", "res.users", default),
            }
        )
        self.own = own
        #: Tables are by salesperson, and by sales team in the dashboard of one salesperson.
        self.owner = ("Sales Team", "team_id") if own else ("Salesperson", "user_id")
        self.numbers()
        for position, section in enumerate((self.results, self.stages, self.losses, self.changes, self.targets)):
            section(FIRST_SECTION + position * (CHART_ROWS + TABLE_ROWS + 1))

    def matching(self, day=None, offset=0):
        """Return how the filters apply to a model with team and salesperson, and with a day if the period counts."""
        fields = {"team": match("team_id"), "user": match("user_id")}
        return {"period": match(day, "date", offset), **fields} if day else fields

    def places(self, row):
        """Return where the charts of a section stand, and the row of the title of its tables."""
        return (0, pixels(row)), (RIGHT_X, pixels(row)), row + CHART_ROWS

    # Numbers on top

    def numbers(self):
        """Add the numbers on top, a note that says what they count, and links to the pages of the module."""
        ended = self.win_pivot(["won", "lost", "win_rate"], [])
        won = self.win_pivot(["won", AMOUNT], [("won", "=", 1)])
        won_before = self.win_pivot(["won", AMOUNT], [("won", "=", 1)], offset=-1)
        open_now = self.pivot(
            "crm.stage.dwell.report",
            action("crm_stage_dwell_report"),
            ["is_open", AMOUNT],
            domain=[("is_open", "=", 1)],
            matching=self.matching(),
        )
        stalled = self.pivot(
            "crm.lead",
            PIPELINE,
            ["__count"],
            domain=STALLED,
            matching=self.matching(),
        )
        hot = self.hot_pivot(["__count"], domain=[("outcome", "=", "open")], matching=self.matching())
        promises = self.hot_pivot(["promises_kept", "promise_count", "promise_rate"])
        kept = rate(promises, "promise_rate", "promises_kept", "promise_count", is_whole=True)
        before = "since last period"
        # Title, number, the number before or a text, and what the comparison is.
        cards = (
            ("Won", value(won, "won"), value(won_before, "won"), before),
            ("Won Amount", value(won, AMOUNT), value(won_before, AMOUNT), before),
            ("Win Rate", rate(ended, "win_rate", "won", "lost"), "of won and lost", ""),
            ("Promises Kept in Time", kept, "of promises due or closed", ""),
            ("Open Now", value(open_now, "is_open"), "whatever the period", ""),
            ("Open Amount Now", value(open_now, AMOUNT), "whatever the period", ""),
            ("Stalled Now", value(stalled, "__count"), "over the limit, without progress", ""),
            ("Hot Flags Now", value(hot, "__count"), "whatever the period", ""),
        )
        for number, (title, formula, baseline, description) in enumerate(cards, 1):
            cell_format = "percent" if title in ("Win Rate", "Promises Kept in Time") else None
            self.cell(DATA, f"A{number}", translated(title))
            self.cell(DATA, f"B{number}", formula, cell_format=cell_format)
            self.cell(DATA, f"C{number}", baseline if description else translated(baseline))
            # A box does not shorten what may be a text, such as 6 / 9.
            self.cell(DATA, f"D{number}", f"=B{number}" if cell_format else f"=FORMAT.LARGE.NUMBER(B{number})")
            column, line = (number - 1) % 4, (number - 1) // 4
            at, color = (column * 263, 8 + line * 115), "#FFF7ED" if line else "#EFF6FF"
            self.scorecard(f"card_{number}", title, at, f"D{number}", f"C{number}", description, color)
        self.note_and_links()

    def note_and_links(self):
        """Add what a reader has to know of all numbers, and links to the pages of the module."""
        note = (
            "Amounts are in the currency of your company, at today's rate. Rates are shown from ten opportunities on. "
            "Tables show up to ten rows; their totals count all."
        )
        self.cell(DASHBOARD, "A11", translated(note), "note")
        links = (
            ("A", "Process Review", "crm_process_review"),
            ("C", "Sales Forecast", "crm_forecast_screen"),
            ("D", "Sales Funnel", "crm_funnel"),
            ("G", "Deal Review", "crm_deal_review"),
        )
        for column, text, name in links:
            self.cell(DASHBOARD, f"{column}12", menu_link(text, menu(name)), "link")

    # Pivots and charts of a report

    def win_pivot(self, measures, domain, rows=(), offset=0):
        """Add a pivot of the report on win rates, by the day of the end."""
        matching = self.matching("date", offset)
        order = measures[-1] if rows and measures[-1] == AMOUNT else measures[0] if rows else None
        report = action("crm_win_report")
        return self.pivot("crm.win.report", report, measures, rows, domain, matching, order)

    def win_chart(self, name, title, place, field, group, color):
        """Add a chart of opportunities that were won, or lost."""
        options = {"domain": [(field, "=", 1)], "matching": self.matching("date"), "color": color}
        self.odoo_chart(name, title, place, "crm.win.report", group, field, action("crm_win_report"), **options)

    def hot_pivot(self, measures, rows=(), domain=(), matching=None):
        """Add a pivot of the report on hot flags, by the day on which they were raised."""
        matching = self.matching("raised_at") if matching is None else matching
        report = action("crm_hot_report")
        return self.pivot("crm.hot.report", report, measures, rows, domain, matching, measures[0] if rows else None)

    # Sections

    def results(self, row):
        """Add what was won and lost, by week and by owner."""
        left, right, row = self.places(row)
        owner, field = self.owner
        self.win_chart("won_by_week", "Won Opportunities", left, "won", "date:week", GREEN)
        self.win_chart("lost_by_week", "Lost Opportunities", right, "lost", "date:week", RED)
        won = self.win_pivot(["won", AMOUNT], [("won", "=", 1)], [field])
        self.title(LEFT, row, f"Won by {owner}", menu("crm_win_report"))
        self.table(LEFT, row + 2, [owner, "Won", "Amount"], won, totals=["won", AMOUNT])
        ended = self.win_pivot(["won", "lost", "is_overdue", "win_rate"], [], [field])
        self.title(RIGHT, row, f"Win Rate by {owner}", menu("crm_win_report"))
        headings = [owner, "Won", "Lost", "Overdue", "Win Rate"]
        totals = ["won", "lost", "is_overdue", "win_rate"]
        self.table(RIGHT, row + 2, headings, ended, totals=totals, formats={"win_rate": "percent"})

    def stages(self, row):
        """Add what is open now, and what came into each stage."""
        left, right, row = self.places(row)
        title = "Open Opportunities by Stage, Now"
        options = {"domain": OPEN, "matching": self.matching(), "color": BLUE}
        self.odoo_chart("open", title, left, "crm.lead", "stage_id", "__count", PIPELINE, **options)
        model, report = "crm.stage.dwell.report", action("crm_stage_dwell_report")
        is_open = [("is_open", "=", 1)]
        pivot = self.pivot(model, report, ["is_open", AMOUNT], ["stage_id"], is_open, self.matching())
        self.title(LEFT, row, title, menu("crm_stage_dwell_report"))
        self.table(LEFT, row + 2, ["Stage", "Open", "Amount"], pivot, totals=["is_open", AMOUNT])
        model, report = "crm.stage.conversion.report", action("crm_stage_conversion_report")
        matching = self.matching("entered_at")
        title = "Opportunities that Came into Each Stage"
        options = {"matching": matching, "color": BLUE}
        self.odoo_chart("entered", title, right, model, "stage_id", "cohort", report, **options)
        measures = ["stayed", "stayed_converted", "lost", "stayed_rate"]
        pivot = self.pivot(model, report, measures, ["stage_id"], matching=matching)
        self.title(RIGHT, row, "Conversion Rate by Stage", menu("crm_stage_conversion_report"))
        headings = ["Stage", "Stayed", "Moved On", "Lost", "Rate"]
        self.table(RIGHT, row + 2, headings, pivot, formats={"stayed_rate": "percent"})

    def losses(self, row):
        """Add where opportunities linger, and where they are lost."""
        left, right, row = self.places(row)
        model, report = "crm.stage.dwell.report", action("crm_stage_dwell_report")
        title = "Stalled Opportunities by Stage, Now"
        options = {"domain": STALLED, "matching": self.matching(), "color": ORANGE}
        self.odoo_chart("stalled", title, left, "crm.lead", "stage_id", "__count", PIPELINE, **options)
        # By the day of the end: visits of a period by their beginning are cut off at today, the longest most of all.
        ended, matching = [("outcome", "!=", "open")], self.matching("left_at")
        pivot = self.pivot(model, report, ["days", "__count"], ["stage_id"], ended, matching)
        note = "Mean of the visits that ended in the period. Visits that have not ended are not part of it."
        self.title(LEFT, row, "Days of Ended Visits by Stage", menu("crm_stage_dwell_report"), note)
        self.table(LEFT, row + 2, ["Stage", "Days", "Visits"], pivot, totals=["__count"], formats={"days": "days"})
        self.win_chart("lost_by_stage", "Lost Opportunities by Stage", right, "lost", "stage_id", RED)
        lost = self.win_pivot(["lost", AMOUNT], [("lost", "=", 1)], ["stage_id"])
        self.title(RIGHT, row, "Where Opportunities Are Lost", menu("crm_win_report"))
        self.table(RIGHT, row + 2, ["Stage", "Lost", "Amount"], lost, totals=["lost", AMOUNT])

    def changes(self, row):
        """Add what changed the pipeline, and what became of hot flags."""
        left, right, row = self.places(row)
        model, report = "crm.pipeline.movement", action("crm_pipeline_movement")
        kinds = [("is_correction", "=", False), ("kind", "not in", CANCELLING_KINDS)]
        matching = self.matching("day")
        options = {"domain": [*kinds, ("deal_count", "!=", 0)], "matching": matching, "color": BLUE}
        title = "Change of Open Opportunities by Week"
        self.odoo_chart("changes", title, left, model, "day:week", "deal_count", report, **options)
        pivot = self.pivot(model, report, ["deal_count", AMOUNT], ["kind"], kinds, matching)
        note = "Transferred adds up to 0 unless a team or a salesperson is chosen."
        self.title(LEFT, row, "Changes of the Pipeline by Kind", menu("crm_pipeline_movement"), note)
        headings = ["Kind", "Number", "Amount"]
        self.table(LEFT, row + 2, headings, pivot, totals=["deal_count", AMOUNT])
        model, report = "crm.hot.report", action("crm_hot_report")
        options = {"matching": self.matching("raised_at"), "color": ORANGE}
        title = "Hot Flags by Outcome"
        self.odoo_chart("hot", title, right, model, "outcome", "__count", report, **options)
        owner, field = self.owner
        measures = ["promise_count", "promises_kept", "promise_rate", "days_late"]
        pivot = self.hot_pivot(measures, [field], [("promise_count", "=", 1)])
        self.title(RIGHT, row, "Promises of Hot Flags", menu("crm_hot_report"))
        headings = [owner, "Promises", "Kept in Time", "Rate", "Days Late"]
        formats = {"promise_rate": "percent", "days_late": "days"}
        self.table(RIGHT, row + 2, headings, pivot, totals=measures, formats=formats)

    def targets(self, row):
        """Add what was won against the target of each month, and what was pushed out."""
        left, right, row = self.places(row)
        # One company: of several, some may have no target, and what they won would count against those of the others.
        target_domain = f'[{OWN if self.own else NOBODYS}, ("company_id", "=", allowed_company_ids[0])]'
        won_domain = f'[("won", "=", 1), {OWN + ", " if self.own else ""}("company_id", "in", {OF_COMPANY})]'
        month = {"granularity": "month"}
        rows = [{"fieldName": "month", **month}]
        target = self.pivot("crm.sales.target", action("crm_sales_target"), [AMOUNT], rows, target_domain)
        rows = [{"fieldName": "date", **month}]
        won = self.pivot("crm.win.report", action("crm_win_report"), [AMOUNT], rows, won_domain)
        title = "My Target by Month" if self.own else "Target of the Company by Month"
        note = "In the company that you work in, whatever the filters."
        self.title(LEFT, row, title, menu("crm_win_report"), note)
        for column, heading in zip("ABC", ("Month", "Target", "Won"), strict=True):
            style = "header" if column == "A" else "number_header"
            self.cell(DASHBOARD, f"{column}{row + 2}", translated(heading), style)
            self.cell(DATA, f"{column}20", translated(heading))
        for number in range(MONTHS):
            self.target_row(row + 3 + number, 20 + MONTHS - number, number, (target, won))
        data_sets = ((f"B20:B{20 + MONTHS}", GREY), (f"C20:C{20 + MONTHS}", GREEN))
        self.cell_chart("targets", f"{title}, Whatever the Filters", left, f"A21:A{20 + MONTHS}", data_sets)
        self.pushes(right, row)

    def target_row(self, row, data_row, months_ago, pivots):
        """Add a month to the table, the latest one first, and to the cells of the chart, the latest one last."""
        target, won = pivots
        first_day = f"=EDATE(DATE(YEAR(TODAY()),MONTH(TODAY()),1),-{months_ago})"
        for sheet, at in ((DASHBOARD, row), (DATA, data_row)):
            style = "text" if sheet == DASHBOARD else None
            self.cell(sheet, f"A{at}", first_day, style and "month", "month")
            self.cell(sheet, f"B{at}", f'=PIVOT.VALUE({target},"{AMOUNT}","month:month",A{at})', style)
            self.cell(sheet, f"C{at}", f'=PIVOT.VALUE({won},"{AMOUNT}","date:month",A{at})', style)

    def pushes(self, place, row):
        """Add the opportunities whose expected closing was pushed out."""
        model, report = "crm.pipeline.movement", action("crm_pipeline_movement")
        # A push has two lines. The positive one, at the new expected closing, counts it once.
        domain = [("is_correction", "=", False), ("kind", "=", "pushed_out"), ("deal_count", "=", 1)]
        matching = self.matching("day")
        options = {"domain": domain, "matching": matching, "color": ORANGE}
        title = "Closings Pushed Out"
        self.odoo_chart("pushes", title, place, model, "day:week", "deal_count", report, **options)
        owner, field = self.owner
        pivot = self.pivot(model, report, ["deal_count"], [field], domain, matching, "deal_count")
        self.title(RIGHT, row, f"Closings Pushed Out by {owner}", menu("crm_pipeline_movement"))
        self.table(RIGHT, row + 2, [owner, "Pushes"], pivot, totals=["deal_count"])


def value(pivot, measure_name):
    """Return the formula of a number over all records of a pivot."""
    return f'=PIVOT.VALUE({pivot},"{measure_name}")'


def rate(pivot, measure_name, part, other, is_whole=False):
    """Return the formula of a rate, or of the two counts where the report leaves the rate empty: 6 / 9.

    :param bool is_whole: whether the second count is the whole, and not the rest
    """
    quotient, first, second = (f'PIVOT.VALUE({pivot},"{name}")' for name in (measure_name, part, other))
    # An empty number plus 0 is 0.
    whole = f"{second}+0" if is_whole else f"{first}+{second}"
    return f'=IF(ISNUMBER({quotient}),{quotient},({first}+0)&" / "&({whole}))'

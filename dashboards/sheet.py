"""A dashboard of Odoo as a document of o-spreadsheet, put together from pivots, charts, tables and numbers.

The document is the JSON that Odoo's `spreadsheet.dashboard` reads. What the dashboards show is in `sales_process.py`.
"""

#: Version of the document's format. Odoo 19 upgrades older documents when it opens them.
FORMAT = "18.5.10"
#: Widths of the columns in pixels: two tables of five columns side by side, with a gap between them.
WIDTHS = (135, 80, 115, 90, 90, 20, 135, 80, 115, 90, 90)
LEFT, RIGHT = "A", "G"
HALF = sum(WIDTHS[:5])
ROW_HEIGHT = 23
DASHBOARD, DATA = "Dashboard", "Data"

STYLES = {
    "title": {"textColor": "#01666b", "bold": True, "fontSize": 14},
    "header": {"bold": True, "textColor": "#434343"},
    "number_header": {"bold": True, "textColor": "#434343", "align": "right"},
    "total": {"bold": True, "fillColor": "#F3F4F6"},
    "text": {"textColor": "#434343"},
    "month": {"textColor": "#434343", "align": "left"},
    "note": {"textColor": "#6B7280", "fontSize": 9},
    "link": {"textColor": "#01666b"},
}
FORMATS = {"percent": "0%", "days": "#,##0.0", "month": "mmm yyyy"}
#: Pivots and charts leave these values to the filters of the dashboard.
NO_FILTERS = {}


class Dashboard:
    """A document with a sheet that people see, and a second one with the cells behind its numbers and charts.

    :param dict filters: the filters of the dashboard, by id, see :func:`period_filter` and :func:`record_filter`
    """

    def __init__(self, filters):
        self.filters = filters
        self.pivots = {}
        self.sheets = {name: {"cells": {}, "styles": {}, "formats": {}, "figures": []} for name in (DASHBOARD, DATA)}
        self.rows_used = 0

    # Sources of numbers

    def pivot(self, model, action, measures, rows=(), domain=(), matching=NO_FILTERS, order=None):
        """Add a pivot.

        :param str action: XML id of the action in whose views a click on a number opens the records
        :param measures: names of fields, with `:aggregator` for another one than the field has
        :param rows: names of the fields that it is grouped by
        :param domain: a list of conditions, or a text that may use `uid` and `allowed_company_ids`
        :param dict matching: field of the model by the id of a filter, see :func:`match`
        :param str order: the measure by which the rows are sorted, the greatest first
        :return: its number in formulas
        """
        number = str(len(self.pivots) + 1)
        self.pivots[number] = {
            "type": "ODOO",
            "id": number,
            "formulaId": number,
            # Odoo shows the name instead of an empty table, and does not translate it.
            "name": "-",
            "model": model,
            "domain": domain if isinstance(domain, str) else [list(condition) for condition in domain],
            "context": {},
            "actionXmlId": action,
            "measures": [measure(name) for name in measures],
            "rows": [{"fieldName": name} if isinstance(name, str) else name for name in rows],
            "columns": [],
            "fieldMatching": matching,
            **({"sortedColumn": {"measure": order, "order": "desc", "domain": []}} if order else {}),
        }
        return number

    # Cells

    def cell(self, sheet, address, content, style=None, cell_format=None):
        """Write a cell."""
        self.sheets[sheet]["cells"][address] = content
        if style:
            self.sheets[sheet]["styles"][address] = list(STYLES).index(style) + 1
        if cell_format:
            self.sheets[sheet]["formats"][address] = list(FORMATS).index(cell_format) + 1
        if sheet == DASHBOARD:
            self.rows_used = max(self.rows_used, int("".join(filter(str.isdigit, address))))

    def title(self, column, row, text, menu, note=None):
        """Write the title of a table, a link to a menu, and below it what a reader has to know of its numbers."""
        self.cell(DASHBOARD, f"{column}{row}", menu_link(text, menu), "title")
        if note:
            self.cell(DASHBOARD, f"{column}{row + 1}", translated(note), "note")

    def table(self, column, row, headings, pivot, most_rows=10, totals=(), formats=None):
        """Write a table with the rows of a pivot, below a line with its totals.

        The totals stand on top, because Odoo cuts a long pivot off at its end.

        :param str column: :data:`LEFT` or :data:`RIGHT`
        :param int row: of the headings
        :param headings: of all columns, the first one is that of the groups
        :param totals: the measures that can be added up, or that have a value for all records
        :param dict formats: names of formats by measure
        """
        measures = [one["id"] for one in self.pivots[pivot]["measures"]]
        columns = [chr(ord(column) + offset) for offset in range(len(measures) + 1)]
        for name, heading in zip(columns, headings, strict=True):
            self.cell(DASHBOARD, f"{name}{row}", translated(heading), "header" if name == column else "number_header")
        first = row + 1
        if totals:
            self.cell(DASHBOARD, f"{column}{first}", translated("Total"), "total")
            for name, one in zip(columns[1:], measures, strict=True):
                value = f'=PIVOT.VALUE({pivot},"{one}")' if one in totals else ""
                self.cell(DASHBOARD, f"{name}{first}", value, "total")
            first += 1
        self.cell(DASHBOARD, f"{column}{first}", f"=PIVOT({pivot},{most_rows},FALSE,FALSE,{len(measures)},FALSE)")
        last = first + most_rows - 1
        self.sheets[DASHBOARD]["styles"][f"{column}{first}:{columns[-1]}{last}"] = list(STYLES).index("text") + 1
        for one, name in (formats or {}).items():
            place = columns[1 + measures.index(one)]
            self.sheets[DASHBOARD]["formats"][f"{place}{row + 1}:{place}{last}"] = list(FORMATS).index(name) + 1
        self.rows_used = max(self.rows_used, last)

    # Figures

    def scorecard(self, name, title, place, value, baseline, description="", color="#EFF6FF"):
        """Add a number in a box. It has no link: a menu would open other records than those that it counts.

        :param place: (x, y) in pixels
        :param str value: address of its cell on the second sheet
        :param str baseline: address of the number to compare with, or of the text below the number
        :param str description: says what the comparison is; without one, the baseline is a text
        """
        data = {
            "type": "scorecard",
            "title": {"text": title, "bold": True, "color": "#434343"},
            "background": color,
            "keyValue": f"{DATA}!{value}",
            "baseline": f"{DATA}!{baseline}",
            "baselineMode": "percentage" if description else "text",
            "baselineDescr": {"text": description, "fontSize": 11},
            "baselineColorUp": "#00A04A",
            "baselineColorDown": "#DC6965",
            "humanize": False,
        }
        self.figure(name, place, (250, 105), data)

    def odoo_chart(self, name, title, place, model, group, measure_name, action, **options):
        """Add a chart of one color, of which each part opens its records.

        It has no second group: Odoo colors the parts of a bar in the order in which it finds them.

        :param str group: name of the field that it is grouped by
        :param options: `domain`, `matching`, `color`, and other keys of the chart
        """
        domain = [list(condition) for condition in options.pop("domain", ())]
        matching = options.pop("matching", NO_FILTERS)
        color = options.pop("color")
        data = {
            "type": "odoo_bar",
            "title": {"text": title, "bold": True, "color": "#434343"},
            "background": "#FFFFFF",
            "legendPosition": "none",
            "verticalAxisPosition": "left",
            "metaData": {
                "resModel": model,
                "measure": measure_name,
                "groupBy": [group],
                "mode": "bar",
                "order": None,
            },
            "searchParams": {"context": {}, "domain": domain, "groupBy": [group], "orderBy": []},
            "dataSets": [{"backgroundColor": color}],
            "fieldMatching": matching,
            "actionXmlId": action,
            **options,
        }
        self.figure(name, place, (HALF, 330), data)

    def cell_chart(self, name, title, place, labels, data_sets):
        """Add a chart of cells of the second sheet.

        :param str labels: range of the labels
        :param data_sets: (range with its heading, color) of each data set
        """
        data = {
            "type": "bar",
            "title": {"text": title, "bold": True, "color": "#434343"},
            "background": "#FFFFFF",
            "legendPosition": "top",
            "verticalAxisPosition": "left",
            "labelRange": f"{DATA}!{labels}",
            "dataSetsHaveTitle": True,
            "dataSets": [{"dataRange": f"{DATA}!{cells}", "backgroundColor": color} for cells, color in data_sets],
            "stacked": False,
            "aggregated": False,
        }
        self.figure(name, place, (HALF, 330), data)

    def figure(self, name, place, size, data):
        """Add a figure."""
        x, y = place
        box = {"id": name, "tag": "chart", "col": 0, "row": 0, "offset": {"x": x, "y": y}}
        width, height = size
        self.sheets[DASHBOARD]["figures"].append(
            {**box, "width": width, "height": height, "data": {**data, "chartId": name}}
        )

    # The document

    def document(self):
        """Return the document."""
        widths = {str(number): {"size": width} for number, width in enumerate(WIDTHS)}
        sheets = [
            self.sheet_document(DASHBOARD, cols=widths, rows=self.rows_used + 2, grid=False),
            self.sheet_document(DATA, cols={"0": {"size": 200}}, rows=60, grid=True),
        ]
        return {
            "version": FORMAT,
            "revisionId": "START_REVISION",
            "uniqueFigureIds": True,
            "settings": {"locale": LOCALE},
            "sheets": sheets,
            "styles": {str(number): style for number, style in enumerate(STYLES.values(), 1)},
            "formats": {str(number): text for number, text in enumerate(FORMATS.values(), 1)},
            "borders": {},
            "customTableStyles": {},
            "globalFilters": [{"id": key, **values} for key, values in self.filters.items()],
            "pivots": self.pivots,
            "pivotNextId": len(self.pivots) + 1,
            "lists": {},
            "listNextId": 1,
            "chartOdooMenusReferences": {},
        }

    def sheet_document(self, name, cols, rows, grid):
        """Return the part of the document for one sheet."""
        return {
            "id": name.lower(),
            "name": name,
            "colNumber": len(WIDTHS),
            "rowNumber": rows,
            "rows": {},
            "cols": cols,
            "merges": [],
            **self.sheets[name],
            "borders": {},
            "conditionalFormats": [],
            "dataValidationRules": [],
            "tables": [],
            "areGridLinesVisible": grid,
            "isVisible": True,
            "headerGroups": {"ROW": [], "COL": []},
            "comments": {},
        }


#: Odoo replaces it by the reader's.
LOCALE = {
    "name": "English (US)",
    "code": "en_US",
    "thousandsSeparator": ",",
    "decimalSeparator": ".",
    "dateFormat": "mm/dd/yyyy",
    "timeFormat": "hh:mm:ss",
    "formulaArgSeparator": ",",
    "weekStart": 7,
}


def measure(name):
    """Return a measure of a pivot: the name of a field, or `field:aggregator`."""
    field, _colon, aggregator = name.partition(":")
    return {"id": name, "fieldName": field, **({"aggregator": aggregator} if aggregator else {})}


def match(field, kind="many2one", offset=None):
    """Return by which field a filter applies.

    :param int offset: -1 for the period before the chosen one
    """
    return {"chain": field, "type": kind, **({} if offset is None else {"offset": offset})}


def period_filter(label, default):
    """Return a filter by a period."""
    return {"type": "date", "label": label, "defaultValue": default}


def record_filter(label, model, default=None):
    """Return a filter by records of a model."""
    return {"type": "relation", "label": label, "modelName": model, **({"defaultValue": default} if default else {})}


def translated(text):
    """Return the formula of a text that Odoo translates."""
    return f'=_t("{text}")'


def menu_link(text, menu):
    """Return a cell that opens a menu."""
    return f"[{text}](odoo://ir_menu_xml_id/{menu})"


def pixels(row):
    """Return the distance of a row, counted from 1, from the top of the sheet."""
    return (row - 1) * ROW_HEIGHT

{
    "name": "Spreadsheet Dashboards for Sales Process Control",
    "summary": "Ready dashboards of what was won and lost, where opportunities linger, and which promises were kept",
    "version": "19.0.1.1.0",
    "category": "Productivity/Dashboard",
    "author": "Sales Process Control contributors",
    "license": "LGPL-3",
    "depends": ["spreadsheet_dashboard", "sales_process_control"],
    "data": [
        "data/spreadsheet_dashboard_data.xml",
    ],
    "images": ["static/description/cover.png"],
    "auto_install": True,
}

"""The picture of a weekly report: the forecasts of the quarter, night by night. No models, no Odoo."""

from datetime import date
from io import BytesIO

from PIL import Image, ImageDraw

#: Size in pixels. The mail shows half of it, so that the picture is sharp on fine screens.
WIDTH, HEIGHT = 1120, 260
MARGIN = 12
#: Colors in the middle between black and white: the background is transparent, so that it is light or dark.
RANGE, FORECAST, WON, TARGET = (1, 126, 132, 70), (1, 150, 157, 255), (214, 137, 16, 255), (150, 130, 150, 255)
DASH = 14


def draw_trail(trail):
    """Return the stored forecasts of a period as a PNG: range, forecast, won so far, and the target.

    There is no text in it: fonts of the server need not have the letters of all languages. The mail says below the
    picture what it shows.

    :param dict trail: ``days``: a list of ``day`` as YYYY-MM-DD, ``total_amount``, ``amount_low``, ``amount_high`` and
        ``won_amount``; ``target``: False for none
    :rtype: bytes
    """
    image = Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0))
    days = [{**day, "at": date.fromisoformat(day["day"]).toordinal()} for day in trail["days"]]
    known = [day for day in days if day["total_amount"] is not None]
    to_x, to_y = _scales(days, trail["target"])

    def points(rows, name):
        return [(to_x(row["at"]), to_y(row[name] or 0.0)) for row in rows]

    if len(known) > 1:
        layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
        area = points(known, "amount_high") + points(known, "amount_low")[::-1]
        ImageDraw.Draw(layer).polygon(area, fill=RANGE)
        image = Image.alpha_composite(image, layer)
    draw = ImageDraw.Draw(image)
    if trail["target"] is not False:
        height = to_y(trail["target"])
        for left in range(MARGIN, WIDTH - MARGIN, 2 * DASH):
            draw.line([(left, height), (min(left + DASH, WIDTH - MARGIN), height)], fill=TARGET, width=4)
    draw.line(points(days, "won_amount"), fill=WON, width=6, joint="curve")
    if len(known) > 1:
        draw.line(points(known, "total_amount"), fill=FORECAST, width=7, joint="curve")
    content = BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


def _scales(days, target):
    """Return the functions from a day to x and from an amount to y, in pixels."""
    first, last = days[0]["at"], days[-1]["at"]
    names = ("won_amount", "total_amount", "amount_high")
    highest = max([target or 0.0, *(day[name] or 0.0 for day in days for name in names)]) or 1.0
    width, height = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN

    def to_x(day):
        return MARGIN + width * (day - first) / max(last - first, 1)

    def to_y(amount):
        return HEIGHT - MARGIN - height * min(max(amount, 0.0) / highest, 1.0)

    return to_x, to_y

"""Write a sheet as SVG: one file that needs nothing beside it, with its alt text."""

from __future__ import annotations

from html import escape

from explorer.figures.layout import FONT
from explorer.figures.sheet import Bitmap, Mark, Path, Sheet, Words


def svg(sheet: Sheet) -> str:
    """Return the text of an SVG file."""
    size = f"{_n(sheet.width)} {_n(sheet.height)}"
    width, height = size.split()
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{width}" height="{height}" role="img" '
        f'font-family="{escape(FONT)}">',
        f"<title>{_text(sheet.alt)}</title>",
        f'<rect width="100%" height="100%" fill="{sheet.paper}"/>',
        *(_mark(mark) for mark in sheet.marks),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _mark(mark: Mark) -> str:
    if isinstance(mark, Words):
        weight = ' font-weight="600"' if mark.bold else ""
        anchor = "" if mark.anchor == "start" else f' text-anchor="{mark.anchor}"'
        place = f'x="{_n(mark.x)}" y="{_n(mark.y)}" font-size="{_n(mark.size)}"'
        return f'<text {place} fill="{mark.colour}"{weight}{anchor}>{_text(mark.text)}</text>'
    if isinstance(mark, Bitmap):
        sharp = "" if mark.smooth else ' style="image-rendering:pixelated"'
        place = f'x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.width)}" height="{_n(mark.height)}"'
        return f'<image {place} preserveAspectRatio="none"{sharp} href="{mark.source}"/>'
    return _path(mark)


def _path(mark: Path) -> str:
    way = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in mark.points) + ("Z" if mark.fill else "")
    look = f'fill="{mark.fill or "none"}"'
    if mark.stroke:
        look += f' stroke="{mark.stroke}" stroke-width="{_n(mark.width)}" stroke-linejoin="round"'
    if mark.dash:
        look += f' stroke-dasharray="{" ".join(_n(length) for length in mark.dash)}"'
    if mark.opacity < 1:
        look += f' opacity="{_n(mark.opacity)}"'
    return f'<path d="{way}" {look}/>'


def _n(value: float) -> str:
    """Return a number in hundredths of a pixel, as short as it can be."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    """Return a text for XML, without what XML cannot hold."""
    return escape("".join(letter for letter in text if letter.isprintable()), quote=False)

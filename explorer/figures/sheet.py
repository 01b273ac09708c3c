"""A drawing as a list of marks in pixels: what `svg.py` writes down and `raster.py` paints, so that both agree.

Places are in pixels from the upper left corner, colours are "#rrggbb". Marks lie over those before them.
"""

from __future__ import annotations

import base64
import io
import textwrap
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

WIDE, BOLD = 0.53, 0.57  # width of a letter as a share of its size, on average and rather too much than too little


@dataclass(frozen=True)
class Path:
    """A line or an outline.

    Attributes:
        points: (k, 2) places, in the order in which they are joined.
        stroke: colour of the line, "" for none.
        width: of the line, in pixels.
        dash: lengths of dashes and gaps in pixels; () for a solid line.
        fill: colour inside, "" for none; the outline is then closed.
        opacity: in [0, 1].
    """

    points: NDArray[np.floating]
    stroke: str = ""
    width: float = 1.0
    dash: tuple[float, ...] = ()
    fill: str = ""
    opacity: float = 1.0


@dataclass(frozen=True)
class Words:
    """One line of text.

    Attributes:
        x: where it begins, or ends.
        y: its base line.
        text: what it says.
        size: of the letters, in pixels.
        colour: of the letters.
        bold: whether it is a heading.
        anchor: whether x is its start, its middle or its end.
    """

    x: float
    y: float
    text: str
    size: float
    colour: str
    bold: bool = False
    anchor: Literal["start", "middle", "end"] = "start"


@dataclass(frozen=True)
class Bitmap:
    """A small picture, stretched over a rectangle.

    Attributes:
        x, y: its upper left corner.
        width, height: its size on the sheet.
        source: a PNG as a data URI.
        smooth: whether it is interpolated; real images are shown pixel by pixel.
    """

    x: float
    y: float
    width: float
    height: float
    source: str
    smooth: bool = True


Mark = Path | Words | Bitmap


@dataclass(frozen=True)
class Sheet:
    """A drawing.

    Attributes:
        width, height: in pixels.
        paper: its background.
        marks: from the lowest to the uppermost.
        alt: what it shows, in words.
    """

    width: float
    height: float
    paper: str
    marks: tuple[Mark, ...]
    alt: str


class Painter(Protocol):
    """What draws one mark after another."""

    def words(self, mark: Words) -> None:
        """Draw a line of text."""
        ...

    def bitmap(self, mark: Bitmap) -> None:
        """Draw a small picture."""
        ...

    def path(self, mark: Path) -> None:
        """Draw a line or an outline."""
        ...


def paint(sheet: Sheet, painter: Painter) -> None:
    """Let a painter draw the marks of a sheet, from the lowest to the uppermost."""
    for mark in sheet.marks:
        if isinstance(mark, Words):
            painter.words(mark)
        elif isinstance(mark, Bitmap):
            painter.bitmap(mark)
        else:
            painter.path(mark)


def box(x: float, y: float, width: float, height: float) -> NDArray[np.float64]:
    """Return the closed outline of a rectangle (5, 2)."""
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]])


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return about how wide a line is, whatever draws it."""
    return (BOLD if bold else WIDE) * size * len(text)


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Return a text in lines that fit a width; none for ""."""
    return textwrap.wrap(text, max(8, int(width / (WIDE * size))))


def bitmap_of(pixels: NDArray[np.uint8]) -> str:
    """Return an image (h, w, 3) as a data URI."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")

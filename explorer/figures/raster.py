"""Paint a sheet as pixels, with Pillow alone: no browser, and the same picture on every machine.

It is painted larger and scaled down, which smooths every edge. Pillow's own font has no letters but ASCII's: what else
a text holds is written as the letter next to it, or as "?".
"""

from __future__ import annotations

import base64
import io
import math
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from explorer.figures.sheet import Bitmap, Path, Sheet, Words, paint

OVER = 2  # how much larger it is painted than it becomes
ASCII = str.maketrans({"–": "-", "−": "-", "—": "-", "…": "...", "●": "*", "○": "o", "×": "x", "’": "'", "ß": "ss",
                       "·": "-", "→": "->"})  # fmt: skip


def raster(sheet: Sheet, pixels: float = 1.0) -> Image.Image:
    """Return the sheet as a picture.

    Args:
        sheet: what to paint.
        pixels: of the picture, for one of the sheet.
    """
    painter = _Painter(sheet, pixels * OVER)
    paint(sheet, painter)
    size = (round(sheet.width * pixels), round(sheet.height * pixels))
    return painter.image.resize(size, Image.Resampling.BOX, reducing_gap=None)


def png(image: Image.Image) -> bytes:
    """Return a picture as a PNG file."""
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


class _Painter:
    """Paints marks on one picture; `unit` of its pixels are one of the sheet's."""

    def __init__(self, sheet: Sheet, unit: float) -> None:
        self.unit = unit
        self.image = Image.new("RGB", (round(sheet.width * unit), round(sheet.height * unit)), sheet.paper)
        self.draw = ImageDraw.Draw(self.image, "RGBA")

    def words(self, mark: Words) -> None:
        anchor = {"start": "ls", "middle": "ms", "end": "rs"}[mark.anchor]
        stroke = 0.03 * mark.size * self.unit if mark.bold else 0  # the font has one weight
        place = (mark.x * self.unit, mark.y * self.unit)
        font = _font(round(mark.size * self.unit, 1))
        self.draw.text(place, plain(mark.text), mark.colour, font, anchor, stroke_width=stroke)

    def bitmap(self, mark: Bitmap) -> None:
        content = base64.b64decode(mark.source.partition("base64,")[2])
        left, top = round(mark.x * self.unit), round(mark.y * self.unit)
        size = (round((mark.x + mark.width) * self.unit) - left, round((mark.y + mark.height) * self.unit) - top)
        how = Image.Resampling.BILINEAR if mark.smooth else Image.Resampling.NEAREST
        self.image.paste(Image.open(io.BytesIO(content)).convert("RGB").resize(size, how), (left, top))

    def path(self, mark: Path) -> None:
        points = np.asarray(mark.points, dtype=float) * self.unit
        if mark.fill:
            self.draw.polygon(_flat(points), _faded(mark.fill, mark.opacity))
        if not mark.stroke:
            return
        width, colour = max(1, round(mark.width * self.unit)), _faded(mark.stroke, mark.opacity)
        for part in dashes(points, [length * self.unit for length in mark.dash]) if mark.dash else [points]:
            self.draw.line(_flat(part), colour, width, "curve")


def dashes(points: NDArray[np.floating], lengths: Sequence[float]) -> Iterator[NDArray[np.floating]]:
    """Yield the drawn parts (k, 2) of a dashed line.

    Args:
        points: (n, 2) places of the line.
        lengths: of a dash, a gap, a dash, ...; their number is even.
    """
    far = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    ends = np.concatenate([[0.0], np.cumsum(lengths)])
    for lap in range(math.ceil(far[-1] / ends[-1])):
        for start, stop in zip(ends[0:-1:2], ends[1::2], strict=True):
            low, high = lap * ends[-1] + start, min(lap * ends[-1] + stop, far[-1])
            if low < high:
                inside = far[(far > low) & (far < high)]
                at = np.concatenate([[low], inside, [high]])
                yield np.stack([np.interp(at, far, points[:, axis]) for axis in (0, 1)], axis=1)


def plain(text: str) -> str:
    """Return a text in the letters that Pillow's font has."""
    close = unicodedata.normalize("NFKD", text.translate(ASCII))
    kept = (letter for letter in close if not unicodedata.combining(letter))
    return "".join(letter if " " <= letter <= "~" else "?" for letter in kept)


@cache
def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _flat(points: NDArray[np.floating]) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in points]


def _faded(colour: str, opacity: float) -> tuple[int, int, int, int]:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue, round(255 * opacity)

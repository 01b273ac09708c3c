"""Draw one panel of a still: regions, the lines of the models, points by class, and axes; as marks of a sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.figures._boundary import boundary
from explorer.figures._marks import RING_CORNERS, outlines
from explorer.figures._regions import doubts, regions
from explorer.figures._symbols import symbol
from explorer.figures._thumbnails import beside
from explorer.figures._ticks import ticks
from explorer.figures.sheet import Bitmap, Mark, Path, Words, bitmap_of, box
from explorer.figures.theme import COLOURS, PATTERNS, Mode, Palette, class_colour
from explorer.records import Float, Int, Plane

COLOUR = COLOURS["light"]
MANY = 40  # points; where there are more, each is drawn smaller
IMAGE = 64.0  # pixels of an image's side
WIDTHS = {"original": 1.5, "retrained": 1.8, "unlearned": 2.2}
THIN = 0.9  # pixels of the lines of other models, of which there are many
FAINT = {"retrained": 0.75, "unlearned": 0.85}  # how strong they are
Fill = Literal["", "confidence", "entropy"]


@dataclass(frozen=True)
class Ground:
    """What the pictures of a strip share.

    Attributes:
        plane: the rectangle drawn.
        size: g, cells a side of the grids.
        x: (n, 2) points in data units.
        y: (n,) their classes.
        forget: (m,) rows to forget.
        names: one name a class.
        retrained: (g * g, c) class scores behind the retrained line; None leaves it out.
        original: (g * g, c) class scores behind the line of where every method starts; None leaves it out.
        images: (n, h, w, 3) uint8, what to show beside each point; None where points are no images.
        marked: (k,) rows that an answer names.
        numbered: whether each point has its number beside it, from 1.
        cloud: (g * g, c) class scores of more retrained models, a thin line each.
    """

    plane: Plane
    size: int
    x: Float
    y: Int
    forget: Int
    names: tuple[str, ...]
    retrained: Float | None = None
    original: Float | None = None
    images: np.ndarray | None = None
    cloud: tuple[Float, ...] = ()
    marked: tuple[int, ...] = ()
    numbered: bool = False


@dataclass(frozen=True)
class Place:
    """Where a plane lies on the sheet, how large marks are there, and in which colours."""

    plane: Plane
    x: float
    y: float
    width: float
    height: float
    scale: float
    mode: Mode = "light"

    @property
    def colours(self) -> Palette:
        """Return the colours."""
        return COLOURS[self.mode]

    def unit(self, points: np.ndarray) -> np.ndarray:
        """Return places (k, 2) in pixels of points from 0 (lower left) to 1."""
        return np.stack([self.x + points[:, 0] * self.width, self.y + (1 - points[:, 1]) * self.height], axis=1)

    def of(self, points: Float) -> np.ndarray:
        """Return places (k, 2) in pixels of points in data units."""
        return self.unit((points - self.plane.low) / (self.plane.high - self.plane.low))


def panel(
    ground: Ground, logits: Float, place: Place, *, fill: Fill, own: bool, members: Sequence[Float] = ()
) -> list[Mark]:
    """Return the marks of a panel, without its axes.

    Args:
        ground: what it lies on.
        logits: (g * g, c) class scores of its model.
        place: where it lies.
        fill: what is painted: the class regions, the entropy of the answers, or "" for nothing.
        own: whether the model's own boundary is drawn.
        members: (h * h, c) class scores of each model that votes, a thin line each.
    """
    frame = (place.x, place.y, place.width, place.height)
    marks: list[Mark] = [Path(box(*frame), fill=place.colours.panel)]
    if fill == "confidence":
        marks = [Bitmap(*frame, regions(logits, ground.size, mode=place.mode, projector=place.scale > 1))]
    elif fill == "entropy":
        marks = [Bitmap(*frame, doubts(logits, ground.size, mode=place.mode))]
    marks += _thin(place, members, "unlearned") + _thin(place, ground.cloud, "retrained")
    lines = {"original": ground.original, "retrained": ground.retrained, "unlearned": logits if own else None}
    for role, grid in lines.items():
        if grid is not None:
            marks += _boundary(place, grid, ground.size, role)
    return marks + _points(ground, place)


def _boundary(place: Place, grid: Float, size: int, role: str) -> list[Mark]:
    """Return a model's boundary, lifted from what lies under it by a halo."""
    wide = WIDTHS[role] * place.scale
    chains = [place.unit(chain) for chain in boundary(grid, size)]
    dash = tuple(length * wide for length in PATTERNS[role])
    halo: list[Mark] = [Path(chain, place.colours.halo, wide + 1.6 * place.scale, opacity=0.7) for chain in chains]
    return halo + [Path(chain, place.colours.models[role], wide, dash) for chain in chains]


def _thin(place: Place, grids: Sequence[Float], role: str) -> list[Mark]:
    """Return the boundaries of several models, each a thin line."""
    return [
        Path(place.unit(chain), place.colours.models[role], THIN * place.scale, opacity=FAINT[role])
        for grid in grids
        for chain in boundary(grid, math.isqrt(len(grid)))
    ]


def _points(ground: Ground, place: Place) -> list[Mark]:
    """Return the points, those to forget on top, and beside points that are images the images."""
    marks: list[Mark] = []
    spots, reach = place.of(ground.x), place.scale * (4.5 if len(ground.x) <= MANY else 2.4)
    forget = set(ground.forget.tolist())
    for row in sorted(range(len(spots)), key=lambda row: row in forget):
        x, y = spots[row].tolist()
        marks += point(x, y, int(ground.y[row]), reach, forgotten=row in forget, mode=place.mode)
        if ground.numbered:
            size = 12 * place.scale
            marks.append(Words(x + 1.6 * reach, y - 0.6 * reach, str(row + 1), size, place.colours.ink, True))
    marks += [named(float(spots[row, 0]), float(spots[row, 1]), reach, place.mode) for row in ground.marked]
    if ground.images is not None:
        side = IMAGE * place.scale
        frame = (place.x, place.y, place.width, place.height)
        for row, at in enumerate(beside(spots, frame, side)):
            colour = place.colours.sets["forget"] if row in forget else class_colour(int(ground.y[row]), place.mode)
            marks.append(Path(box(*at, side, side), colour, 5 * place.scale))
            marks.append(Bitmap(*at, side, side, bitmap_of(ground.images[row]), smooth=False))
    return marks


def point(x: float, y: float, k: int, reach: float, *, forgotten: bool, mode: Mode = "light") -> list[Mark]:
    """Return one point of class k, by shape and colour, with a ring where it is to be forgotten.

    Args:
        x: its place across, in pixels.
        y: its place down.
        k: its class.
        reach: pixels from its middle to its edge.
        forgotten: whether it is to be forgotten.
        mode: "light" or "dark".
    """
    spot = np.array([x, y])
    shape = spot + symbol(k) * (reach, -reach)  # y runs downwards here
    marks: list[Mark] = [Path(shape, COLOURS[mode].halo, 0.2 * reach, fill=class_colour(k, mode))]
    if forgotten:
        ring = outlines(spot[None].astype(np.float32), 2.1 * reach, corners=RING_CORNERS)[:-1]
        marks.append(Path(ring, COLOURS[mode].sets["forget"], 0.5 * reach))
    return marks


def named(x: float, y: float, reach: float, mode: Mode = "light") -> Path:
    """Return the mark of a point that an answer names: a square around it."""
    side = 4.6 * reach
    return Path(box(x - side / 2, y - side / 2, side, side), COLOURS[mode].ink, 0.45 * reach)


def axes(place: Place, *, first: bool) -> list[Mark]:
    """Return ticks below, on the left only of the first picture of a row, and the axes' names at their ends."""
    size, (low, high) = 9.5 * place.scale, (place.plane.low.astype(float), place.plane.high.astype(float))
    base = place.y + place.height + 11 * place.scale
    marks: list[Mark] = [Words(place.x + place.width, base, "x₁", size, place.colours.muted, anchor="end")]
    for at in ticks(low[0], high[0]):
        across = place.x + (at - low[0]) / (high[0] - low[0]) * place.width
        marks.append(Words(across, base, f"{at + 0.0:g}", size, place.colours.muted, anchor="middle"))
    if first:
        marks.append(Words(place.x - 4, place.y + size, "x₂", size, place.colours.muted, anchor="end"))
        for at in ticks(low[1], high[1]):
            up = place.y + (1 - (at - low[1]) / (high[1] - low[1])) * place.height + 0.35 * size
            marks.append(Words(place.x - 4, up, f"{at + 0.0:g}", size, place.colours.muted, anchor="end"))
    return marks

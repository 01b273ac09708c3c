"""Draw where certainty was lost between two models: a map of the drop, one a model, with the points on it.

What to look at: whether the forgotten points lie where the map is dark and few others do. What it does not show: who
of several points in a dark region was deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures._planes import Axes, Ground, legend_height, planes
from explorer.figures._regions import PIXELS, enlarged
from explorer.figures.layout import figures_of
from explorer.figures.png import data_uri, png
from explorer.figures.theme import COLOURS, SYMBOLS, Mode, Palette
from explorer.records import Float

__all__ = ["Ground", "Map", "drop_maps"]

SHADES = 256


@dataclass(frozen=True)
class Map:
    """One picture.

    Attributes:
        title: the model's name.
        line: what stands below it.
        before: (g * g, c) probabilities of the original.
        after: (g * g, c) probabilities of the model.
    """

    title: str
    line: str
    before: NDArray[np.floating]
    after: NDArray[np.floating]


def drops(before: NDArray[np.floating], after: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return by how much the answer that the first model gives lost probability (...,), in [-1, 1]; (..., c) each."""
    answer = before.argmax(axis=-1)[..., None]
    return np.take_along_axis(before - after, answer, axis=-1)[..., 0]


def drop_maps(ground: Ground, maps: Sequence[Map], *, width: float = 900, mode: Mode = "light") -> go.Figure:
    """Return the maps in reading order, all on one scale.

    Args:
        ground: what they share.
        maps: one a model.
        width: pixels that the figure will have.
        mode: "light" or "dark".
    """
    colours, figure = COLOURS[mode], go.Figure()
    heads, images = [(one.title, one.line) for one in maps], [_image(one, ground.size, colours) for one in maps]
    largest = [figures_of(float(drops(one.before, one.after).max())) for one in maps]
    said = "; ".join(f"{one.title}: {one.line}, largest drop {most}" for one, most in zip(maps, largest, strict=True))
    alt = f"Where the original's answer lost probability, on the plane, a map a model. {said}."
    for place in planes(
        figure, ground, heads, images, width=width, alt=alt, legend=legend_height(580, width), mode=mode
    ):
        _points(figure, ground, place, colours)
    _legend(figure, colours)
    return figure


def _image(one: Map, size: int, colours: Palette) -> str:
    before, after = (enlarged(_grid(part, size), PIXELS) for part in (one.before, one.after))
    level = np.clip((drops(before, after) + 1) / 2, 0, 1)
    index = np.rint(level * (SHADES - 1)).astype(np.uint8)
    return data_uri(png(index[::-1], _shades(colours), level=6))


def _grid(part: NDArray[np.floating], size: int) -> Float:
    return np.asarray(part, dtype=np.float32).reshape(size, size, -1)


def _shades(colours: Palette) -> NDArray[np.uint8]:
    """Return (256, 3) colours from a gain of 1 over no change to a loss of 1; small changes are seen too."""
    middle, ends = _rgb(colours.panel), [_rgb(colour) for colour in colours.diverging]
    place = np.linspace(-1, 1, SHADES)[:, None]
    strength = np.abs(place) ** 0.6
    return np.rint(middle + strength * (np.where(place < 0, ends[0], ends[1]) - middle)).astype(np.uint8)


def _rgb(colour: str) -> NDArray[np.float64]:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=float)


def _points(figure: go.Figure, ground: Ground, place: Axes, colours: Palette) -> None:
    forgotten = np.isin(np.arange(len(ground.x)), ground.forget)
    for rows, size, line in ((~forgotten, 5, colours.muted), (forgotten, 10, colours.sets["forget"])):
        symbols = [SYMBOLS[k % len(SYMBOLS)] + "-open" for k in ground.y[rows]]
        figure.add_trace(
            go.Scatter(
                x=ground.x[rows, 0], y=ground.x[rows, 1], mode="markers", hoverinfo="skip", showlegend=False,
                xaxis=place.x, yaxis=place.y,
                marker={"symbol": symbols, "size": size, "color": line, "line": {"width": 2 if size > 5 else 1}},
            )
        )  # fmt: skip


def _legend(figure: go.Figure, colours: Palette) -> None:
    ring = {"symbol": "circle-open", "color": colours.sets["forget"], "size": 10, "line": {"width": 2}}
    dot = {"symbol": "circle-open", "color": colours.muted, "size": 5}
    entries = (
        ("the answer lost probability", {"symbol": "square", "color": colours.diverging[1], "size": 11}),
        ("it gained", {"symbol": "square", "color": colours.diverging[0], "size": 11}),
        ("forgotten point", ring),
        ("other training point", dot),
    )
    for name, marker in entries:
        figure.add_trace(
            go.Scatter(x=[None], y=[None], name=name, mode="markers", marker=marker, showlegend=True, hoverinfo="skip")
        )

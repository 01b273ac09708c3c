"""Draw for each forgotten point whether it is still known, forgotten as by retraining, or over-forgotten.

What to look at: marks upwards (still known) and downwards (over-forgotten), and where on the plane they lie. What it
does not show: the boundary away from the forgotten points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures._planes import Axes, Ground, legend_height, planes
from explorer.figures._regions import regions
from explorer.figures.layout import figures_of
from explorer.figures.theme import COLOURS, Mode, Palette
from explorer.records import Float

__all__ = ["Ground", "Rings", "rings"]

WORDS = {1: "above: still known", 0: "inside: as in models that never saw it", -1: "below: over-forgotten"}
SYMBOL = {1: "triangle-up", 0: "circle-open", -1: "triangle-down"}


@dataclass(frozen=True)
class Rings:
    """One picture.

    Attributes:
        title: the model's name.
        line: what stands below it.
        logits: (g * g, c) float32, its answers on the plane.
        ring: (m,) 1 above the band, 0 inside, -1 below, in the order of the forgotten rows.
        own: (m,) probability of the label.
        low: (m,) lower end of the band.
        high: (m,) upper end.
    """

    title: str
    line: str
    logits: Float
    ring: NDArray[np.floating]
    own: NDArray[np.floating]
    low: NDArray[np.floating]
    high: NDArray[np.floating]


def rings(ground: Ground, pictures: Sequence[Rings], *, width: float = 900, mode: Mode = "light") -> go.Figure:
    """Return the pictures in reading order.

    Args:
        ground: what they share.
        pictures: one a model.
        width: pixels that the figure will have.
        mode: "light" or "dark".
    """
    colours, figure = COLOURS[mode], go.Figure()
    heads = [(one.title, one.line) for one in pictures]
    images = [regions(one.logits[:, : max(len(ground.names), 2)], ground.size, mode=mode) for one in pictures]
    alt = f"The forgotten points, marked by the band of 64 retrained models. {'; '.join(map(_said, pictures))}."
    places = planes(figure, ground, heads, images, width=width, alt=alt, legend=legend_height(640, width), mode=mode)
    for place, one in zip(places, pictures, strict=True):
        for level in (0, 1, -1):
            figure.add_trace(_marks(ground, one, level, place, colours))
    for level in (1, 0, -1):
        figure.add_trace(
            go.Scatter(
                x=[None], y=[None], name=WORDS[level], mode="markers", marker=_marker(level, colours), showlegend=True,
                hoverinfo="skip",
            )
        )  # fmt: skip
    return figure


def _marker(level: int, colours: Palette) -> dict[str, object]:
    colour = {1: colours.warning, 0: colours.sets["retain"], -1: colours.diverging[0]}[level]
    line = {"width": 2 if level == 0 else 1.2, "color": colour if level == 0 else colours.halo}
    return {"symbol": SYMBOL[level], "size": 9 if level == 0 else 11, "color": colour, "line": line}


def _marks(ground: Ground, one: Rings, level: int, place: Axes, colours: Palette) -> go.Scatter:
    chosen = np.flatnonzero(one.ring == level)
    rows = ground.forget[chosen]
    said = [
        [int(row), figures_of(float(one.own[i])), figures_of(float(one.low[i])), figures_of(float(one.high[i]))]
        for row, i in zip(rows, chosen, strict=True)
    ]
    return go.Scatter(
        x=ground.x[rows, 0], y=ground.x[rows, 1], mode="markers", marker=_marker(level, colours), customdata=said,
        xaxis=place.x, yaxis=place.y, showlegend=False,
        hovertemplate=f"point %{{customdata[0]}}, {WORDS[level]}<br>probability %{{customdata[1]}}, band "
        "%{customdata[2]} to %{customdata[3]}<extra></extra>",
    )  # fmt: skip


def _said(one: Rings) -> str:
    counts = ", ".join(f"{int((one.ring == level).sum())} {WORDS[level].partition(':')[0]}" for level in (1, 0, -1))
    return f"{one.title}: {counts}"

"""Lay out planes side by side, each as large as the page allows, with a title and a line below it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from explorer.figures.layout import dress
from explorer.figures.theme import COLOURS, Mode
from explorer.records import Float, Int, Plane

NARROWEST, WIDEST = 300.0, 620.0  # pixels of a plane
GAP, TITLE, LINE = 16.0, 22.0, 18.0
EDGE = 2.0


@dataclass(frozen=True)
class Ground:
    """What all planes share.

    Attributes:
        plane: the rectangle drawn.
        size: g, cells a side of the grids.
        x: (n, 2) float32, training points.
        y: (n,) int64, their classes.
        forget: (m,) int64, rows to forget.
        names: one name a class.
    """

    plane: Plane
    size: int
    x: Float
    y: Int
    forget: Int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Axes:
    """Where a plane lies: the names of its axes for traces."""

    x: str
    y: str


def planes(
    figure: go.Figure, ground: Ground, heads: Sequence[tuple[str, str]], images: Sequence[str], *, width: float,
    alt: str, legend: float, mode: Mode,
) -> list[Axes]:  # fmt: skip
    """Lay out one plane a picture in a figure, in reading order, and return where each lies.

    Args:
        figure: empty; changed.
        ground: what the planes share.
        heads: (title, line below the title) of each.
        images: data URI of what lies under the points of each.
        width: pixels that the figure will have.
        alt: what the figure shows.
        legend: pixels kept free above the planes.
        mode: "light" or "dark".
    """
    colours = COLOURS[mode]
    across, up = (ground.plane.high - ground.plane.low).tolist()
    most = max(1, int((width + GAP) // (NARROWEST + GAP)))
    rows = math.ceil(len(heads) / most)
    columns = math.ceil(len(heads) / rows)
    cell = min((width - 2 * EDGE - GAP * (columns - 1)) / columns, WIDEST)
    tall = cell / min(max(across / up, 0.6), 2.5)
    step = tall + TITLE + LINE + GAP
    height = legend + rows * step
    dress(figure, alt=alt, mode=mode, height=round(height))
    places, pictures = list[Axes](), list[dict[str, object]]()
    low, high = ground.plane.low.tolist(), ground.plane.high.tolist()
    for index, ((title, line), image) in enumerate(zip(heads, images, strict=True)):
        number = "" if index == 0 else str(index + 1)
        left = EDGE + index % columns * (cell + GAP)
        above = legend + index // columns * step + TITLE + LINE
        frame = {
            "showgrid": False, "zeroline": False, "showline": True, "mirror": True, "showticklabels": False,
            "ticks": "", "fixedrange": True, "automargin": False, "title": {"text": ""}, "linecolor": colours.line,
        }  # fmt: skip
        span = [_part(left, width), _part(left + cell, width)]
        rise = [_part(height - above - tall, height), _part(height - above, height)]
        figure.update_layout(
            {
                f"xaxis{number}": {**frame, "domain": span, "anchor": f"y{number}", "range": [low[0], high[0]]},
                f"yaxis{number}": {**frame, "domain": rise, "anchor": f"x{number}", "range": [low[1], high[1]]},
            }
        )
        place = Axes(f"x{number}", f"y{number}")
        for text, size, colour, lift in (
            (f"<b>{title}</b>", 13, colours.ink, LINE),
            (line, 11.5, colours.muted, 2.0),
        ):
            figure.add_annotation(
                x=span[0], y=rise[1] + lift / height, xref="paper", yref="paper", xanchor="left", yanchor="bottom",
                showarrow=False, text=text, borderpad=0, font={"size": size, "color": colour},
            )  # fmt: skip
        pictures.append(
            {
                "source": image, "sizing": "stretch", "layer": "below", "xref": place.x, "yref": place.y,
                "x": low[0], "y": high[1], "sizex": high[0] - low[0], "sizey": high[1] - low[1],
            }
        )  # fmt: skip
        figure.add_trace(go.Scatter(x=[None], y=[None], xaxis=place.x, yaxis=place.y, showlegend=False))
        places.append(place)
    figure.update_layout(
        images=pictures, margin={"l": 0, "r": 0, "t": 0, "b": 0}, width=width, plot_bgcolor=colours.panel,
        legend={
            "xref": "container", "yref": "container", "x": 0, "y": 1, "xanchor": "left", "yanchor": "top",
            "itemclick": False, "itemdoubleclick": False, "traceorder": "normal",
        },
    )  # fmt: skip
    return places


def legend_height(needs: float, width: float) -> float:
    """Return the pixels that a legend takes whose entries side by side need so many."""
    return 8 + 22 * math.ceil(needs / width)


def _part(pixels: float, of: float) -> float:
    return min(max(pixels / of, 0.0), 1.0)

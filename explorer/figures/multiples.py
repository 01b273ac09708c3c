"""Draw small multiples: the plane's class regions at each value of a knob, beside those of the retrained model.

What to look at: at which values the regions end where retrained's do, and where they fall apart (framed and crossed).
What they do not show: the training points, and what happens between two values.

The layout is in pixels of a given width, so that a page keeps the place free while pictures are computed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from explorer.figures._boundary import boundary, joined
from explorer.figures._regions import regions
from explorer.figures.layout import dress
from explorer.figures.theme import COLOURS, DASHES, Mode, Palette, class_colour
from explorer.records import Float, Plane

NARROWEST, WIDEST = 120.0, 210.0  # pixels of a picture
GAP, TITLE, LEGEND = 10.0, 20.0, 26.0
EDGE = 2.0  # room for the frames of the outer pictures


@dataclass(frozen=True)
class Small:
    """One picture.

    Attributes:
        title: the knob's value, or "Retrained".
        logits: (g * g, c or more) float32 on the plane's grid; None while it is not known.
        broken: the model diverged or lost what it should keep.
        own: it is a run of the method, not what it is compared with.
    """

    title: str
    logits: Float | None = None
    broken: bool = False
    own: bool = True


@dataclass(frozen=True)
class Ground:
    """What all pictures share.

    Attributes:
        plane: the rectangle drawn.
        size: g, cells a side of the grids.
        forget: (m, 2) float32, the points to forget.
        retrained: (g * g, c) float32, logits behind the dashed line.
        names: one name a class.
    """

    plane: Plane
    size: int
    forget: Float
    retrained: Float
    names: tuple[str, ...]


def table_of(count: int, width: float) -> tuple[int, int]:
    """Return how many rows and columns so many pictures take, rows as even as can be."""
    most = max(1, int((width + GAP) // (NARROWEST + GAP)))
    rows = math.ceil(count / most)
    return rows, math.ceil(count / rows)


def multiples(
    knob: str, pictures: Sequence[Small], ground: Ground, *, width: float = 900, mode: Mode = "light"
) -> go.Figure:
    """Return the pictures in reading order.

    Args:
        knob: its title, for the alt text.
        pictures: retrained's and one a value; one that is not known is an empty frame.
        ground: what they share.
        width: pixels that the figure will have.
        mode: "light" or "dark".
    """
    colours, (rows, columns) = COLOURS[mode], table_of(len(pictures), width)
    across, up = (ground.plane.high - ground.plane.low).tolist()
    cell = min((width - 2 * EDGE - GAP * (columns - 1)) / columns, WIDEST)
    tall = cell / min(max(across / up, 0.5), 2.5)
    top = LEGEND * _legend_lines(len(ground.names), width)
    height = top + rows * (tall + TITLE + GAP)
    figure = go.Figure()
    dress(figure, alt=_alt(knob, pictures), mode=mode, height=round(height), explorer="multiples")
    images = []
    for index, picture in enumerate(pictures):
        left = EDGE + index % columns * (cell + GAP)
        above = top + index // columns * (tall + TITLE + GAP) + TITLE
        x, y = _axes(figure, index, ground.plane, colours, picture, (left / width, (left + cell) / width),
                     (1 - (above + tall) / height, 1 - above / height))  # fmt: skip
        mark = "× " if picture.broken else ""
        figure.add_annotation(
            x=left / width, y=1 - (above - 2) / height, xref="paper", yref="paper", xanchor="left", yanchor="bottom",
            showarrow=False, text=f"<b>{mark}{picture.title}</b>", borderpad=0,
            font={"size": 11.5, "color": colours.warning if picture.broken else colours.ink},
        )  # fmt: skip
        if picture.logits is not None:
            logits = picture.logits[:, : max(len(ground.names), 2)]
            images.append(_image(logits, ground, x, y, mode))
            _contents(figure, logits, ground, x, y, colours, own=picture.own)
    _legend(figure, ground.names, colours, mode)
    return figure.update_layout(
        images=images, margin={"l": 0, "r": 0, "t": 0, "b": 0}, width=width, plot_bgcolor=colours.panel,
        legend={
            "xref": "container", "yref": "container", "x": 0, "y": 1, "xanchor": "left", "yanchor": "top",
            "itemclick": False, "itemdoubleclick": False, "traceorder": "normal",
        },
    )  # fmt: skip


def _axes(
    figure: go.Figure, index: int, plane: Plane, colours: Palette, picture: Small, across: tuple[float, float],
    up: tuple[float, float],
) -> tuple[str, str]:  # fmt: skip
    number = "" if index == 0 else str(index + 1)
    frame = {
        "showgrid": False, "zeroline": False, "showline": True, "mirror": True, "showticklabels": False, "ticks": "",
        "fixedrange": True, "automargin": False, "title": {"text": ""},
        "linecolor": colours.warning if picture.broken else colours.line, "linewidth": 2 if picture.broken else 1,
    }  # fmt: skip
    low, high = plane.low.tolist(), plane.high.tolist()
    figure.update_layout(
        {
            f"xaxis{number}": {**frame, "domain": _inside(across), "anchor": f"y{number}", "range": [low[0], high[0]]},
            f"yaxis{number}": {**frame, "domain": _inside(up), "anchor": f"x{number}", "range": [low[1], high[1]]},
        }
    )
    x, y = f"x{number}", f"y{number}"
    # An axis that no trace names is not drawn at all, so every frame has this one.
    figure.add_trace(go.Scatter(x=[None], y=[None], xaxis=x, yaxis=y, showlegend=False, hoverinfo="skip"))
    return x, y


def _inside(ends: tuple[float, float]) -> list[float]:
    return [min(max(end, 0.0), 1.0) for end in ends]


def _image(logits: Float, ground: Ground, x: str, y: str, mode: Mode) -> dict[str, object]:
    low, high = ground.plane.low.tolist(), ground.plane.high.tolist()
    return {
        "source": regions(logits, ground.size, mode=mode), "sizing": "stretch", "layer": "below", "xref": x, "yref": y,
        "x": low[0], "y": high[1], "sizex": high[0] - low[0], "sizey": high[1] - low[1],
    }  # fmt: skip


def _contents(figure: go.Figure, logits: Float, ground: Ground, x: str, y: str, colours: Palette, *, own: bool) -> None:
    place = {"xaxis": x, "yaxis": y, "hoverinfo": "skip", "showlegend": False}
    ring = {"symbol": "circle-open", "size": 4, "color": colours.sets["forget"], "line": {"width": 1}}
    figure.add_trace(
        go.Scatter(x=ground.forget[:, 0], y=ground.forget[:, 1], mode="markers", marker=ring, opacity=0.8, **place)
    )
    lines = [(ground.retrained, "retrained")] + ([(logits, "unlearned")] if own else [])
    for grid, role in lines:
        path = ground.plane.low + joined(boundary(grid, ground.size)) * (ground.plane.high - ground.plane.low)
        across, up = path.astype(np.float32).T
        line = {"color": colours.models[role], "width": 1.5, "dash": DASHES[role], "simplify": False}
        figure.add_trace(go.Scatter(x=across, y=up, mode="lines", line=line, **place))


def _legend(figure: go.Figure, names: Sequence[str], colours: Palette, mode: Mode) -> None:
    for k, name in enumerate(names):
        _entry(figure, name, mode="markers", marker={"symbol": "square", "color": class_colour(k, mode), "size": 9})
    ring = {"symbol": "circle-open", "color": colours.sets["forget"], "size": 8}
    _entry(figure, "point to forget", mode="markers", marker=ring)
    _entry(figure, "boundary at this value", mode="lines", line={"color": colours.models["unlearned"], "width": 2})
    dashed = {"color": colours.models["retrained"], "width": 2, "dash": DASHES["retrained"]}
    _entry(figure, "boundary retrained", mode="lines", line=dashed)


def _entry(figure: go.Figure, name: str, **look: object) -> None:
    figure.add_trace(go.Scatter(x=[None], y=[None], name=name, showlegend=True, hoverinfo="skip", **look))


def _legend_lines(classes: int, width: float) -> int:
    return math.ceil((480 + 90 * classes) / width)


def _alt(knob: str, pictures: Sequence[Small]) -> str:
    titles = [picture.title for picture in pictures if picture.own]
    bad = [picture.title for picture in pictures if picture.broken]
    sentence = f"The plane's class regions at {len(titles)} values of {knob}, beside retrained's: {', '.join(titles)}."
    return f"{sentence} Broken at {', '.join(bad)}." if bad else f"{sentence} None is broken."

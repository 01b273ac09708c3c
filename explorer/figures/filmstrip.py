"""Draw a filmstrip: a row a method, a picture after some numbers of requests, each beside the retrained boundary.

What to look at: in which rows the solid line stays with the dashed one, and in which it shatters, and when. What it
does not show: what an answer cost, and the requests between two pictures.

The layout is in pixels of a given width.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from explorer.figures._boundary import boundary, joined
from explorer.figures._regions import regions
from explorer.figures.layout import dress
from explorer.figures.theme import COLOURS, DASHES, Mode, Palette, class_colour
from explorer.records import Float, Plane

NARROWEST, WIDEST = 96.0, 210.0  # pixels of a picture
GAP, HEAD, NAME, BELOW = 8.0, 20.0, 19.0, 21.0
LEGEND_LINE = 20.0


@dataclass(frozen=True)
class Ground:
    """What all pictures share.

    Attributes:
        plane: the rectangle drawn.
        size: g, cells a side of the grids.
        names: one name a class.
        times: (k,) the numbers of requests after which there is a picture.
        retrained: for each of them, (g * g, c) float32, logits behind the dashed line.
        asked: for each of them, (m, 2) float32, the points asked for by then, in data units.
    """

    plane: Plane
    size: int
    names: tuple[str, ...]
    times: tuple[int, ...]
    retrained: Sequence[Float]
    asked: Sequence[Float]


@dataclass(frozen=True)
class Strip:
    """One row.

    Attributes:
        title: the method.
        logits: for each time, (g * g, c or more) float32.
        below: for each time, a few words under the picture.
        broken: for each time, whether the model is broken there.
    """

    title: str
    logits: Sequence[Float]
    below: Sequence[str]
    broken: Sequence[bool]


def fitting(width: float) -> int:
    """Return how many pictures there is room for side by side, at least 2."""
    return max(2, int((width + GAP) // (NARROWEST + GAP)))


def filmstrip(strips: Sequence[Strip], ground: Ground, *, width: float = 900, mode: Mode = "light") -> go.Figure:
    """Return the rows, one below the other.

    Args:
        strips: one a method.
        ground: what they share.
        width: pixels that the figure will have.
        mode: "light" or "dark".
    """
    place, figure, colours = _place(strips, ground, width), go.Figure(), COLOURS[mode]
    dress(figure, alt=_alt(strips, ground), mode=mode, height=round(place.height), explorer="filmstrip")
    draw = _Draw(figure, ground, place, colours, mode, [])
    for column, time in enumerate(ground.times):
        text = f"after {time}" if column else f"after {time} request{'s' if time > 1 else ''}"
        draw.text(place.left(column), place.top - 6, text, colours.muted, 11.5)
    for row, strip in enumerate(strips):
        draw.text(0, place.row(row) + NAME - 4, f"<b>{strip.title}</b>", colours.ink, 12.5)
        for column in range(len(ground.times)):
            draw.picture(row, column, strip)
    draw.legend()
    return figure.update_layout(
        images=draw.images, margin={"l": 0, "r": 0, "t": 0, "b": 0}, width=width, plot_bgcolor=colours.panel,
        legend={
            "xref": "container", "yref": "container", "x": 0, "y": 1, "xanchor": "left", "yanchor": "top",
            "itemclick": False, "itemdoubleclick": False, "traceorder": "normal",
        },
    )  # fmt: skip


@dataclass(frozen=True)
class _Place:
    """Where everything lies, in pixels from the upper left corner."""

    width: float
    height: float
    top: float
    cell: float
    tall: float

    def left(self, column: int) -> float:
        return 1 + column * (self.cell + GAP)

    def row(self, row: int) -> float:
        return self.top + row * (NAME + self.tall + BELOW + GAP)


def _place(strips: Sequence[Strip], ground: Ground, width: float) -> _Place:
    across, up = (ground.plane.high - ground.plane.low).tolist()
    cell = min((width - 2 - GAP * (len(ground.times) - 1)) / len(ground.times), WIDEST)
    tall = cell / min(max(across / up, 0.5), 2.5)
    lines = math.ceil((80 * len(ground.names) + 560) / width)
    top = LEGEND_LINE * lines + HEAD
    return _Place(width, top + len(strips) * (NAME + tall + BELOW + GAP), top, cell, tall)


@dataclass(frozen=True)
class _Draw:
    """Draws into one figure; the axes of row i, column j have the number i * columns + j + 1."""

    figure: go.Figure
    ground: Ground
    place: _Place
    colours: Palette
    mode: Mode
    images: list[dict[str, object]]

    def text(self, x: float, y: float, text: str, colour: str, size: float) -> None:
        """Write a line whose lower left corner lies at pixels (x, y)."""
        self.figure.add_annotation(
            x=x / self.place.width, y=1 - y / self.place.height, xref="paper", yref="paper", xanchor="left",
            yanchor="bottom", showarrow=False, text=text, borderpad=0, font={"size": size, "color": colour},
        )  # fmt: skip

    def picture(self, row: int, column: int, strip: Strip) -> None:
        """Draw one picture: regions, points asked for, both boundaries, the words below."""
        place, broken = self.place, strip.broken[column]
        left, top = place.left(column), place.row(row) + NAME
        x, y = self.axes(row * len(self.ground.times) + column, left, top, broken)
        logits = strip.logits[column][:, : max(len(self.ground.names), 2)]
        low, high = self.ground.plane.low.tolist(), self.ground.plane.high.tolist()
        self.images.append({
            "source": regions(logits, self.ground.size, mode=self.mode), "sizing": "stretch", "layer": "below",
            "xref": x, "yref": y, "x": low[0], "y": high[1], "sizex": high[0] - low[0], "sizey": high[1] - low[1],
        })  # fmt: skip
        at, asked = {"xaxis": x, "yaxis": y, "hoverinfo": "skip", "showlegend": False}, self.ground.asked[column]
        ring = {"symbol": "circle-open", "size": 4, "color": self.colours.sets["forget"], "line": {"width": 1}}
        self.figure.add_trace(go.Scatter(x=asked[:, 0], y=asked[:, 1], mode="markers", marker=ring, opacity=0.75, **at))
        for grid, role in ((self.ground.retrained[column], "retrained"), (logits, "unlearned")):
            self.line(grid, role, at)
        said, colour = strip.below[column], self.colours.warning if broken else self.colours.muted
        self.text(left, top + place.tall + BELOW - 2, f"× {said}" if broken else said, colour, 11)

    def line(self, grid: Float, role: str, at: Mapping[str, object]) -> None:
        """Draw a model's boundary."""
        plane = self.ground.plane
        path = plane.low + joined(boundary(grid, self.ground.size)) * (plane.high - plane.low)
        across, up = path.astype(np.float32).T
        line = {"color": self.colours.models[role], "width": 1.6, "dash": DASHES[role], "simplify": False}
        self.figure.add_trace(go.Scatter(x=across, y=up, mode="lines", line=line, **at))

    def axes(self, index: int, left: float, top: float, broken: bool) -> tuple[str, str]:
        """Add the axes of a picture, whose frame says whether it is broken, and return their names."""
        place, number = self.place, "" if index == 0 else str(index + 1)
        frame = {
            "showgrid": False, "zeroline": False, "showline": True, "mirror": True, "showticklabels": False,
            "ticks": "", "fixedrange": True, "automargin": False, "title": {"text": ""},
            "linecolor": self.colours.warning if broken else self.colours.line, "linewidth": 2 if broken else 1,
        }  # fmt: skip
        low, high = self.ground.plane.low.tolist(), self.ground.plane.high.tolist()
        across = [left / place.width, min((left + place.cell) / place.width, 1.0)]
        up = [max(1 - (top + place.tall) / place.height, 0.0), 1 - top / place.height]
        self.figure.update_layout({
            f"xaxis{number}": {**frame, "domain": across, "anchor": f"y{number}", "range": [low[0], high[0]]},
            f"yaxis{number}": {**frame, "domain": up, "anchor": f"x{number}", "range": [low[1], high[1]]},
        })  # fmt: skip
        x, y = f"x{number}", f"y{number}"
        # An axis that no trace names is not drawn at all, so every frame has this one.
        self.figure.add_trace(go.Scatter(x=[None], y=[None], xaxis=x, yaxis=y, showlegend=False, hoverinfo="skip"))
        return x, y

    def legend(self) -> None:
        """Name every colour, shape and dash."""
        for k, name in enumerate(self.ground.names):
            square = {"symbol": "square", "color": class_colour(k, self.mode), "size": 9}
            self.entry(name, mode="markers", marker=square)
        ring = {"symbol": "circle-open", "color": self.colours.sets["forget"], "size": 8}
        self.entry("asked to forget by now", mode="markers", marker=ring)
        solid = {"color": self.colours.models["unlearned"], "width": 2}
        self.entry("boundary of the method", mode="lines", line=solid)
        dashed = {"color": self.colours.models["retrained"], "width": 2, "dash": DASHES["retrained"]}
        self.entry("retrained on what remains", mode="lines", line=dashed)

    def entry(self, name: str, **look: object) -> None:
        """Add one entry to the legend."""
        self.figure.add_trace(go.Scatter(x=[None], y=[None], name=name, showlegend=True, hoverinfo="skip", **look))


def _alt(strips: Sequence[Strip], ground: Ground) -> str:
    times = ", ".join(map(str, ground.times))
    said = "; ".join(f"{strip.title}: {', '.join(strip.below)}" for strip in strips)
    return textwrap.shorten(f"The plane after {times} requests, a row a method. {said}.", 900, placeholder=" …")

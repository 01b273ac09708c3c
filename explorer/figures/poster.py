"""Draw the poster: rows are data sets or requests, columns the retrained model and then the methods at their end.

What to look at: in each row, whether a method's regions and its line end where the retrained ones do. What it does not
show: how the method got there, and whether an attacker could still tell which points were used.

The layout is in pixels of a given width. Where that is too narrow for all columns side by side, as on a phone, a row
takes several lines of pictures. `room` says how tall a poster is before any cell is known, so that a page can keep its
place free.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from explorer.figures._boundary import boundary, joined
from explorer.figures._marks import RING_CORNERS, SHAPES, outlines
from explorer.figures._regions import regions
from explorer.figures._ticks import ticks
from explorer.figures.layout import dress
from explorer.figures.theme import COLOURS, DASHES, Mode, Palette, class_colour
from explorer.records import Float, Int, Plane

WIDEST_CELL = 300.0  # pixels, at scale 1; a poster with few columns does not fill the screen
NARROWEST_CELL = 105.0  # pixels, at scale 1; the three scores under a picture need them
SENTENCE = 125  # characters of a usual sentence under a title
ENTRIES = 8  # of a usual legend: four classes, the ring, three lines


@dataclass(frozen=True)
class Cell:
    """One picture of the poster.

    Attributes:
        logits: (g * g, c or more) float32 on the row's grid; None where there is no picture.
        scores: short lines in the lower corner, for instance "forget .31".
        within: for each score, whether it lies where the retrained models lie; None where that is not asked.
        sentence: one sentence, for the read-out and the alt text.
        trouble: "" or why there is no picture, or why the method stopped early.
    """

    logits: Float | None = None
    scores: tuple[str, ...] = ()
    within: tuple[bool | None, ...] = ()
    sentence: str = ""
    trouble: str = ""


@dataclass(frozen=True)
class PosterRow:
    """One data set with one request.

    Attributes:
        title: what the row is.
        sentence: what stands under the title, for instance how far forgetting moves the boundary.
        plane: the rectangle drawn.
        size: g, cells a side of the grids.
        x: (n, 2) float32, training points as the original saw them.
        y: (n,) int64.
        forget: (m,) int64, rows to forget.
        names: one name a class.
        retrained: (g * g, c) float32, logits behind the dashed line; None until known.
        original: (g * g, c) float32, logits behind the line of where every method starts; None leaves it out.
        cells: one a column; None while it is being computed.
        trouble: "" or why there is no row.
    """

    title: str
    sentence: str = ""
    plane: Plane | None = None
    size: int = 0
    x: Float | None = None
    y: Int | None = None
    forget: Int | None = None
    names: tuple[str, ...] = ()
    retrained: Float | None = None
    cells: tuple[Cell | None, ...] = ()
    trouble: str = ""
    original: Float | None = None


@dataclass(frozen=True)
class Room:
    """Where everything lies, in pixels from the upper left corner.

    Attributes:
        width, height: of the whole figure.
        scale: 1, or more for a projector.
        left: where each column's picture begins.
        cell: width of a picture.
        across: pictures side by side.
        tops: where each row begins (its title).
        pictures: where each picture begins, by row and column.
        heights: of each row's pictures.
        names: lines that the longest column name takes.
    """

    width: float
    height: float
    scale: float
    left: tuple[float, ...]
    cell: float
    across: int
    tops: tuple[float, ...]
    pictures: tuple[tuple[float, ...], ...]
    heights: tuple[float, ...]
    names: int

    @property
    def small(self) -> float:
        """Return the size of type of scores and column names."""
        return 11.5 * self.scale


def room(columns: Sequence[str], rows: Sequence[PosterRow], *, width: float, scale: float = 1.0) -> Room:
    """Return where everything lies on a poster of this width."""
    gutter, gap, count = 30 * scale, 12 * scale, max(len(columns), 1)
    fitting = max(1, int((width - gutter) / (NARROWEST_CELL * scale + gap)))
    across = math.ceil(count / math.ceil(count / fitting))  # the lines of a row are as equally long as can be
    cell = min((width - gutter - gap * across) / across, WIDEST_CELL * scale)
    names = max((len(_wrapped(name, cell, scale)) for name in columns), default=1)
    tops, pictures, heights = [], [], []
    at = _legend_lines(rows, width, scale) * 22 * scale + 14 * scale
    for row in rows:
        tops.append(at)
        heights.append(cell / _aspect(row))
        at += (26 + 16 * max(_reserved(width, scale), len(_sentence(row, width, scale)))) * scale
        lines = []
        for _ in range(math.ceil(count / across)):
            lines.append(at + 16 * names * scale)
            at = lines[-1] + heights[-1] + (18 + 3 * 15 + 12) * scale
        at += 10 * scale
        pictures.append(tuple(lines[column // across] for column in range(len(columns))))
    left = tuple(gutter + index % across * (cell + gap) for index in range(len(columns)))
    return Room(width, at, scale, left, cell, across, tuple(tops), tuple(pictures), tuple(heights), names)


def poster(
    columns: Sequence[str],
    rows: Sequence[PosterRow],
    *,
    mode: Mode = "light",
    width: float = 1200,
    scale: float = 1.0,
) -> go.Figure:
    """Return the poster.

    Args:
        columns: names, the retrained model's first.
        rows: as far as they are ready; a cell that is not ready is an empty frame.
        mode: "light" or "dark".
        width: pixels that the figure will have; type is in pixels, so another width needs another figure.
        scale: size of type and marks, 1, or more for a projector (which also gets stronger colours).
    """
    place, colours = room(columns, rows, width=width, scale=scale), COLOURS[mode]
    figure = go.Figure()
    dress(figure, alt=_alt(columns, rows), mode=mode, height=round(place.height), explorer="poster")
    draw = _Draw(figure, place, colours, mode, [])
    for index, row in enumerate(rows):
        draw.row(index, row, columns)
    draw.legend(rows)
    size = {"size": place.small}
    figure.update_layout(
        images=draw.images, margin={"l": 0, "r": 0, "t": 0, "b": 0}, width=width, hovermode="closest", font=size,
        plot_bgcolor=colours.panel,
        legend={
            "x": 0, "y": 1, "xanchor": "left", "yanchor": "top", "itemclick": False, "itemdoubleclick": False,
            "font": size, "traceorder": "normal",
        },
    )  # fmt: skip
    return figure


@dataclass(frozen=True)
class _Draw:
    """Draws into one figure; axes of the cell in row i, column j have the number i * columns + j + 1."""

    figure: go.Figure
    place: Room
    colours: Palette
    mode: Mode
    images: list[dict[str, object]]

    def row(self, index: int, row: PosterRow, columns: Sequence[str]) -> None:
        """Draw one row: title, column names, cells."""
        top, ink = self.place.tops[index], self.colours.muted
        self.text(0, top, f"<b>{row.title}</b>", 14 * self.place.scale)
        said = "<br>".join(_sentence(row, self.place.width, self.place.scale))
        self.text(0, top + 20 * self.place.scale, said, self.place.small, colour=ink)
        if row.trouble:
            return
        for column, name in enumerate(columns):
            lines = _wrapped(name, self.place.cell, self.place.scale)
            low = self.place.pictures[index][column] - 3 * self.place.scale
            self.text(self.place.left[column], low, f"<b>{'<br>'.join(lines)}</b>", self.place.small, anchor="bottom")
            self.cell(index, column, row, row.cells[column] if row.cells else None, index * len(columns) + column + 1)

    def cell(self, index: int, column: int, row: PosterRow, cell: Cell | None, number: int) -> None:
        """Draw one cell: its axes, its picture, its scores."""
        x, y = self.axes(index, column, row, number)
        left, under = self.place.left[column], self.place.pictures[index][column] + self.place.heights[index]
        if cell is None:
            return
        if cell.logits is None:
            self.refused(index, column, cell)
            return
        assert row.plane is not None
        logits = cell.logits[:, : max(len(row.names), 2)]
        self.images.append(
            {
                "source": regions(logits, row.size, mode=self.mode, projector=self.place.scale > 1),
                "sizing": "stretch",
                "xref": x,
                "yref": y,
                "x": float(row.plane.low[0]),
                "y": float(row.plane.high[1]),
                "layer": "below",
                "sizex": float(row.plane.high[0] - row.plane.low[0]),
                "sizey": float(row.plane.high[1] - row.plane.low[1]),
            }
        )
        self.points(row, x, y)
        stroke = 1.7 * self.place.scale
        if row.original is not None:
            self.line(row, row.original, x, y, self.colours.models["original"], 0.8 * stroke, DASHES["original"])
        if row.retrained is not None:
            self.line(row, row.retrained, x, y, self.colours.models["retrained"], stroke, DASHES["retrained"])
        self.line(row, logits, x, y, self.colours.models["unlearned"], stroke, "solid")
        within = cell.within or (None,) * len(cell.scores)
        marks = {True: "● ", False: "○ ", None: ""}
        lines = [f"{marks[inside]}{score}" for score, inside in zip(cell.scores, within, strict=True)]
        self.text(left, under + 18 * self.place.scale, "<br>".join(lines), self.place.small, hover=cell.sentence)
        if cell.trouble:
            self.text(
                left + 3, self.place.pictures[index][column] + 3, "stopped early", self.place.small,
                colour=self.colours.warning, paper=self.colours.warning_paper, hover=cell.trouble,
            )  # fmt: skip

    def refused(self, index: int, column: int, cell: Cell) -> None:
        """Say in the cell why there is no picture."""
        lines = textwrap.wrap(cell.trouble, max(10, int(self.place.cell / (0.53 * self.place.small))))
        most = max(2, int((self.place.heights[index] + 60 * self.place.scale) / (1.3 * self.place.small)))
        shown = lines if len(lines) <= most else [*lines[: most - 1], "…"]
        self.text(
            self.place.left[column] + 5, self.place.pictures[index][column] + 5, "<br>".join(shown), self.place.small,
            colour=self.colours.muted, hover=cell.trouble,
        )  # fmt: skip

    def axes(self, index: int, column: int, row: PosterRow, number: int) -> tuple[str, str]:
        """Add the axes of a cell and return their names; a frame, ticks below, and on the left of a line's first."""
        place = self.place
        left, top, tall = place.left[column], place.pictures[index][column], place.heights[index]
        first = column % place.across == 0
        low, high = (row.plane.low, row.plane.high) if row.plane else (np.zeros(2), np.ones(2))
        common = {
            "showgrid": False,
            "zeroline": False,
            "showline": True,
            "mirror": True,
            "linecolor": self.colours.line,
            "tickfont": {"size": 9.5 * place.scale, "color": self.colours.muted},
            "fixedrange": True,
            "ticklen": 2,
            "automargin": False,
            "tickcolor": self.colours.line,
            "title": {"text": ""},
        }
        across, up = (ticks(float(low[axis]), float(high[axis])) if row.plane else [] for axis in (0, 1))
        x, y = f"x{number if number > 1 else ''}", f"y{number if number > 1 else ''}"
        self.figure.update_layout(
            {
                x.replace("x", "xaxis"): {
                    **common,
                    "domain": _inside(left / place.width, (left + place.cell) / place.width),
                    "anchor": y,
                    "range": [float(low[0]), float(high[0])],
                    "tickvals": across,
                    "constrain": "domain",
                },
                y.replace("y", "yaxis"): {
                    **common,
                    "domain": _inside(1 - (top + tall) / place.height, 1 - top / place.height),
                    "anchor": x,
                    "range": [float(low[1]), float(high[1])],
                    "tickvals": up,
                    "showticklabels": first,
                    "ticks": "outside" if first else "",
                    "scaleanchor": x,
                    "scaleratio": 1,
                    "constrain": "domain",
                    "constraintoward": "top",
                },
            }
        )
        # An axis that no trace names is not drawn at all, so every frame has this one.
        self.figure.add_trace(go.Scatter(x=[None], y=[None], xaxis=x, yaxis=y, showlegend=False, hoverinfo="skip"))
        if row.plane:
            look = {"size": 10 * place.scale, "colour": self.colours.muted, "right": True}
            self.text(left + place.cell, top + tall + 4 * place.scale, "<i>x</i><sub>1</sub>", **look)
            if first:
                self.text(left - 4, top, "<i>x</i><sub>2</sub>", **look)
        return x, y

    def points(self, row: PosterRow, x: str, y: str) -> None:
        """Draw the training points by class, and a ring around each that is to be forgotten."""
        assert row.plane is not None and row.x is not None and row.y is not None and row.forget is not None
        unit = float(row.plane.high[0] - row.plane.low[0]) / self.place.cell  # of the data, a pixel
        dot = unit * self.place.scale * float(np.clip(0.0095 * self.place.cell / self.place.scale, 1.15, 2.4))
        for k in np.unique(row.y).tolist():
            corners, size, turn = SHAPES[k % len(SHAPES)]
            self.area(
                outlines(row.x[row.y == k], dot * size, corners=corners, turn=turn), x, y,
                class_colour(k, self.mode), self.colours.halo, 0.5,
            )  # fmt: skip
        rings = outlines(row.x[row.forget], 2.1 * dot, corners=RING_CORNERS)
        self.area(rings, x, y, "rgba(0,0,0,0)", self.colours.sets["forget"], 0.9 * self.place.scale)

    def area(self, path: NDArray[np.float32], x: str, y: str, fill: str, line: str, width: float) -> None:
        """Add one trace of closed outlines."""
        self.figure.add_trace(
            go.Scatter(
                x=path[:, 0], y=path[:, 1], xaxis=x, yaxis=y, mode="lines", fill="toself", fillcolor=fill,
                line={"color": line, "width": width, "simplify": False}, hoverinfo="skip", showlegend=False,
            )
        )  # fmt: skip

    def line(self, row: PosterRow, logits: Float, x: str, y: str, colour: str, width: float, dash: str) -> None:
        """Add a boundary, lifted from what lies under it by a halo."""
        assert row.plane is not None
        path = row.plane.low + joined(boundary(logits, row.size)) * (row.plane.high - row.plane.low)
        across, up = path.astype(np.float32).T
        for stroke, thick, pattern in ((self.colours.halo, width + 1.6, "solid"), (colour, width, dash)):
            self.figure.add_trace(
                go.Scatter(
                    x=across, y=up, xaxis=x, yaxis=y, mode="lines", opacity=0.7 if stroke != colour else 1,
                    line={"color": stroke, "width": thick, "dash": pattern, "simplify": False},
                    hoverinfo="skip", showlegend=False,
                )
            )  # fmt: skip

    def text(
        self, x: float, y: float, text: str, size: float, *, colour: str = "", paper: str = "", hover: str = "",
        anchor: str = "top", right: bool = False,
    ) -> None:  # fmt: skip
        """Write at a place in pixels from the upper left corner."""
        self.figure.add_annotation(
            x=x / self.place.width, y=1 - y / self.place.height, xref="paper", yref="paper", showarrow=False,
            xanchor="right" if right else "left", yanchor=anchor, align="left", text=text, borderpad=0,
            font={"size": size, "color": colour or self.colours.ink}, hovertext=hover or None,
            bgcolor=paper or "rgba(0,0,0,0)",
        )  # fmt: skip

    def legend(self, rows: Sequence[PosterRow]) -> None:
        """Add what every colour, shape and dash means."""
        known = [row for row in rows if row.names]
        classes = max((len(row.names) for row in known), default=0)
        same = len({row.names for row in known}) == 1
        retrained, own = self.colours.models["retrained"], self.colours.models["unlearned"]
        for k in range(classes):
            name = known[0].names[k] if same else f"class {k + 1}"
            marker = {"symbol": _SYMBOLS[k % len(_SYMBOLS)], "color": class_colour(k, self.mode), "size": 9}
            self.entry(name, mode="markers", marker=marker)
        ring = {"symbol": "circle-open", "color": self.colours.sets["forget"], "size": 11, "line": {"width": 1.8}}
        self.entry("point to forget", mode="markers", marker=ring)
        self.entry("boundary of this model", mode="lines", line={"color": own, "width": 2})
        dashed = {"color": retrained, "width": 2, "dash": DASHES["retrained"]}
        if any(row.original is not None for row in rows):
            before = {"color": self.colours.models["original"], "width": 1.6, "dash": DASHES["original"]}
            self.entry("boundary before (original)", mode="lines", line=before)
        self.entry("boundary retrained (same seed as the original)", mode="lines", line=dashed)

    def entry(self, name: str, **look: object) -> None:
        """Add one entry to the legend."""
        self.figure.add_trace(go.Scatter(x=[None], y=[None], name=name, showlegend=True, hoverinfo="skip", **look))


_SYMBOLS = ("circle", "square", "triangle-up", "diamond", "triangle-down")  # as SHAPES


def _aspect(row: PosterRow) -> float:
    if row.plane is None:
        return 1.0
    across, up = (row.plane.high - row.plane.low).tolist()
    return min(max(across / up, 0.5), 2.5)  # a very flat cloud keeps some height; its axes then show more around it


def _inside(low: float, high: float) -> list[float]:
    return [min(max(low, 0.0), 1.0), min(max(high, 0.0), 1.0)]


def _wrapped(name: str, cell: float, scale: float) -> list[str]:
    return textwrap.wrap(name, max(8, int(cell / (6.6 * scale)))) or [""]


def _sentence(row: PosterRow, width: float, scale: float) -> list[str]:
    """Return the lines that stand under a row's title."""
    return textwrap.wrap(row.trouble or row.sentence, _letters(width, scale))


def _reserved(width: float, scale: float) -> int:
    """Return how many lines are kept free for the sentence of a row that is not known yet."""
    return math.ceil(SENTENCE / _letters(width, scale))


def _letters(width: float, scale: float) -> int:
    return max(20, int(width / (6.0 * scale)))


def _legend_lines(rows: Sequence[PosterRow], width: float, scale: float) -> int:
    """Return how many lines the legend takes; plotly gives every entry the width of the longest."""
    entries = max([ENTRIES, *(4 + len(row.names) for row in rows)])
    if width >= (830 + 80 * (entries - 4)) * scale:  # one line, each entry as wide as it is
        return 1
    return math.ceil(entries / max(1, int(width / (320 * scale))))


def _alt(columns: Sequence[str], rows: Sequence[PosterRow]) -> str:
    sentences = [f"A poster of {len(rows)} rows and {len(columns)} columns: {', '.join(columns)}."]
    for row in rows:
        sentences.append(f"{row.title}. {row.trouble or row.sentence}")
        sentences += [cell.sentence or cell.trouble for cell in row.cells if cell is not None]
    return " ".join(part for part in sentences if part)


__all__ = ["Cell", "PosterRow", "Room", "poster", "room"]

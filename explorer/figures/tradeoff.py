"""Draw forgetting against utility: each method's whole path a curve, every recorded step a dot, retrained a star.

What to look at: which dots come near the star, and whether a path passes it and goes on. What it does not show: whether
the model answers as a retrained one does, point by point; the attacks ask that. The Pareto front joins the dots that no
other dot beats on both axes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from explorer.figures.layout import dress, faded, figures_of
from explorer.figures.theme import COLOURS, SYMBOLS, Mode, class_colour
from explorer.records import Band


@dataclass(frozen=True)
class Axis:
    """What an axis measures.

    Attributes:
        title: what it is.
        unit: for instance "share"; "" for none.
        better: where the better values lie, "lower", "higher", or "match" for a number that should equal retrained's.
        log: logarithmic, for costs.
    """

    title: str
    unit: str
    better: str
    log: bool = False


@dataclass(frozen=True)
class Path:
    """One method's path.

    Attributes:
        panel: name of the player's panel; goes with the step into each dot's customdata, so that a click can jump.
        title: the method's name.
        step: (t,) int64.
        x: (t,) the measure of forgetting.
        y: (t,) the measure of utility.
    """

    panel: str
    title: str
    step: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]


@dataclass(frozen=True)
class Mark:
    """A place on a path at which it would have been stopped.

    Attributes:
        panel: as in Path.
        title: the method's name.
        step: of the path.
        x: the measure of forgetting there.
        y: the measure of utility there.
        oracle: found by asking the retrained models.
    """

    panel: str
    title: str
    step: int
    x: float
    y: float
    oracle: bool


@dataclass(frozen=True)
class Oracle:
    """Where a method ends with knobs that were chosen by asking a retrained model; it has no path.

    Attributes:
        panel: that of the method's path, whose colour it has.
        title: the method's name.
        x: the measure of forgetting.
        y: the measure of utility.
    """

    panel: str
    title: str
    x: float
    y: float


ENTRY, LINE, LINES = 200, 19, 3  # pixels of an entry of the legend and of a line, and the lines that fit anyway
REWOUND = {False: ("Rewound: as unseen points", "circle-open"), True: ("Rewound: as retrained (oracle)", "square-open")}


def pareto(x: ArrayLike, y: ArrayLike) -> NDArray[np.int64]:
    """Return the rows of the points that no other point beats: smaller x and larger y are better.

    Args:
        x: (n,) smaller is better; NaN is left out.
        y: (n,) larger is better; NaN is left out.

    Returns:
        Row numbers by ascending x; of equal points the first.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    order = np.lexsort((-y, x))
    order = order[np.isfinite(x[order]) & np.isfinite(y[order])]
    best = np.maximum.accumulate(np.append(-np.inf, y[order]))[:-1]
    return order[y[order] > best]


def tradeoff(
    paths: Sequence[Path],
    retrained: tuple[Band, Band],
    original: tuple[float, float],
    *,
    x: Axis,
    y: Axis,
    marks: Sequence[Mark] = (),
    oracle: Sequence[Oracle] = (),
    mode: Mode = "light",
    height: int = 480,
    width: float = 900,
) -> go.Figure:
    """Return the plane of forgetting against utility.

    Args:
        paths: one a method.
        retrained: Bands of x and y over the retrained models; its mean is the star, its range the box around it.
        original: x and y of the original model.
        x: the measure of forgetting, or cost.
        y: the measure of utility.
        marks: where paths would have been stopped; they can be clicked as any dot.
        oracle: where methods end with an oracle's knobs: a ring in the colour of the method's path.
        mode: "light" or "dark".
        height: in pixels, where the legend has room for its entries side by side.
        width: pixels that the figure will have; a narrow one grows by the lines of its legend.
    """
    colours = COLOURS[mode]
    figure = go.Figure()
    _band(figure, retrained, faded(colours.models["retrained"], 0.18))
    for index, path in enumerate(paths):
        colour, symbol = class_colour(index, mode), SYMBOLS[index % len(SYMBOLS)]
        size = np.where(np.arange(len(path.step)) == len(path.step) - 1, 13, 6)
        figure.add_trace(
            go.Scatter(
                x=path.x,
                y=path.y,
                mode="lines+markers",
                name=path.title,
                line={"color": colour, "width": 1.5},
                marker={"symbol": symbol, "size": size, "color": colour, "line": {"color": colours.halo, "width": 1}},
                customdata=[[path.panel, int(step)] for step in path.step],
                hovertemplate=f"{path.title}, step %{{customdata[1]}}<br>%{{x:.3f}}, %{{y:.3f}}<extra></extra>",
                unselected={"marker": {"opacity": 1}},  # a click jumps; it must not fade what was not clicked
            )
        )
    _marks(figure, marks, colours.ink)
    _oracles(figure, oracle, {path.panel: class_colour(index, mode) for index, path in enumerate(paths)})
    _front(figure, paths, retrained, x, y, colours.muted)
    for name, symbol, role, place in (
        ("Original", "diamond-open", "original", original),
        ("Retrained", "star", "retrained", (retrained[0].mean, retrained[1].mean)),
    ):
        marker = {
            "symbol": symbol,
            "size": 18,
            "color": colours.models[role],
            "line": {"color": colours.halo, "width": 1},
        }
        figure.add_trace(
            go.Scatter(
                x=[place[0]], y=[place[1]], mode="markers", name=name, marker=marker,
                unselected={"marker": {"opacity": 1}},
            )
        )  # fmt: skip
    figure.update_xaxes(title_text=_axis_title(x), type="log" if x.log else "linear")
    figure.update_yaxes(title_text=_axis_title(y), type="log" if y.log else "linear")
    lines = math.ceil(len(figure.data) / max(1, (width - 72) // ENTRY))  # type: ignore[arg-type]  # a tuple of traces
    height += LINE * max(0, lines - LINES)
    dress(figure, alt=_alt(paths, retrained, x, y, oracle), mode=mode, height=height, explorer="tradeoff")
    return figure.update_layout(clickmode="event+select")


def _band(figure: go.Figure, retrained: tuple[Band, Band], fill: str) -> None:
    across, up = retrained
    if across.finite and up.finite:
        figure.add_trace(
            go.Scatter(
                x=[across.low, across.high, across.high, across.low, across.low],
                y=[up.low, up.low, up.high, up.high, up.low],
                mode="lines",
                line={"width": 0},
                fill="toself",
                fillcolor=fill,
                hoverinfo="skip",
                name="Retrained: range over seeds",
            )
        )


def _marks(figure: go.Figure, marks: Sequence[Mark], colour: str) -> None:
    for oracle, (name, symbol) in REWOUND.items():
        there = [mark for mark in marks if mark.oracle is oracle]
        if there:
            figure.add_trace(
                go.Scatter(
                    x=[mark.x for mark in there], y=[mark.y for mark in there], mode="markers", name=name,
                    marker={"symbol": symbol, "size": 16 if oracle else 13, "color": colour, "line": {"width": 2}},
                    customdata=[[mark.panel, mark.step, mark.title] for mark in there],
                    hovertemplate=f"{name}: %{{customdata[2]}}, step %{{customdata[1]}}<extra></extra>",
                    unselected={"marker": {"opacity": 1}},
                )
            )  # fmt: skip


def _oracles(figure: go.Figure, oracle: Sequence[Oracle], colours: Mapping[str, str]) -> None:
    there = [one for one in oracle if one.panel in colours and math.isfinite(one.x) and math.isfinite(one.y)]
    if there:
        figure.add_trace(
            go.Scatter(
                x=[one.x for one in there], y=[one.y for one in there], mode="markers",
                name="Knobs of the oracle: where it ends",
                marker={
                    "symbol": "circle-open-dot", "size": 14, "color": [colours[one.panel] for one in there],
                    "line": {"width": 2},
                },
                hovertext=[one.title for one in there],
                hovertemplate="%{hovertext}, with the oracle's knobs<br>%{x:.3f}, %{y:.3f}<extra></extra>",
                unselected={"marker": {"opacity": 1}},
            )
        )  # fmt: skip


def _front(
    figure: go.Figure, paths: Sequence[Path], retrained: tuple[Band, Band], x: Axis, y: Axis, colour: str
) -> None:
    if not paths:
        return
    across, up = np.concatenate([path.x for path in paths]), np.concatenate([path.y for path in paths])
    rows = pareto(_cost(across, x, retrained[0].mean), -_cost(up, y, retrained[1].mean))
    line = {"color": colour, "dash": "dot", "width": 1.5}
    figure.add_trace(
        go.Scatter(x=across[rows], y=up[rows], mode="lines", line=line, name="Pareto front", hoverinfo="skip")
    )


def _cost(values: NDArray[np.float64], axis: Axis, goal: float) -> NDArray[np.float64]:
    """Return numbers of which less is better."""
    if axis.better == "match":
        return np.abs(values - goal)
    return values if axis.better == "lower" else -values


def _axis_title(axis: Axis) -> str:
    where = {"lower": "lower is better", "higher": "higher is better", "match": "retrained's is the goal"}
    return f"{axis.title} ({'; '.join(part for part in (axis.unit, where[axis.better]) if part)})"


def _alt(paths: Sequence[Path], retrained: tuple[Band, Band], x: Axis, y: Axis, oracle: Sequence[Oracle] = ()) -> str:
    ends = [f"{path.title} ends at {figures_of(path.x[-1])}, {figures_of(path.y[-1])}" for path in paths]
    ends += [f"{one.title} with the oracle's knobs at {figures_of(one.x)}, {figures_of(one.y)}" for one in oracle]
    star = f"{figures_of(retrained[0].mean)}, {figures_of(retrained[1].mean)}"
    return f"{x.title} against {y.title}. Retrained stands at {star}. {'; '.join(ends)}."

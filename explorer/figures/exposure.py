"""Draw how exposed each training point is, before and after unlearning, and one point's two worlds.

What to look at: in the maps, whether the forget points that stand out before are as pale afterwards as in the
retrained models, and whether other points have become darker. In the histograms, how far the two normal distributions
are apart. What they do not show: how exposed a point is to an attacker who cannot train a hundred models.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from explorer.figures.layout import dress, faded, figures_of
from explorer.figures.theme import COLOURS, SYMBOLS, Mode, Palette

Numbers = NDArray[np.floating]
ROLES = ("original", "unlearned", "retrained")
ROOM = ((3, 760), (2, 480), (1, 0))  # panels side by side, and the pixels that they need
SIDES, ABOVE, BETWEEN = 150.0, 86.0, 84.0  # pixels around the panels: axis and scale, title and axis, rows
MOST_HIGH = 900
LEAST, MOST = 0.5, 1.0  # below one half nobody can tell; the scale begins there
UNJUDGED = "cannot be judged"  # a thin cross: hollow is what the pale end of the scale looks like


@dataclass(frozen=True)
class World:
    """One point's margins over the models, and the normal distributions fitted to them.

    Attributes:
        title: which models, for instance "After unlearning".
        inside: (i,) margins of models that saw the point.
        outside: (o,) margins of models that never did.
        inside_normal: mean and standard deviation; NaN where not fitted.
        outside_normal: of the latter.
    """

    title: str
    inside: Numbers
    outside: Numbers
    inside_normal: tuple[float, float]
    outside_normal: tuple[float, float]


def maps(
    x: Numbers, y: NDArray[np.integer], forget: NDArray[np.integer], exposed: Mapping[str, Numbers], *,
    titles: Mapping[str, str], chosen: int | None = None, width: float = 900, mode: Mode = "light",
) -> go.Figure:  # fmt: skip
    """Return the training points coloured by how exposed each is, one panel a role, all on one scale.

    A unit is as long across as up. Where there is little room the panels stand in two columns or one.

    Args:
        x: (n, 2) places.
        y: (n,) classes; they set the symbols.
        forget: rows of the points to forget, which have a ring.
        exposed: role -> (n,) AUC of each point over the models. NaN where it cannot be judged: such a point is a thin
            cross, which the legend names.
        titles: role -> what stands above its panel.
        chosen: row of the point that is looked at closely.
        width: pixels that the figure will have.
        mode: "light" or "dark".
    """
    colours, shown = COLOURS[mode], [role for role in ROLES if role in exposed]
    columns = min(len(shown), next(count for count, least in ROOM if width >= least))
    rows = -(-len(shown) // columns)
    span = np.array([x.min(axis=0), x.max(axis=0)]) + np.array([[-1], [1]]) * 0.06 * np.ptp(x, axis=0)
    across, up = (span[1] - span[0]).tolist()
    panel = (width - SIDES) * (1 - 0.03 * (columns - 1)) / columns * up / across  # high
    height = rows * panel + (rows - 1) * BETWEEN + ABOVE
    figure = make_subplots(
        rows=rows, cols=columns, subplot_titles=[titles[role] for role in shown], shared_yaxes=True,
        horizontal_spacing=0.03, vertical_spacing=BETWEEN / (height - ABOVE) if rows > 1 else 0,
    )  # fmt: skip
    gone = np.isin(np.arange(len(x)), forget)
    for place, role in enumerate(shown):
        row, column = place // columns + 1, place % columns + 1
        values = np.asarray(exposed[role], dtype=float)
        known = np.isfinite(values)
        figure.add_trace(_points(x, y, gone, values, np.flatnonzero(known), titles[role], colours), row=row, col=column)
        if not known.all():
            first = role == next(one for one in shown if np.isnan(exposed[one]).any())  # the legend names it once
            figure.add_trace(_unjudged(x, gone, np.flatnonzero(~known), first, colours), row=row, col=column)
        if chosen is not None and 0 <= chosen < len(x):
            figure.add_trace(
                go.Scatter(
                    x=[x[chosen, 0]], y=[x[chosen, 1]], mode="markers", showlegend=False, hoverinfo="skip",
                    marker={"symbol": "circle-open", "size": 24, "color": colours.accent, "line": {"width": 3}},
                ),
                row=row, col=column,
            )  # fmt: skip
        number = "" if place == 0 else str(place + 1)
        figure.update_yaxes(scaleanchor=f"x{number}", constrain="domain", row=row, col=column)
    figure.update_xaxes(range=span[:, 0].tolist(), zeroline=False, title_text="x₁", constrain="domain")
    figure.update_yaxes(range=span[:, 1].tolist(), zeroline=False)
    figure.update_yaxes(title_text="x₂", col=1)
    dress(figure, alt=_alt(exposed, shown, gone, titles), mode=mode, height=round(min(max(height, 240), MOST_HIGH)))
    bar = {
        "title": {"text": "AUC of the point", "side": "right", "font": {"size": 11}}, "thickness": 12,
        "tickvals": [0.5, 0.6, 0.7, 0.8, 0.9, 1.0], "ticktext": ["≤ .5", ".6", ".7", ".8", ".9", "1"],
        "outlinewidth": 0,
    }  # fmt: skip
    scale = [[0.0, colours.ramp[0]], [1.0, colours.ramp[1]]]
    axis = {"colorscale": scale, "cmin": LEAST, "cmax": MOST, "colorbar": bar}
    below = {"y": 0, "yanchor": "bottom", "yref": "container", "x": 0, "xanchor": "left"}
    return figure.update_layout(coloraxis=axis, clickmode="event+select", legend=below)


def _points(
    x: Numbers, y: NDArray[np.integer], gone: NDArray[np.bool_], values: Numbers, rows: NDArray[np.integer],
    title: str, colours: Palette,
) -> go.Scatter:  # fmt: skip
    """Return the points that can be judged, coloured by their AUC."""
    marker = {
        "size": np.where(gone, 13, 8)[rows], "symbol": [SYMBOLS[k % len(SYMBOLS)] for k in y[rows]],
        "color": values[rows], "cmin": LEAST, "cmax": MOST, "coloraxis": "coloraxis",
        "line": {"width": np.where(gone, 2.5, 1)[rows], "color": _rings(gone[rows], colours)},
    }  # fmt: skip
    return go.Scatter(
        x=x[rows, 0], y=x[rows, 1], mode="markers", marker=marker, showlegend=False, name=title,
        customdata=[[row, _kind(bool(gone[row])), figures_of(float(values[row]))] for row in rows.tolist()],
        hovertemplate="point %{customdata[0]}, %{customdata[1]}<br>AUC %{customdata[2]}<extra></extra>",
        unselected={"marker": {"opacity": 1}},
    )  # fmt: skip


def _unjudged(
    x: Numbers, gone: NDArray[np.bool_], rows: NDArray[np.integer], legend: bool, colours: Palette
) -> go.Scatter:
    """Return the points that cannot be judged, off the scale of colours."""
    marker = {
        "size": np.where(gone, 13, 8)[rows], "symbol": "x-thin",
        "line": {"width": np.where(gone, 2.5, 1.5)[rows], "color": _rings(gone[rows], colours)},
    }  # fmt: skip
    return go.Scatter(
        x=x[rows, 0], y=x[rows, 1], mode="markers", marker=marker, showlegend=legend, name=UNJUDGED,
        legendgroup=UNJUDGED, customdata=[[row, _kind(bool(gone[row])), figures_of(np.nan)] for row in rows.tolist()],
        hovertemplate=f"point %{{customdata[0]}}, %{{customdata[1]}}<br>{UNJUDGED}<extra></extra>",
        unselected={"marker": {"opacity": 1}},
    )  # fmt: skip


def _rings(gone: NDArray[np.bool_], colours: Palette) -> list[str]:
    return [colours.sets["forget"] if ring else colours.muted for ring in gone]


def _kind(forgotten: bool) -> str:
    return "to forget" if forgotten else "to keep"


def _alt(
    exposed: Mapping[str, Numbers], shown: Sequence[str], gone: NDArray[np.bool_], titles: Mapping[str, str]
) -> str:
    parts = []
    for role in shown:
        values = np.asarray(exposed[role], dtype=float)
        means = [figures_of(float(np.nanmean(values[part]))) if np.isfinite(values[part]).any() else "not defined"
                 for part in (gone, ~gone)]  # fmt: skip
        missing = int((~np.isfinite(values)).sum())
        without = f", {missing} {UNJUDGED}" if missing else ""
        parts.append(f"{titles[role]}: points to forget {means[0]}, others {means[1]}{without}")
    return f"Training points coloured by how exposed each is (mean AUC). {'; '.join(parts)}."


def worlds(pair: Sequence[World], *, mode: Mode = "light") -> go.Figure:
    """Return histograms of one point's margins over the models with the fitted normal distributions, side by side.

    Args:
        pair: the worlds, for instance before and after unlearning; one axis for all.
        mode: "light" or "dark".
    """
    colours = COLOURS[mode]
    every = np.concatenate([np.concatenate([one.inside, one.outside]) for one in pair])
    every = every[np.isfinite(every)]
    low, high = (float(every.min()), float(every.max())) if len(every) else (-1.0, 1.0)
    pad = 0.08 * max(high - low, 1e-3)
    low, high = low - pad, high + pad
    bins, grid = {"start": low, "end": high, "size": (high - low) / 24}, np.linspace(low, high, 240)
    figure = make_subplots(
        rows=1, cols=len(pair), subplot_titles=[one.title for one in pair], shared_yaxes=True, horizontal_spacing=0.05
    )
    for column, one in enumerate(pair, start=1):
        for name, values, normal, colour, dash in (
            ("models that saw the point", one.inside, one.inside_normal, colours.sets["forget"], "solid"),
            ("models that never saw it", one.outside, one.outside_normal, colours.models["retrained"], "dashdot"),
        ):
            figure.add_trace(
                go.Histogram(
                    x=values, xbins=bins, histnorm="probability density", name=name, legendgroup=name,
                    showlegend=column == 1,
                    marker={"color": faded(colour, 0.45), "line": {"color": colour, "width": 1}},
                    hovertemplate="%{x}: %{y:.2f}<extra></extra>",
                ),
                row=1, col=column,
            )  # fmt: skip
            if np.isfinite(normal).all() and normal[1] > 0:
                density = np.exp(-0.5 * ((grid - normal[0]) / normal[1]) ** 2) / (normal[1] * np.sqrt(2 * np.pi))
                figure.add_trace(
                    go.Scatter(
                        x=grid, y=density, mode="lines", line={"color": colour, "dash": dash, "width": 2},
                        legendgroup=name, showlegend=False, hoverinfo="skip",
                    ),
                    row=1, col=column,
                )  # fmt: skip
    figure.update_xaxes(range=[low, high], title_text="Margin φ = log(p / (1 − p)) of the label")
    figure.update_yaxes(title_text="Density", col=1)
    means = "; ".join(
        f"{one.title}: mean {figures_of(one.inside_normal[0])} where it was seen, {figures_of(one.outside_normal[0])} "
        f"where not"
        for one in pair
    )
    dress(figure, alt=f"One point's margins over many models. {means}.", mode=mode, height=330)
    return figure.update_layout(barmode="overlay", margin={"t": 62}, legend={"y": 1.12})
